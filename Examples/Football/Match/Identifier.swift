/// The id of a match or of an event, as clients make it up: short, and safe in a path, in a log and in a page.
struct Identifier: Hashable, Sendable, CustomStringConvertible {
  static let longest = 64

  let text: String

  init?(_ text: String) {
    guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
    self.text = text
  }

  /// One that nobody has.
  static func random() -> Identifier { Identifier(trusted: String(UInt64.random(in: .min ... .max), radix: 36)) }

  /// One that stands in this program's source, or was checked before it went into the database.
  init(trusted text: String) { self.text = text }

  var description: String { text }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension Identifier: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let id = Identifier(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "an id has 1 to \(Self.longest) letters, digits, dots, dashes or underscores")
    }
    self = id
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
