import Testing

@testable import ErlangTerms

@Suite("Compressed terms")
struct CompressedTests {
  /// `term_to_binary(lists:duplicate(100, ok), [compressed])`.
  private static let repeated: [UInt8] = [
    131, 80, 0, 0, 1, 150, 120, 156, 203, 97, 96, 96, 72, 41, 103, 202, 207, 30, 197, 131, 7, 103, 1, 0, 125, 55, 133,
    167,
  ]

  private static var decoder: TermDecoder {
    var decoder = TermDecoder()
    decoder.acceptsCompressed = true
    return decoder
  }

  @Test("ETF-9: a compressed term is read where it is accepted, and refused with a reason elsewhere")
  func accepted() throws {
    let term = try Self.decoder.decode(Self.repeated)
    #expect(term == .list(Array(repeating: .atom("ok"), count: 100)))
    let error = #expect(throws: TermError.self) { try TermDecoder().decode(Self.repeated) }
    #expect(error?.problem == .unsupported)
  }

  @Test("ETF-9: a compressed term that was changed anywhere is refused", arguments: repeated.indices.dropFirst(2))
  func changed(index: Int) {
    for bit in 0..<8 {
      var bytes = Self.repeated
      bytes[index] ^= 1 << UInt8(bit)
      // Bits between the last block and the checksum are of no interest.
      if let term = try? Self.decoder.decode(bytes) {
        #expect(term == .list(Array(repeating: .atom("ok"), count: 100)))
      }
    }
    #expect(throws: TermError.self) { try Self.decoder.decode(Array(Self.repeated.prefix(index))) }
    #expect(throws: TermError.self) { try Self.decoder.decode(Self.repeated + [0]) }
  }

  @Test("ETF-6, ETF-9: a compressed term is not inflated beyond what it announces, nor beyond the limit")
  func limited() {
    var bytes = Self.repeated
    bytes[5] = 10
    #expect(throws: TermError.self) { try Self.decoder.decode(bytes) }
    bytes[2] = 0xff
    let error = #expect(throws: TermError.self) { try Self.decoder.decode(bytes) }
    #expect(error?.problem == .limit)
  }
}
