import Testing

@testable import ProcessRuntime

@Suite("The processes that one look at the sockets has woken")
struct PolledBatchTests {
  private static let microsecond: Int64 = 1_000

  @Test("POLL-6: while turns are short the worker stays alone, and wakes another one when they have lasted together")
  func short() {
    var batch = PolledBatch()
    #expect(!batch.isOn && !batch.hasLongTurns)
    batch.begin(at: 0)
    for turn in 1...100 { #expect(!batch.isLate(true, at: Int64(turn) * 2 * Self.microsecond)) }
    #expect(batch.isLate(true, at: 201 * Self.microsecond))
    #expect(!batch.isOn && !batch.hasLongTurns)
    // Nobody is left to be run: nobody is to be woken.
    batch.begin(at: 0)
    #expect(!batch.isLate(true, at: Self.microsecond) && batch.isOn)
    #expect(!batch.isLate(false, at: 2 * Self.microsecond) && !batch.isOn)
  }

  @Test("POLL-6: where turns were long, others are woken at once the next time, until they are short again")
  func long() {
    var batch = PolledBatch()
    batch.begin(at: 0)
    #expect(batch.isLate(true, at: 300 * Self.microsecond))
    #expect(batch.hasLongTurns)
    batch.begin(at: 0)
    #expect(!batch.isLate(false, at: 15 * Self.microsecond))
    #expect(batch.hasLongTurns)
    batch.begin(at: 0)
    #expect(!batch.isLate(false, at: 5 * Self.microsecond))
    #expect(!batch.hasLongTurns)
  }
}
