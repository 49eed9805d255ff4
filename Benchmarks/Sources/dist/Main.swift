import ErlangDistribution
import Harness
import Logging
import Supervision

/// Measurements between two nodes, each an OS process of its own: the twins of `dist_*` in `beam/bench.erl`.
///
/// Those whose name ends with `_beam` have a BEAM as the other node.
///
///     dist list | NAME [N [REPS]]    as `bench`
///     dist peer                      the other node
@main
enum Main {
  static func main() async throws {
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    Memory.noteStart()
    if CommandLine.arguments.dropFirst().first == "peer" { return try await PeerProgram.run() }
    await BenchmarkProgram("dist", Benchmark.distribution).run()
  }
}
