/// The command line of a program of benchmarks.
///
///     bench list                  names and default N
///     bench NAME [N [REPS]]       one benchmark, in this OS process
///     bench NAME NAME … | all     each in an OS process of its own, so that memory figures are clean
package struct BenchmarkProgram {
  private let name: String
  private let benchmarks: [Benchmark]
  /// What is found by name only.
  private let others: [Benchmark]

  package init(_ name: String, _ benchmarks: [Benchmark], others: [Benchmark] = []) {
    self.name = name
    self.benchmarks = benchmarks
    self.others = others
  }

  package func run() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case nil: fail("usage: \(name) list | \(name) NAME [N [REPS]] | \(name) NAME NAME … | \(name) all")
    case "list": for benchmark in benchmarks { print(benchmark.listing) }
    case "--list": for benchmark in benchmarks { print(benchmark.name) }
    case "all": runEach(benchmarks.map(\.name))
    case let first?:
      let numbers = arguments.dropFirst().compactMap(Int.init)
      if arguments.count > 1, numbers.isEmpty {
        runEach(arguments)
      } else if numbers.count == arguments.count - 1, numbers.count <= 2, numbers.allSatisfy({ $0 > 0 }) {
        let benchmark = find(first)
        await Driver(benchmark, n: numbers.first ?? benchmark.defaultN, reps: numbers.dropFirst().first ?? 5).run()
      } else {
        fail("\(name) \(first): N and REPS are positive numbers")
      }
    }
  }

  private func find(_ name: String) -> Benchmark {
    guard let found = (benchmarks + others).first(where: { $0.name == name }) else {
      fail("\(self.name): no benchmark is called \(name); `\(self.name) list` names them")
    }
    return found
  }

  private func runEach(_ names: [String]) {
    for name in names { _ = find(name) }
    let failed = names.filter { !OS.runSelf([$0]) }
    if !failed.isEmpty { fail("\(name): failed: \(failed.joined(separator: ", "))") }
  }
}
