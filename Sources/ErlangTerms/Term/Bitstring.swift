/// Bits whose number is not a multiple of eight: `<<5:3>>`.
public struct Bitstring: Hashable, Sendable {
  /// The bits from the first on.
  ///
  /// The last byte holds ``bitsInLastByte`` of them in its high bits; its low bits are zero.
  public let bytes: [UInt8]
  /// How many bits of the last byte belong to the bitstring: 1 to 7.
  public let bitsInLastByte: Int

  /// The first bits of some bytes, or nil when there is no byte or the number is out of range.
  ///
  /// Bits of the last byte beyond them are dropped.
  ///
  /// - Parameters:
  ///   - bytes: at least one byte.
  ///   - bitsInLastByte: 1 to 7; for whole bytes there is ``Term/binary(_:)``.
  public init?(_ bytes: [UInt8], bitsInLastByte: Int) {
    guard let last = bytes.last, (1...7).contains(bitsInLastByte) else { return nil }
    var bytes = bytes
    bytes[bytes.count - 1] = last & (0xff << (8 - bitsInLastByte))
    self.bytes = bytes
    self.bitsInLastByte = bitsInLastByte
  }

  /// The number of bits.
  public var bitCount: Int { (bytes.count - 1) * 8 + bitsInLastByte }
}
