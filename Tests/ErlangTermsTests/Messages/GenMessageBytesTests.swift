import Testing

@testable import ErlangTerms
@testable import TermFuzz

@Suite("Messages of servers that are written and read without a term of what is always the same")
struct GenMessageBytesTests {
  private static let peer: Atom = "peer@host"

  private func reference(_ random: inout SplitMix) -> Term.Reference {
    let count = Int.random(in: 1...5, using: &random)
    return Term.Reference(
      node: Bool.random(using: &random) ? Self.peer : "other@host", creation: .random(in: 0 ... .max, using: &random),
      words: (0..<count).map { _ in UInt32.random(in: 0 ... .max, using: &random) })
  }

  private func pid(_ random: inout SplitMix) -> Term.Pid {
    Term.Pid(
      node: Bool.random(using: &random) ? Self.peer : "other@host", id: .random(in: 0 ... .max, using: &random),
      serial: .random(in: 0...9, using: &random), creation: 7)
  }

  private func request(_ random: inout SplitMix) -> Term {
    let requests: [Term] = [
      .atom("get"), .tuple([.atom("put"), "key", 1]), .tuple([]), .list([1, 2]), .tuple([.tuple([.atom("a")]), 2]),
      ["key": 1],
    ]
    return requests[Int.random(in: 0..<requests.count, using: &random)]
  }

  /// The message with its outline, or nil if it has none.
  private func read(_ bytes: [UInt8]) throws -> GenMessage? {
    let decoder = TermDecoder()
    switch GenMessage.outline(bytes.span.bytes, from: Self.peer) {
    case .call(let pid, let alias, var offset):
      let tag = Term.improperList([.atom("alias")], tail: .reference(alias))
      return .call(try decoder.decode(bytes.span.bytes, at: &offset), from: GenMessage.Caller(pid: pid, tag: tag))
    case .cast(var offset): return .cast(try decoder.decode(bytes.span.bytes, at: &offset))
    case nil: return nil
    }
  }

  @Test("what is written so has the bytes of the term, and is read as the term is", arguments: 0..<20 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    for _ in 0..<100 {
      let (pid, alias, request) = (pid(&random), reference(&random), request(&random))
      let caller = GenMessage.Caller(pid: pid, tag: .improperList([.atom("alias")], tail: .reference(alias)))
      var bytes: [UInt8] = []
      try GenMessage.append(callOf: pid, alias: alias, to: &bytes)
      try TermEncoder().encode(request, into: &bytes)
      #expect(try bytes == Array(TermEncoder().encode(GenMessage.call(request, from: caller).term).dropFirst()))
      #expect(try read(bytes) == .call(request, from: caller))

      bytes = []
      GenMessage.append(castTo: &bytes)
      try TermEncoder().encode(request, into: &bytes)
      #expect(try bytes == Array(TermEncoder().encode(GenMessage.cast(request).term).dropFirst()))
      #expect(try read(bytes) == .cast(request))

      bytes = []
      try GenMessage.append(answerTo: alias, to: &bytes)
      try TermEncoder().encode(request, into: &bytes)
      #expect(try bytes == Array(TermEncoder().encode(caller.reply(request)).dropFirst()))
      let start = GenMessage.answer(in: bytes.span.bytes, to: Self.peer)
      var offset = try #require(start)
      #expect(try TermDecoder().decode(bytes.span.bytes, at: &offset) == request)
      #expect(offset == bytes.count)
    }
  }

  @Test(
    "with a byte changed or its end cut off, it is what the term is, or has no outline",
    arguments: 0..<20 as Range<UInt64>)
  func damaged(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var count = 0
    for _ in 0..<300 {
      let caller = GenMessage.Caller(
        pid: pid(&random), tag: .improperList([.atom("alias")], tail: .reference(reference(&random))))
      let message: GenMessage =
        Bool.random(using: &random) ? .call(request(&random), from: caller) : .cast(request(&random))
      var bytes = Array(try TermEncoder().encode(message.term).dropFirst())
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 {
        bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
      }
      guard let read = try? read(bytes) else { continue }
      count += 1
      var offset = 0
      let term = try TermDecoder().decode(bytes.span.bytes, at: &offset)
      #expect(read == GenMessage(term), "seed \(seed): \(bytes)")
    }
    #expect(count > 20)
  }

  @Test("other messages have no outline, nor do other answers")
  func others() throws {
    let caller = GenMessage.Caller(pid: Term.Pid(node: Self.peer, id: 1, serial: 0, creation: 1), tag: .atom("tag"))
    let others: [Term] = [
      .atom("x"), .tuple([.atom("$gen_call"), .atom("x"), .atom("y")]),
      GenMessage.call(.atom("get"), from: caller).term,
      .tuple([.atom("$gen_casts"), .atom("a")]), .tuple([.atom("system"), caller.term, .atom("get_state")]),
    ]
    for term in others {
      let bytes = Array(try TermEncoder().encode(term).dropFirst())
      #expect(try read(bytes) == nil, "\(term)")
      let start = GenMessage.answer(in: bytes.span.bytes, to: Self.peer)
      #expect(start == nil, "\(term)")
    }
  }
}

@Suite("The words of a reference")
struct ReferenceWordsTests {
  @Test("come out as they went in, however many there are, and count for equality", arguments: 0...8)
  func words(count: Int) throws {
    let words = (0..<count).map { UInt32(truncatingIfNeeded: $0 &* 0x9E37_79B9) | 1 }
    let reference = Term.Reference(node: "a@b", creation: 1, words: words)
    #expect(reference.words == words)
    #expect(reference == Term.Reference(node: "a@b", creation: 1, words: words))
    for index in words.indices {
      var other = reference
      other.words[index] ^= 1
      #expect(other != reference)
      other.words[index] ^= 1
      #expect(other == reference && other.hashValue == reference.hashValue)
    }
    var longer = reference
    longer.words.append(0)
    #expect(longer != reference && longer.words == words + [0])
    if (1...5).contains(count) {
      let bytes = try TermEncoder().encode(.reference(reference))
      #expect(try TermDecoder().decode(bytes) == .reference(reference))
    } else {
      #expect(throws: TermError.self) { try TermEncoder().encode(.reference(reference)) }
    }
  }
}
