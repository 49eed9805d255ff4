/// A `Backtrace` of the toolchain's `Runtime` module in its encoded form, for its `init(from:)` to decode.
///
/// The form is that of the toolchain's documents `CompactBacktraceFormat.md` and `CompactImageMapFormat.md`, version 0,
/// each as base 64 text.
struct EncodedBacktrace: Decoder {
  private let fields: [String: String]

  /// - Parameters:
  ///   - addresses: of instructions, not of returns.
  ///   - images: by their address; those that the addresses lie in.
  init(addresses: [UInt], images: [(path: String, range: Range<UInt>)]) {
    #if arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "x86_64"
    #endif
    fields = [
      "architecture": architecture,
      "backtrace": base64(Self.frames(addresses)),
      "imageMap": base64(Self.imageMap(images)),
    ]
  }

  private static let version0Of64Bits: UInt8 = 2

  private static func frames(_ addresses: [UInt]) -> [UInt8] {
    let absolutePC: UInt8 = 0b0001_1000
    var bytes = [version0Of64Bits]
    for address in addresses {
      bytes += [absolutePC | 7] + bigEndian(address)  // 7: eight bytes
    }
    return bytes + [0]
  }

  private static func imageMap(_ images: [(path: String, range: Range<UInt>)]) -> [UInt8] {
    // The count is in groups of seven bits, of which two are enough for 16 383 images.
    let count = min(images.count, 0x3FFF)
    let platform = "Linux"
    var bytes = [version0Of64Bits, UInt8(platform.utf8.count)] + platform.utf8
    bytes += [UInt8(0x80 | count >> 7), UInt8(count & 0x7F)]
    for image in images.prefix(count) {
      bytes += [0b0011_1111]  // absolute, eight bytes of address, eight of length
      bytes += bigEndian(image.range.lowerBound) + bigEndian(UInt(image.range.count))
      bytes += [0]  // no build identifier
      var path = image.path.utf8[...]
      while !path.isEmpty {
        let part = path.prefix(0x3F)
        bytes += [UInt8(part.count)] + part
        path = path.dropFirst(part.count)
      }
      bytes += [0]
    }
    return bytes
  }

  private static func bigEndian(_ word: UInt) -> [UInt8] {
    (0..<8).reversed().map { UInt8(truncatingIfNeeded: UInt64(word) >> ($0 * 8)) }
  }

  // MARK: Decoder

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields<Key>(values: fields))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unexpected([]) }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw unexpected([]) }
}

/// Holds strings only; asking it for anything else throws.
private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let values: [String: String]
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { values.keys.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool { values[key.stringValue] != nil }
  func decodeNil(forKey key: Key) -> Bool { !contains(key) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    guard let value = values[key.stringValue] else { throw unexpected([key]) }
    return value
  }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { throw unexpected([key]) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { throw unexpected([key]) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { throw unexpected([key]) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { throw unexpected([key]) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { throw unexpected([key]) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { throw unexpected([key]) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { throw unexpected([key]) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { throw unexpected([key]) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { throw unexpected([key]) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { throw unexpected([key]) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { throw unexpected([key]) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { throw unexpected([key]) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { throw unexpected([key]) }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { throw unexpected([key]) }
  func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) throws -> KeyedDecodingContainer<N> {
    throw unexpected([key])
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw unexpected([key]) }
  func superDecoder() throws -> any Decoder { throw unexpected([]) }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw unexpected([key]) }
}

private func unexpected(_ path: [any CodingKey]) -> DecodingError {
  DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: "not part of an encoded backtrace"))
}

private func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for digit in 0..<4 {
      text.append(digit <= group.count ? alphabet[word >> (18 - 6 * digit) & 0x3F] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}
