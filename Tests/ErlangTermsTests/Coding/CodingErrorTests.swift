import Foundation
import Testing

@testable import ErlangTerms

@Suite("Terms that a type does not expect")
struct CodingErrorTests {
  typealias Message = CodingTests.Message

  @Test(
    "ETF-19: a case that is unknown, or has too few or too many elements, or others, is no message",
    arguments: [
      "unknown", "{unknown,1}", "save", "{save}", "{save,1}", "{save,<<\"a\">>,2}", "{get,1}", "{move,1}", "{1,2}",
      "{}", "5", "[]", "#{}", "<<>>", "{save,nil}",
    ])
  func cases(text: String) throws {
    let term = try Term(text, syntax: .erlang)
    #expect(throws: DecodingError.self) { try term.decode(Message.self) }
  }

  @Test("ETF-19: the error says what was found and where")
  func texts() throws {
    let term = try Term("#{user_name => <<\"a\">>,user_id => oops,tags => [],scores => #{}}", syntax: .erlang)
    let error = #expect(throws: DecodingError.self) { try term.decode(CodingTests.User.self) }
    guard case .typeMismatch(_, let context)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.codingPath.map(\.stringValue) == ["userID"])
    #expect(context.debugDescription.contains("oops"))
    #expect(context.debugDescription.contains("an integer"))
  }

  @Test(
    "ETF-5, ETF-19: the error about a large term has no more of it than a line",
    arguments: [
      .list(Array(repeating: 1_000, count: 100_000)), .list(Array(repeating: 97, count: 100_000)),
      .binary(Array(repeating: 97, count: 100_000)), .binary(Array(repeating: 255, count: 100_000)),
      .map(Dictionary(uniqueKeysWithValues: (0..<100_000).map { (.integer($0), 1) })),
      .atom(Atom(String(repeating: "x", count: 1_000))),
    ] as [Term])
  func excerpts(term: Term) throws {
    let error = #expect(throws: DecodingError.self) { try term.decode(CodingTests.Message.self) }
    #expect(String(describing: error).utf8.count < 1_500)
    var encoded: [UInt8] = [131, 111, 0, 0, 0xff, 0, 0]
    encoded += Array(repeating: 7, count: 0xff00)
    #expect(throws: DecodingError.self) { try TermDecoder().decode(encoded).decode(Bool.self) }
  }

  @Test("ETF-15: a dictionary that can only be written is a map of binaries as well")
  func writeOnly() throws {
    struct Value: Encodable { var x = 1 }
    #expect(try Term(encoding: ["someKey": Value()]).description == "#{<<\"someKey\">> => #{x => 1}}")
  }

  @Test("ETF-19: numbers out of range, and terms of other kinds, are refused")
  func scalars() throws {
    #expect(throws: DecodingError.self) { try Term.integer(256).decode(UInt8.self) }
    #expect(throws: DecodingError.self) { try Term.integer(-1).decode(UInt.self) }
    #expect(throws: DecodingError.self) { try Term(UInt64.max).decode(Int.self) }
    #expect(throws: DecodingError.self) { try Term.float(1).decode(Int.self) }
    #expect(throws: DecodingError.self) { try Term.float(1e300).decode(Float.self) }
    #expect(throws: DecodingError.self) { try Term.binary([0xff]).decode(String.self) }
    #expect(throws: DecodingError.self) { try Term.atom("yes").decode(Bool.self) }
    #expect(throws: DecodingError.self) { try Term.string("text").decode([String].self) }
    #expect(throws: DecodingError.self) { try ([1: 1] as Term).decode([String: Int].self) }
    #expect(throws: DecodingError.self) { try ([.atom("a"): 1, "a": 2] as Term).decode([String: Int].self) }
    #expect(throws: DecodingError.self) { try Term.atom("a").decode(CodingTests.Seconds.self) }
    #expect(throws: DecodingError.self) { try Term.atom("green").decode(CodingTests.Colour.self) }
    #expect(throws: DecodingError.self) { try Term.tuple([.atom("point"), 1, 2, 3, 4]).decode(CodingTests.Point.self) }
    #expect(throws: DecodingError.self) {
      try Term.tuple([.atom("pointed"), 1, "a", 3]).decode(CodingTests.Point.self)
    }
    #expect(throws: DecodingError.self) {
      try ([.structName: .atom("Elixir.Other"), .atom("balance"): 1] as Term).decode(CodingTests.Account.self)
    }
  }

  @Test("ETF-19: a value that no term stands for is not encoded")
  func encoding() {
    #expect(throws: EncodingError.self) { try Term(encoding: Double.nan) }
    #expect(throws: EncodingError.self) { try Term(encoding: [1.0, .infinity]) }
    struct Empty: Encodable { func encode(to encoder: any Encoder) throws {} }
    #expect(throws: EncodingError.self) { try Term(encoding: Empty()) }
    #expect(throws: (any Error).self) { try JSONEncoder().encode([Term.integer(1)]) }
  }

  indirect enum Tree: Codable, Equatable, Sendable {
    case leaf
    case node(Tree)
  }

  @Test("ETF-5: values nested too deep throw, and those that are not too deep fit on a stack of 512 KiB")
  func depth() async throws {
    var tree = Tree.leaf
    for _ in 0..<TermCoding().depth / 2 { tree = .node(tree) }
    let deepest = tree
    let same = await withCheckedContinuation { continuation in
      let thread = Thread {
        continuation.resume(returning: (try? Term(encoding: deepest).decode(Tree.self)) == deepest)
      }
      thread.stackSize = 512 * 1_024
      thread.start()
    }
    #expect(same)
    #expect(throws: EncodingError.self) { try Term(encoding: Tree.node(deepest)) }
    let term = try Term(encoding: deepest)
    #expect(throws: DecodingError.self) { try Term.tuple([.atom("node"), term]).decode(Tree.self) }
  }

  /// A type of another module that writes its bytes one by one.
  @Test("ETF-15: a sequence of bytes is a binary whatever its type")
  func data() throws {
    let data = Data([1, 2, 255])
    let term = try Term(encoding: data)
    #expect(term == .binary([1, 2, 255]))
    #expect(try term.decode(Data.self) == data)
    #expect(try Term(encoding: Data()).decode(Data.self) == Data())
  }
}
