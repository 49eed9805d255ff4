import Testing

@testable import ErlangTerms
@testable import TermFuzz

@Suite("Terms")
struct TermTests {
  @Test("ETF-7: 1 and 1.0 are different keys, and so are 0.0 and -0.0")
  func numbersAsKeys() {
    let map: Term = [1: "integer", 1.0: "float", 0.0: "zero", -0.0: "minus zero"]
    #expect(map.map?.count == 4)
    #expect(map[1] == "integer")
    #expect(map[1.0] == "float")
    #expect(map[.float(-0.0)] == "minus zero")
    #expect(Term.integer(1) != .float(1))
    #expect(Term.float(0) != .float(-0.0))
  }

  @Test("ETF-7: an integer is one term, however it was made")
  func integers() throws {
    #expect(Term(UInt8(5)) == 5)
    #expect(Term(Int128(5)) == 5)
    #expect(Term(Int.min) == .integer(.min))
    #expect(BigInteger(UInt64(5)) == nil)
    let big = try #require(BigInteger(UInt64.max))
    #expect(Term(UInt64.max) == .bigInteger(big))
    #expect(Term(Int128(UInt64.max)) == .bigInteger(big))
    #expect(UInt64(exactly: big) == .max)
    #expect(Int64(exactly: big) == nil)
    #expect(Int128(exactly: big) == Int128(UInt64.max))
    for value in [Int128.min, .max, Int128(Int.min) - 1, Int128(Int.max) + 1, -(1 << 64), 1 << 64] {
      let term = try #require(BigInteger(value))
      #expect(Int128(exactly: term) == value)
      #expect(term.description == String(value))
      #expect(UInt64(exactly: term) == UInt64(exactly: value))
      #expect(Int8(exactly: term) == nil)
    }
    let beyond = try Term("340282366920938463463374607431768211456", syntax: .erlang)
    guard case .bigInteger(let integer) = beyond else { throw TermError(.malformed, at: 0, "not big") }
    #expect(UInt128(exactly: integer) == nil)
    #expect(Double(integer) == 0x1p128)
  }

  @Test("ETF-7: a big integer is the nearest double", arguments: 0..<200 as Range<UInt64>)
  func doubles(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let high = Int128(Int64.random(in: 1 << 54...Int64.max, using: &random)) << 60
    let value = high + Int128(UInt64.random(in: 0...3, using: &random))
    let big = try #require(BigInteger(value))
    #expect(Double(big) == Double(value))
    #expect(BigInteger(-value).flatMap { Double($0) } == -Double(value))
  }

  @Test("ETF-7: atoms are compared by code points, and hashed so")
  func atoms() {
    #expect(Atom("\u{e9}") != Atom("e\u{301}"))
    #expect(Set<Atom>(["\u{e9}", "e\u{301}", "\u{e9}"]).count == 2)
    #expect(Atom("a\u{301}\u{323}").hashValue != Atom("a\u{323}\u{301}").hashValue)
    #expect(Atom("a") < Atom("b"))
  }

  @Test("ETF-7: a list with a list as its tail is a proper list")
  func tails() {
    #expect(Term.list([1], tail: [2, 3]) == [1, 2, 3])
    #expect(Term.list([], tail: 3) == 3)
    #expect(Term.list([1], tail: .list([2], tail: 3)) == .improperList([1, 2], tail: 3))
  }

  @Test("ETF-7: bits beyond the last one do not count")
  func bitstrings() {
    #expect(Bitstring([0xff], bitsInLastByte: 3) == Bitstring([0xe0], bitsInLastByte: 3))
    #expect(Bitstring([0xff], bitsInLastByte: 8) == nil)
    #expect(Bitstring([], bitsInLastByte: 3) == nil)
    #expect(Bitstring([1, 0xe0], bitsInLastByte: 3)?.bitCount == 11)
  }

  @Test("ETF-7: literals are the terms that they look like")
  func literals() throws {
    let name = "ana"
    let term: Term = ["name": "\(name)", 1: [1, 2.5, true], .atom("a"): .tuple([.nil])]
    let same = try Term(#"#{<<"name">> => <<"ana">>, 1 => [1, 2.5, true], a => {nil}}"#, syntax: .erlang)
    #expect(term == same)
    let twice: Term = ["a": 1, "a": 2]
    #expect(twice == ["a": 2])
  }

  @Test("ETF-7: parts of a term are there, or nil for another kind")
  func parts() {
    #expect(Term.atom("ok").atom == "ok")
    #expect(Term.integer(1).atom == nil)
    #expect(Term.bool(true).bool == true)
    #expect(Term.atom("maybe").bool == nil)
    #expect(Term.string("hol\u{e1}").text == "hol\u{e1}")
    #expect(Term.charlist("hol\u{e1}").text == "hol\u{e1}")
    #expect(Term.binary([0xff]).text == nil)
    #expect(Term.list([0xd800]).text == nil)
    #expect(Term.list([.atom("a")]).text == nil)
    #expect(Term.integer(1)["a"] == nil)
  }

  @Test("ETF-8: terms of all types stand in Erlang's order")
  func order() throws {
    let pid = Term.pid(Term.Pid(node: "a", id: 1, serial: 0, creation: 1))
    let port = Term.port(Term.Port(node: "a", id: 1, creation: 1))
    let reference = Term.reference(Term.Reference(node: "a", creation: 1, words: [1]))
    let function = Term.export(Term.Export(module: "a", function: "b", arity: 0))
    let bits = Term.bitstring(try #require(Bitstring([0], bitsInLastByte: 1)))
    let sorted: [Term] = [
      Term(Int128.min), -1.0e30, .integer(.min), -1, 0.5, 1, 1.5, 0x1p53, .integer(1 << 53 + 1), 0x1p63,
      Term(UInt64.max),
      0x1p64, 1.0e300, .atom("a"), .atom("b"), reference, function, port, pid, .tuple([]), .tuple([2]), .tuple([1, 1]),
      [:],
      [1: 2], [1: 3], [1.0: 1], [1: 1, 2: 1], [], .improperList([1], tail: 2), [1], [1, 1], [2], .binary([]), bits,
      .binary([0]), .binary([0, 0]),
      .binary([1]),
    ]
    for (i, a) in sorted.enumerated() {
      for (j, b) in sorted.enumerated() {
        #expect(Term.compare(a, b) == (i < j ? .ascending : i == j ? .same : .descending), "\(a) and \(b)")
      }
    }
  }

  @Test("ETF-8: 1 and 1.0 are the same in order, and not as keys")
  func sameNumbers() {
    #expect(Term.compare(1, 1.0) == .same)
    #expect(Term.compareKeys(1, 1.0) == .ascending)
    #expect(Term.compareKeys(2, 1.0) == .ascending)
    #expect(Term.compare(Term(UInt128(1) << 64), .float(0x1p64)) == .same)
    #expect(Term.compareKeys(.float(-0.0), 0.0) == .ascending)
    #expect(Term.compare(.float(-0.0), 0.0) == .same)
    #expect(Term.compare([1: 1], [1: 1.0]) == .same)
    #expect(Term.compare([1: 1], [1.0: 1]) == .ascending)
  }

  @Test(
    "ETF-3, ETF-7, ETF-8: random terms are the same after being written and read", arguments: 0..<300 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var generator = TermGenerator(seed: seed)
    let terms = (0..<10).map { _ in generator.term() }
    for term in terms {
      let read = try TermDecoder().decode(try TermEncoder().encode(term))
      #expect(read == term, "seed \(seed)")
      #expect(read.hashValue == term.hashValue, "seed \(seed)")
      for other in terms {
        let order = Term.compareKeys(term, other)
        #expect((order == .same) == (term == other), "seed \(seed)")
        #expect(Term.compareKeys(other, term) == order.reversed, "seed \(seed)")
      }
    }
  }
}
