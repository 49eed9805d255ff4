import Harness
import Logging
import Supervision

/// Measurements of processes and supervision: the twin of `beam/bench.erl`, benchmark by benchmark.
@main
enum Main {
  static func main() async {
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    Memory.noteStart()
    let program = BenchmarkProgram("bench", Benchmark.all, others: Benchmark.designs)
    #if TELEMETRY
      await Telemetry.watch { await program.run() }
    #else
      await program.run()
    #endif
  }
}

extension Benchmark {
  static var all: [Benchmark] {
    spawning + idle + idleSupervised + calls + rings + restarts + trees + names + registries + timers + latency
      + crashStorm + flood + crashAll + terms + coding + scale + million + floors
  }
}
