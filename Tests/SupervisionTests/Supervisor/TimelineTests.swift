import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Timeline")
struct TimelineTests {
  @Test("a failed expectation shows what was expected, what there was, and the whole timeline")
  func failure() throws {
    let error = #expect(throws: TimelineFailure.self) {
      try Timeline(.restForOne, children: ["a", "b"])
        .happens("advance 2s", "crash a")
        .expect("start a")
    }
    #expect(
      error?.description == """
        expected moves: start a
             but there were: stop b, start a, start b
        timeline of a rest for one supervisor of a, b
              start a
              progress a
              start b
              progress b
              ready
          0.0 seconds ▶ advance 2s
          2.0 seconds ▶ crash a
              report child_terminated a: TimelineCrash: crash
              stop b
              start a
              progress a
              start b
              progress b
        """)
  }

  @Test("an event that cannot be read is said to be so")
  func unreadable() {
    let error = #expect(throws: TimelineFailure.self) {
      try Timeline(.oneForOne, children: ["a"]).happens("crsh a")
    }
    #expect(error?.description.hasPrefix("\"crsh a\" is no event") == true)
  }

  @Test(
    "an event that cannot happen is said to be so",
    arguments: ["crash x", "late exit a", "start returns a"])
  func impossible(event: String) {
    #expect(throws: TimelineFailure.self) {
      try Timeline(.oneForOne, children: ["a"]).happens(Timeline.Event(stringLiteral: event))
    }
  }

  @Test("a child that is waited for without limit must not ignore its shutdown")
  func endless() {
    #expect(throws: TimelineFailure.self) {
      try Timeline(.oneForOne, children: ["a infinity"]).happens("ignores shutdown a", "stop normal")
    }
  }

  @Test("several timelines go on from one")
  func branches() throws {
    let crashed = try Timeline(.oneForOne, children: ["a", "b"]).happens("start fails a", "crash a")
    try crashed.happens("retry").expect("start a")
    try crashed.happens("terminate a").expectReplies("ok").expectChildren("a stopped", "b")
  }

  @Test("text and typed events are the same")
  func typed() throws {
    let start = Timeline(.oneForAll, children: ["a", Timeline.Child("b", restart: .temporary)])
    try start.happens(.exit("a", .normal), .advance(.seconds(1))).expect("stop b", "start a")
    try start.happens("exit a normal", "advance 1s").expect("stop b", "start a")
  }
}
