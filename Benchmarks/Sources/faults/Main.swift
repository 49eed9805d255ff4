import Logging
import Supervision

/// Does to one process what the library says it contains, row by row, and shows what became of it, of its caller and of
/// its neighbours.
///
/// Exits non-zero if a row differs from its promise.
///
///     faults                 every row, then the storm
///     faults rows            every row
///     faults NAME …          these rows
///     faults storm [TRAPS]   10 000 traps in 1 000 supervised processes
@main
enum Main {
  static func main() async {
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "--die", arguments.count == 2 { return await Deaths.run(arguments[1]) }
    var failures: [String] = []
    do {
      if arguments.first == "storm" {
        failures += try await Storm(traps: arguments.dropFirst().first.flatMap(Int.init) ?? 10_000).run()
      } else {
        failures += try await rows(arguments == ["rows"] ? [] : arguments)
        if arguments.isEmpty { failures += try await Storm(traps: 10_000).run() }
      }
    } catch {
      failures.append("\(error)")
    }
    for failure in failures { OS.print("differs: \(failure)") }
    OS.exit(failures.isEmpty ? 0 : 1)
  }

  private static func rows(_ names: [String]) async throws -> [String] {
    let chosen = Row.all.filter { names.isEmpty || names.contains($0.name) }
    let neighbours = try await Neighbours.start()
    OS.print(Outcome.header)
    var failures: [String] = []
    for row in chosen {
      await neighbours.reset()
      let outcome = await row.execute()
      let seen = await neighbours.seen()
      OS.print(outcome.line(row, seen))
      if let difference = outcome.difference { failures.append("\(row.name): \(difference)") }
      if seen.failed > 0 { failures.append("\(row.name): \(seen.failed) calls between neighbours failed") }
    }
    for death in Deaths.all where names.isEmpty || names.contains(death) {
      let (text, isAsPromised) = Deaths.observe(death)
      OS.print(Outcome.line(death, "program crashes", text))
      if !isAsPromised { failures.append("\(death): \(text)") }
    }
    return failures
  }
}
