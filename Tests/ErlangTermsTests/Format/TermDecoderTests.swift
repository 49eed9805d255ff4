import Testing

@testable import ErlangTerms

@Suite("Reading terms")
struct TermDecoderTests {
  /// Bytes and the term that they are, for tags that no release writes any more and for odd but legal forms.
  private static let old: [(bytes: [UInt8], term: Term)] = [
    ([100, 0, 2, 0x6f, 0x6b], .atom("ok")),
    ([100, 0, 1, 0xe9], .atom("\u{e9}")),
    ([115, 2, 0x6f, 0xe9], .atom("o\u{e9}")),
    ([118, 0, 2, 0xc3, 0xa9], .atom("\u{e9}")),
    ([99] + Array("1.50000000000000000000e+00".utf8) + [0, 0, 0, 0, 0], 1.5),
    ([103, 115, 1, 97, 0, 0, 0, 7, 0, 0, 0, 1, 3], .pid(Term.Pid(node: "a", id: 7, serial: 1, creation: 3))),
    (
      [88, 115, 1, 97, 0, 0, 0, 7, 0, 0, 0, 1, 1, 2, 3, 4],
      .pid(Term.Pid(node: "a", id: 7, serial: 1, creation: 0x0102_0304))
    ),
    ([102, 115, 1, 97, 0, 0, 0, 7, 2], .port(Term.Port(node: "a", id: 7, creation: 2))),
    ([89, 115, 1, 97, 0, 0, 0, 7, 0, 0, 0, 2], .port(Term.Port(node: "a", id: 7, creation: 2))),
    ([120, 115, 1, 97, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2], .port(Term.Port(node: "a", id: 1 << 32, creation: 2))),
    ([101, 115, 1, 97, 0, 0, 0, 7, 2], .reference(Term.Reference(node: "a", creation: 2, words: [7]))),
    (
      [114, 0, 2, 115, 1, 97, 2, 0, 0, 0, 7, 0, 0, 0, 8],
      .reference(Term.Reference(node: "a", creation: 2, words: [7, 8]))
    ),
    ([90, 0, 1, 115, 1, 97, 0, 0, 0, 2, 0, 0, 0, 7], .reference(Term.Reference(node: "a", creation: 2, words: [7]))),
    ([110, 0, 0], 0),
    ([110, 1, 1, 0], 0),
    ([110, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0x80], .integer(.min)),
    ([110, 9, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0], 5),
    ([111, 0, 0, 0, 1, 1, 5], -5),
    ([105, 0, 0, 0, 1, 97, 1], .tuple([1])),
    ([108, 0, 0, 0, 0, 106], []),
    ([108, 0, 0, 0, 0, 97, 5], 5),
    ([108, 0, 0, 0, 1, 97, 1, 108, 0, 0, 0, 1, 97, 2, 106], [1, 2]),
    ([108, 0, 0, 0, 1, 97, 1, 108, 0, 0, 0, 1, 97, 2, 97, 3], .improperList([1, 2], tail: 3)),
    ([108, 0, 0, 0, 1, 97, 1, 107, 0, 2, 2, 3], [1, 2, 3]),
    ([77, 0, 0, 0, 1, 8, 9], .binary([9])),
    (
      [77, 0, 0, 0, 1, 3, 0xff], .bitstring(Bitstring([0xe0], bitsInLastByte: 3) ?? Bitstring([0], bitsInLastByte: 1)!)
    ),
  ]

  @Test("ETF-1: tags that older releases write are read", arguments: old.indices)
  func oldTags(index: Int) throws {
    let (bytes, term) = Self.old[index]
    let decoded = try TermDecoder().decode([131] + bytes)
    #expect(decoded == term)
  }

  @Test("ETF-10: a reference to the atom cache is the atom at its index")
  func atomCache() throws {
    var decoder = TermDecoder()
    let bytes: [UInt8] = [131, 104, 2, 82, 1, 82, 0]
    #expect(throws: TermError.self) { try decoder.decode(bytes) }
    decoder.cachedAtoms = ["ok", "error"]
    let term = try decoder.decode(bytes)
    #expect(term == .tuple([.atom("error"), .atom("ok")]))
  }

  @Test("ETF-1: terms that stand one behind the other are read one by one")
  func prefix() throws {
    let bytes: [UInt8] = [104, 1, 97, 6, 97, 7, 119]
    var offset = 0
    let decoder = TermDecoder()
    let control = try decoder.decode(bytes.span.bytes, at: &offset)
    #expect(control == .tuple([6]))
    #expect(offset == 4)
    let payload = try decoder.decode(bytes.span.bytes, at: &offset)
    #expect(payload == 7)
    #expect(offset == 6)
    #expect(throws: TermError.self) { try decoder.decode(bytes.span.bytes, at: &offset) }
    #expect(offset == 6)
    offset = 100
    #expect(throws: TermError.self) { try decoder.decode(bytes.span.bytes, at: &offset) }
  }

  /// What no term is, where the problem is, and what kind of problem.
  private static let malformed: [(bytes: [UInt8], offset: Int, problem: TermError.Problem)] = [
    ([], 0, .truncated),
    ([130, 97, 1], 0, .unknownTag),
    ([131], 1, .truncated),
    ([131, 0], 1, .unknownTag),
    ([131, 117], 1, .unknownTag),
    ([131, 121], 1, .unknownTag),
    ([131, 97], 2, .truncated),
    ([131, 97, 1, 2], 3, .trailing),
    ([131, 98, 0, 0], 2, .truncated),
    ([131, 70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], 1, .malformed),
    ([131, 70, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1], 1, .malformed),
    ([131, 99] + Array(repeating: 0x78, count: 31), 1, .malformed),
    ([131, 99] + Array("nan".utf8) + Array(repeating: 0, count: 28), 1, .malformed),
    ([131, 77, 0, 0, 0, 1, 0, 1], 1, .malformed),
    ([131, 77, 0, 0, 0, 1, 9, 1], 1, .malformed),
    ([131, 77, 0, 0, 0, 0, 3], 1, .malformed),
    ([131, 119, 1, 0xff], 1, .malformed),
    ([131, 119, 3, 0xed, 0xa0, 0x80], 1, .malformed),
    ([131, 90, 0, 0, 119, 1, 97, 0, 0, 0, 0], 1, .malformed),
    ([131, 90, 0, 6, 119, 1, 97, 0, 0, 0, 0], 1, .malformed),
    ([131, 88, 97, 1, 0, 0, 0, 0], 2, .malformed),
    ([131, 113, 119, 1, 97, 119, 1, 98, 98], 8, .malformed),
    ([131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2], 1, .duplicateKey),
    ([131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 110, 1, 0, 1, 97, 2], 1, .duplicateKey),
    ([131, 80, 0, 0, 0, 1, 0, 0], 1, .unsupported),
    ([131, 104, 1, 80, 0, 0], 3, .unknownTag),
    ([131, 104, 2, 97, 1], 5, .truncated),
  ]

  @Test("ETF-4: what is no term throws, and says where and why", arguments: malformed.indices)
  func malformedInput(index: Int) {
    let (bytes, offset, problem) = Self.malformed[index]
    let error = #expect(throws: TermError.self) { try TermDecoder().decode(bytes) }
    #expect(error?.problem == problem)
    #expect(error?.offset == offset, "\(String(describing: error))")
    #expect(error?.description.isEmpty == false)
  }

  @Test("ETF-4: every beginning of a term is an error, and none is read as a term")
  func beginnings() throws {
    let whole = try TermEncoder().encode(
      .tuple([
        .list([1, 2.5], tail: .atom("a")), ["k": .binary([1, 2])], .string("x"),
        .pid(Term.Pid(node: "n", id: 1, serial: 2, creation: 3)),
      ]))
    for count in 0..<whole.count {
      #expect(throws: TermError.self) { try TermDecoder().decode(Array(whole.prefix(count))) }
    }
  }
}
