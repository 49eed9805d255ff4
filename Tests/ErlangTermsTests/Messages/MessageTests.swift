import Testing

@testable import ErlangTerms

@Suite("Messages and exit reasons")
struct MessageTests {
  private static let pid = Term.Pid(node: "a@b", id: 1, serial: 0, creation: 2)
  private static let reference = Term.Reference(node: "a@b", creation: 2, words: [1, 2, 3])

  @Test("ETF-22: a call, a cast and any other message are told apart, and are the same when sent")
  func messages() throws {
    let caller = GenMessage.Caller(pid: Self.pid, tag: .list([.atom("alias")], tail: .reference(Self.reference)))
    let call = Term.tuple([.atom("$gen_call"), caller.term, .atom("get")])
    #expect(GenMessage(call) == .call(.atom("get"), from: caller))
    #expect(GenMessage(call).term == call)
    #expect(caller.alias == Self.reference)
    #expect(caller.reply(5) == .tuple([caller.tag, 5]))
    #expect(GenMessage.Caller(pid: Self.pid, tag: .reference(Self.reference)).alias == nil)

    let cast = Term.tuple([.atom("$gen_cast"), .tuple([.atom("save"), "hola"])])
    #expect(GenMessage(cast) == .cast(.tuple([.atom("save"), "hola"])))
    #expect(GenMessage(cast).term == cast)

    for other in [.atom("$gen_call"), .tuple([.atom("$gen_call"), .atom("nobody"), 1]), .tuple([]), 5] as [Term] {
      #expect(GenMessage(other) == .info(other))
      #expect(GenMessage(other).term == other)
    }
  }

  @Test(
    "ETF-21: exit reasons are terms and back",
    arguments: [
      ("normal", .normal), ("shutdown", .shutdown), ("{shutdown,done}", .shutdownBecause(.atom("done"))),
      ("kill", .kill),
      ("killed", .killed), ("noproc", .noProcess), ("noconnection", .noConnection),
      ("{nodedown,a@b}", .nodeDown("a@b")),
      ("{badarg,[]}", .other(.tuple([.atom("badarg"), []]))), ("{nodedown,1}", .other(.tuple([.atom("nodedown"), 1]))),
      ("oops", .other(.atom("oops"))),
    ] as [(String, ExitTerm)])
  func reasons(text: String, reason: ExitTerm) throws {
    let term = try Term(text, syntax: .erlang)
    #expect(ExitTerm(term) == reason)
    #expect(reason.term == term)
    #expect(reason.isClean == (text.hasPrefix("normal") || text.contains("shutdown")))
  }

  private enum Failure: Error { case outOfMoney }

  private struct Refused: Error, TermConvertible {
    init() {}
    init(term: Term) throws {}
    var term: Term { .tuple([.atom("shutdown"), .atom("refused")]) }
  }

  @Test("ETF-21: an error of Swift is a reason that says what it was")
  func errors() {
    #expect(ExitTerm(Failure.outOfMoney).term == .tuple([.atom("swift_error"), "Failure", "outOfMoney"]))
    #expect(ExitTerm(Refused()) == .shutdownBecause(.atom("refused")))
  }
}
