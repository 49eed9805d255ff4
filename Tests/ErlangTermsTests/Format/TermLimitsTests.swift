import Foundation
import Testing

@testable import ErlangTerms

@Suite("Limits of terms")
struct TermLimitsTests {
  private static let nest: [(name: String, open: [UInt8], close: [UInt8])] = [
    ("tuples", [104, 1], []), ("lists", [108, 0, 0, 0, 1], [106]),
    ("heads of improper lists", [108, 0, 0, 0, 1], [97, 1]),
    ("values of maps", [116, 0, 0, 0, 1, 97, 1], []), ("keys of maps", [116, 0, 0, 0, 1], [97, 1]),
  ]

  private static func nested(_ index: Int, _ depth: Int) -> [UInt8] {
    let (_, open, close) = nest[index]
    return [131] + Array(repeating: open, count: depth).joined() + [119, 1, 97]
      + Array(repeating: close, count: depth).joined()
  }

  @Test("ETF-5: a hundred thousand levels are refused and do not overflow the stack", arguments: nest.indices)
  func tooDeep(index: Int) {
    let error = #expect(throws: TermError.self) { try TermDecoder().decode(Self.nested(index, 100_000)) }
    #expect(error?.problem == .limit)
  }

  @Test("ETF-5: the deepest terms that are accepted can be used on a stack of 512 KiB", arguments: nest.indices)
  func deepest(index: Int) async throws {
    let bytes = Self.nested(index, TermLimits().depth)
    let same = await withCheckedContinuation { continuation in
      let thread = Thread {
        let result = Result {
          let term = try TermDecoder().decode(bytes)
          let other = try TermDecoder().decode(bytes)
          let isEqual = term == other && Set([term, other]).count == 1 && Term.compare(term, other) == .same
          let encoded = try TermEncoder().encode(term)
          let texts = term.text(in: .erlang).count + term.text(in: .elixir).count
          return isEqual && encoded == bytes && texts > 0
        }
        continuation.resume(returning: (try? result.get()) ?? false)
      }
      thread.stackSize = 512 * 1_024
      thread.start()
    }
    #expect(same)
    #expect(throws: TermError.self) { try TermDecoder().decode(Self.nested(index, TermLimits().depth + 1)) }
  }

  @Test("ETF-5: a list whose tails are lists again is one level")
  func tails() throws {
    let cell: [UInt8] = [108, 0, 0, 0, 1, 97, 1]
    let bytes: [UInt8] = [131] + Array(repeating: cell, count: 100_000).joined() + [106]
    let term = try TermDecoder().decode(bytes)
    #expect(term.list?.count == 100_000)
  }

  @Test(
    "ETF-5: nothing is reserved for elements that the input has no room for",
    arguments: [104, 105, 108, 116, 109, 110, 111, 77, 107, 112, 119, 118] as [UInt8])
  func bombs(tag: UInt8) {
    let error = #expect(throws: TermError.self) {
      try TermDecoder().decode([131, tag] + Array(repeating: 0xff, count: 4) + [1, 2])
    }
    #expect(error?.problem == .truncated || error?.problem == .limit)
  }

  @Test("ETF-5: containers within containers cannot each claim the rest of the input")
  func nestedBombs() {
    // Each tuple announces as many elements as bytes are left; there is room for one such tuple.
    var bytes: [UInt8] = [131]
    for _ in 0..<200 { bytes += [105, 0, 15, 0, 0] }
    bytes += Array(repeating: 106, count: 1 << 20)
    let error = #expect(throws: TermError.self) { try TermDecoder().decode(bytes) }
    #expect(error?.problem == .truncated)
    #expect((error?.offset ?? 1_000) < 20)
  }

  @Test("ETF-6: bytes, terms, atoms and integers beyond their limits are refused, when read")
  func limits() throws {
    var decoder = TermDecoder()
    decoder.limits.byteCount = 10
    #expect(throws: TermError.self) { try decoder.decode([131, 109, 0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7]) }
    decoder.limits = TermLimits()
    decoder.limits.termCount = 3
    let three = try decoder.decode([131, 104, 2, 97, 1, 97, 1])
    #expect(three.elements?.count == 2)
    #expect(throws: TermError.self) { try decoder.decode([131, 104, 3, 97, 1, 97, 1, 97, 1]) }
    decoder.limits = TermLimits()
    decoder.limits.integerByteCount = 16
    #expect(throws: TermError.self) { try decoder.decode([131, 110, 17, 0] + Array(repeating: 1, count: 17)) }

    let long = Array(repeating: Array("\u{e9}".utf8), count: 255).joined()
    let atom = try TermDecoder().decode([131, 118, 1, 254] + long)
    #expect(atom.atom?.name.unicodeScalars.count == 255)
    #expect(throws: TermError.self) { try TermDecoder().decode([131, 118, 1, 0] + Array(repeating: 97, count: 256)) }
    #expect(throws: TermError.self) { try TermDecoder().decode([131, 100, 1, 0] + Array(repeating: 97, count: 256)) }
  }

  @Test("ETF-6: what no node could read is not written")
  func encoding() {
    let encoder = TermEncoder()
    #expect(throws: TermError.self) { try encoder.encode(.float(.infinity)) }
    #expect(throws: TermError.self) { try encoder.encode(.float(.nan)) }
    #expect(throws: TermError.self) { try encoder.encode(.atom(Atom(String(repeating: "a", count: 256)))) }
    #expect(throws: TermError.self) {
      try encoder.encode(.reference(Term.Reference(node: "a", creation: 1, words: [])))
    }
    var deep: Term = 1
    for _ in 0...TermLimits().depth { deep = .tuple([deep]) }
    #expect(throws: TermError.self) { try encoder.encode(deep) }
  }
}
