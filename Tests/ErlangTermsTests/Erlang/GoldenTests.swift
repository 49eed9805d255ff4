import Foundation
import Testing

@testable import ErlangTerms

/// Bytes that OTP 25 wrote, kept in a file: they need no Erlang.
@Suite("Bytes of OTP")
struct GoldenTests {
  struct Golden: CustomTestStringConvertible {
    let text: String
    let bytes: [UInt8]
    var testDescription: String { String(text.prefix(40)) }

    init?(_ line: Substring) {
      let parts = line.split(separator: "\t")
      guard parts.count == 2 else { return nil }
      text = String(parts[0])
      let digits = Array(parts[1])
      bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    static let all: [Golden] = {
      let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts/golden.txt")
      let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
      return lines.compactMap(Golden.init)
    }()
  }

  @Test("ETF-2: the file of OTP's bytes is there")
  func isThere() {
    #expect(Golden.all.count > 50)
  }

  @Test("ETF-1, ETF-2, ETF-13: a term, its text and its bytes are those of OTP", arguments: Golden.all)
  func same(golden: Golden) throws {
    let term = try Term(golden.text, syntax: .erlang)
    let decoded = try TermDecoder().decode(golden.bytes)
    #expect(decoded == term)
    let encoded = try TermEncoder().encode(term)
    #expect(encoded == golden.bytes)
  }
}
