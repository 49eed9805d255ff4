import Harness
import Supervision

extension Benchmark {
  /// What an operation costs with N processes alive: it is to be the same with a thousand and with a million.
  ///
  /// `Benchmarks/scale` draws the curves.
  static var scale: [Benchmark] {
    [
      Benchmark("scale_processes", 100_000, receiving: Done.self, scaleProcesses),
      Benchmark("scale_children", 100_000, receiving: Nothing.self) { n, _ in try await scaleChildren(n) },
    ]
  }
}

/// Some of N, chosen at random.
struct RandomOnes {
  private let n: Int

  init(of n: Int) { self.n = n }

  /// Microseconds for each time that `operation` is done to a random one.
  ///
  /// It is done `times` times, less often if there are few.
  func microseconds(_ times: Int, _ operation: (Int) async throws -> Void) async rethrows -> Double {
    let times = min(times, 20 * n)
    var random = FastRandom()
    return try await seconds {
      for _ in 0..<times { try await operation(Int.random(in: 0..<n, using: &random)) }
    } * 1e6 / Double(times)
  }
}
