import Logging
import Supervision

/// Measurements of processes and supervision: the twin of `beam/bench.erl`, benchmark by benchmark.
///
///     bench list                  names and default N
///     bench NAME [N [REPS]]       one benchmark, in this OS process
///     bench NAME NAME … | all     each in an OS process of its own, so that memory figures are clean
@main
enum Main {
  static func main() async {
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    Memory.noteStart()
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case nil: fail("usage: bench list | bench NAME [N [REPS]] | bench NAME NAME … | bench all")
    case "list": for benchmark in Benchmark.all { print(benchmark.listing) }
    case "--list": for benchmark in Benchmark.all { print(benchmark.name) }
    case "all": runEach(Benchmark.all.map(\.name))
    case let name?:
      let numbers = arguments.dropFirst().compactMap(Int.init)
      if arguments.count > 1, numbers.isEmpty {
        runEach(arguments)
      } else if numbers.count == arguments.count - 1, numbers.count <= 2, numbers.allSatisfy({ $0 > 0 }) {
        let benchmark = find(name)
        await Driver(benchmark, n: numbers.first ?? benchmark.defaultN, reps: numbers.dropFirst().first ?? 5).run()
      } else {
        fail("bench \(name): N and REPS are positive numbers")
      }
    }
  }

  private static func find(_ name: String) -> Benchmark {
    guard let found = (Benchmark.all + Benchmark.designs).first(where: { $0.name == name }) else {
      fail("bench: no benchmark is called \(name); `bench list` names them")
    }
    return found
  }

  private static func runEach(_ names: [String]) {
    for name in names { _ = find(name) }
    let failed = names.filter { !OS.runSelf([$0]) }
    if !failed.isEmpty { fail("bench: failed: \(failed.joined(separator: ", "))") }
  }
}
