import Testing

@testable import ProcessRuntime

@Suite("The processes that one look at the sockets has woken")
struct PolledBatchTests {
  /// After a turn, so many microseconds after the look: whether another worker is to be woken.
  private func isLate(_ batch: inout PolledBatch, hasMore: Bool, after microseconds: Int64) -> Bool {
    batch.isLate(hasMore, at: microseconds * 1_000)
  }

  @Test("POLL-6: while turns are short the worker stays alone, and wakes another one when they have lasted together")
  func short() {
    var batch = PolledBatch()
    #expect(!batch.isOn && !batch.hasLongTurns)
    batch.begin(at: 0)
    for turn in 1...100 { #expect(!isLate(&batch, hasMore: true, after: Int64(turn) * 2)) }
    #expect(isLate(&batch, hasMore: true, after: 201))
    #expect(!batch.isOn && !batch.hasLongTurns)
    // Nobody is left to be run: nobody is to be woken.
    batch.begin(at: 0)
    #expect(!isLate(&batch, hasMore: true, after: 1))
    #expect(batch.isOn)
    #expect(!isLate(&batch, hasMore: false, after: 2))
    #expect(!batch.isOn)
  }

  @Test("POLL-6: where turns were long, others are woken at once the next time, until they are short again")
  func long() {
    var batch = PolledBatch()
    batch.begin(at: 0)
    #expect(isLate(&batch, hasMore: true, after: 300))
    #expect(batch.hasLongTurns)
    batch.begin(at: 0)
    #expect(!isLate(&batch, hasMore: false, after: 15))
    #expect(batch.hasLongTurns)
    batch.begin(at: 0)
    #expect(!isLate(&batch, hasMore: false, after: 5))
    #expect(!batch.hasLongTurns)
  }
}
