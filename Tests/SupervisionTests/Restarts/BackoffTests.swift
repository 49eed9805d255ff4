import Supervision
import SupervisionTesting
import Testing

@testable import Supervision

@Suite("Backoff", .timeLimit(.minutes(1)))
struct BackoffTests {
  private func waits(_ backoff: Backoff, _ count: Int) -> [Duration] {
    (1...count).map { backoff.wait(afterFailures: $0).whole }
  }

  @Test("EXT-2: waits grow by their factor, up to the longest, however many failures there are")
  func growth() {
    let backoff = Backoff.exponential(from: .milliseconds(100), to: .seconds(1), factor: 2, jitter: 0)
    #expect(waits(backoff, 6) == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
    #expect(backoff.wait(afterFailures: .max).whole == .seconds(1))
    #expect(waits(.constant(.seconds(3)), 3) == [.seconds(3), .seconds(3), .seconds(3)])
    #expect(waits(.exponential(from: .zero, to: .seconds(9), factor: 1e300), 3) == [.zero, .zero, .zero])
    let huge = Backoff.exponential(from: .seconds(1), to: .seconds(Int64.max), factor: 1e300, jitter: 0)
    #expect(huge.wait(afterFailures: 5_000).whole == .seconds(Int64.max))
  }

  @Test("EXT-13: chance takes no more from a wait than its jitter", arguments: 0..<100 as Range<UInt64>)
  func jitter(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let jitter = Double.random(in: 0...1, using: &random)
    let wait = Backoff.constant(.seconds(10), jitter: jitter).wait(afterFailures: 1)
    for _ in 0..<100 {
      let drawn = wait.drawn(.random(in: 0...1, using: &random))
      #expect(drawn <= .seconds(10) && drawn >= .seconds(10) * (1 - jitter) - .microseconds(1), "seed \(seed)")
    }
    #expect(wait.drawn(0) == .seconds(10))
  }

  @Test("EXT-2: failures in a row are counted; a healthy run forgets them")
  func history() {
    var care = ChildCare()
    care.backoff = .exponential(from: .seconds(1), to: .seconds(8), jitter: 0)
    var history = ChildHistory(care)
    var now = Duration.zero
    func failAfter(_ run: Duration) -> Int64? {
      history.started(at: now)
      now += run
      guard case .restartAfter(let wait) = history.failed(at: now) else { return nil }
      return wait.whole.components.seconds
    }
    #expect(failAfter(.seconds(7)) == 1)
    #expect(failAfter(.seconds(7)) == 2)
    #expect(failAfter(.zero) == 4)
    #expect(failAfter(.seconds(8)) == 1)
    #expect(failAfter(.zero) == 2)
    // A start that fails counts too, and is no healthy run, however long the wait before it was.
    now += .seconds(100)
    #expect(history.failed(at: now) == .restartAfter(.init(whole: .seconds(4), jitter: 0)))
  }

  @Test(
    "EXT-14: values that make no sense are refused with a reason",
    arguments: [
      (Backoff.exponential(from: .seconds(-1)), "a first wait of -1.0 seconds; use zero or more"),
      (.exponential(from: .seconds(2), to: .seconds(1)), "a longest wait of 1.0 seconds, shorter than the first"),
      (.exponential(factor: 0.5), "a factor of 0.5; use 1 or more"),
      (.exponential(factor: .nan), "a factor of nan; use 1 or more"),
      (.exponential(jitter: 1.5), "a jitter of 1.5; use 0 to 1"),
      (.exponential(jitter: .nan), "a jitter of nan; use 0 to 1"),
      (.exponential(forgetsAfter: .seconds(-3)), "forgetsAfter of -3.0 seconds; use zero or more"),
    ])
  func validation(backoff: Backoff, problem: String) {
    let spec = ChildSpec(id: "a") { nil }.backoff(backoff)
    do {
      try Supervisor.check([spec])
      Issue.record("accepted: \(backoff)")
    } catch {
      #expect(error.problem?.contains("child \"a\" has a backoff with \(problem)") == true, "\(error)")
    }
  }
}
