import ProcessRuntime
import SupervisionTesting
import Testing

@testable import Supervision

@Suite("Supervisor: restart intensity", .timeLimit(.minutes(1)))
struct SupervisorIntensityTests {
  private func verdicts(_ intensity: Supervisor.Intensity, at seconds: [Double]) -> [Bool] {
    var window = RestartWindow(intensity)
    return seconds.map { window.allowsRestart(at: .seconds($0)) }
  }

  @Test("SUP-60, TL-11: the boundary of the period is inclusive, and seconds are whole")
  func boundary() {
    let intensity = Supervisor.Intensity.restarts(2, within: .seconds(5))
    #expect(verdicts(intensity, at: [0, 1, 2]) == [true, true, false])
    #expect(verdicts(intensity, at: [0, 1, 6]) == [true, true, true])
    #expect(verdicts(intensity, at: [0, 1, 5]) == [true, true, false])
    #expect(verdicts(intensity, at: [0.9, 1, 6.0]) == [true, true, true])
    #expect(verdicts(intensity, at: [0.0, 1, 5.999]) == [true, true, false])
  }

  @Test("SUP-60, PIT-6: the window slides; it is no fixed interval")
  func slides() {
    #expect(
      verdicts(.restarts(2, within: .seconds(5)), at: [4, 4, 6, 9, 10, 10, 11]) == [
        true, true, false, false, true, true, false,
      ])
  }

  @Test("SUP-60: any sequence of times is judged as by OTP's list of stamps", arguments: 0..<100 as Range<UInt64>)
  func againstList(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let limit = Int.random(in: 0...6, using: &random)
    let period = Int64.random(in: 1...4, using: &random)
    var window = RestartWindow(.restarts(limit, within: .seconds(period)))
    var stamps: [Int64] = []
    var now = Duration.zero
    for _ in 0..<200 {
      now += .milliseconds(Int.random(in: 0...1_500, using: &random))
      let second = now.components.seconds
      stamps = stamps.filter { $0 >= second - period }
      let allowed = stamps.count + 1 <= limit
      if allowed { stamps.append(second) }
      let verdict = window.allowsRestart(at: now)
      #expect(verdict == allowed, "seed \(seed) at \(now)")
    }
  }

  @Test("SUP-61, TL-13: intensity 0 refuses the first restart; the others are stopped in reverse order")
  func zero() throws {
    try Timeline(.oneForOne, intensity: .restarts(0, within: .seconds(5)), children: ["a", "b", "c"])
      .happens("crash b")
      .expect("stop c", "stop a", "exit shutdown")
  }

  @Test("SUP-62, PIT-14: a round that restarts many children counts once")
  func oneEntryPerRound() throws {
    try Timeline(.oneForAll, intensity: .restarts(2, within: .seconds(5)), children: ["a", "b", "c"])
      .happens("crash a").expect("stop c", "stop b", "start a", "start b", "start c")
      .happens("crash a").expect("stop c", "stop b", "start a", "start b", "start c")
      .happens("crash a").expect("stop c", "stop b", "exit shutdown")
  }

  @Test("SUP-63: every retry counts")
  func retriesCount() throws {
    try Timeline(.oneForOne, intensity: .restarts(2, within: .seconds(5)), children: ["a", "b"])
      .happens("start fails a 9", "crash a").expect("start a fails")
      .happens("retry").expect("start a fails")
      .happens("retry").expect("stop b", "exit shutdown")
  }

  @Test("SUP-64: starts that were asked for, and ends without restart, never count")
  func othersDoNotCount() throws {
    try Timeline(.oneForOne, intensity: .restarts(1, within: .seconds(5)), children: ["a", "t transient"])
      .happens("terminate a", "restart a", "terminate a", "restart a", "exit t normal", "restart t", "start child d")
      .happens("crash a").expect("start a")
      .happens("crash a").expect("stop d", "stop t", "exit shutdown")
  }

  @Test("SUP-65: all children share one count")
  func shared() throws {
    try Timeline(.oneForOne, intensity: .restarts(2, within: .seconds(5)), children: ["a", "b", "c"])
      .happens("crash a", "crash b", "crash c")
      .expect("start a", "start b", "stop b", "stop a", "exit shutdown")
  }

  @Test("SUP-66, PIT-7: giving up is reported, stops every child and ends with shutdown")
  func givesUp() throws {
    let after = try Timeline(.restForOne, intensity: .restarts(1, within: .seconds(5)), children: ["a", "b", "c"])
      .happens("crash c")
      .happens("crash b")
      .expect("stop c", "stop a", "exit shutdown")
    #expect(after.reports.map(\.context) == [.childTerminated, .shutdown])
    #expect(after.reports.last?.reason == .reachedMaxRestartIntensity)
    #expect(after.reports.last?.offender.id == "b")
    #expect(after.exitReason == .shutdown)
    #expect(after.children.isEmpty)
  }

  @Test("SUP-67: memory is bounded by the period, whatever the rate")
  func bounded() {
    var window = RestartWindow(.restarts(.max, within: .seconds(3)))
    var most = 0
    for millisecond in 0..<100_000 where window.allowsRestart(at: .milliseconds(millisecond)) {
      most = max(most, window.storedSeconds)
    }
    #expect(most == 4)
  }

  @Test("SUP-67: a refused restart is not remembered")
  func refusedIsForgotten() {
    #expect(verdicts(.restarts(1, within: .seconds(5)), at: [0, 5, 5, 6]) == [true, false, false, true])
  }

  @Test("TL-12: exits that are far enough apart are never refused")
  func farApart() throws {
    var timeline = Timeline(.oneForOne, intensity: .restarts(1, within: .seconds(1)), children: ["a"])
    for _ in 0..<50 {
      timeline = try timeline.happens("advance 2100ms", "crash a").expect("start a")
    }
  }
}

/// Small, seeded, the same everywhere.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
