/// A node as epmd knows it: the port mapper of a host with Erlang.
package struct EpmdNode: Hashable, Sendable {
  /// Without the host.
  package var name: String
  package var port: UInt16
  package var isHidden: Bool
  /// The versions of the handshake that the node speaks.
  package var versions: ClosedRange<UInt16>

  package init(name: String, port: UInt16, isHidden: Bool, versions: ClosedRange<UInt16> = 5...6) {
    self.name = name
    self.port = port
    self.isHidden = isHidden
    self.versions = versions
  }
}

/// What is asked of epmd.
enum EpmdRequest: Equatable {
  /// `ALIVE2_REQ`: holds the name for as long as the connection stays.
  case register(EpmdNode)
  /// `PORT_PLEASE2_REQ`
  case lookUp(String)
  /// `NAMES_REQ`
  case names

  /// The request with its length before it.
  var bytes: [UInt8] {
    var body: [UInt8] = []
    switch self {
    case .register(let node):
      body.append(EpmdTag.register)
      body.appendFields(of: node)
    case .lookUp(let name): body = [EpmdTag.lookUp] + Array(name.utf8)
    case .names: body = [EpmdTag.names]
    }
    var bytes: [UInt8] = []
    bytes.appendInteger(UInt16(truncatingIfNeeded: body.count))
    return bytes + body
  }

  /// The request of a body; nil for one that is none, or none that is answered here.
  init?(_ body: [UInt8]) {
    var reader = ByteReader(body)
    switch reader.byte() {
    case EpmdTag.register:
      guard let node = EpmdNode(&reader), reader.isAtEnd else { return nil }
      self = .register(node)
    case EpmdTag.lookUp:
      let name = body.dropFirst()
      guard let text = EpmdNode.checked(Array(name)) else { return nil }
      self = .lookUp(text)
    case EpmdTag.names where body.count == 1: self = .names
    default: return nil
    }
  }
}

enum EpmdTag {
  static let register: UInt8 = 120
  static let registered: UInt8 = 121
  static let registeredWithLongCreation: UInt8 = 118
  static let lookUp: UInt8 = 122
  static let found: UInt8 = 119
  static let names: UInt8 = 110
  static let visible: UInt8 = 77
  static let hidden: UInt8 = 72
}

extension EpmdNode {
  static let maximumNameByteCount = 255

  /// The fields that requests and answers have in common.
  init?(_ reader: inout ByteReader) {
    guard let port: UInt16 = reader.integer(), let kind = reader.byte(), reader.byte() == 0,
      let highest: UInt16 = reader.integer(), let lowest: UInt16 = reader.integer(), lowest <= highest,
      let bytes = reader.text(), let name = EpmdNode.checked(bytes), reader.text() != nil
    else { return nil }
    self.init(name: name, port: port, isHidden: kind == EpmdTag.hidden, versions: lowest...highest)
  }

  /// The name of bytes, or nil: names go into lines of text, so no control characters.
  static func checked(_ bytes: [UInt8]) -> String? {
    guard (1...maximumNameByteCount).contains(bytes.count), bytes.allSatisfy({ $0 > 32 && $0 != 127 }) else {
      return nil
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension [UInt8] {
  mutating func appendFields(of node: EpmdNode) {
    appendInteger(node.port)
    append(node.isHidden ? EpmdTag.hidden : EpmdTag.visible)
    append(0)
    appendInteger(node.versions.upperBound)
    appendInteger(node.versions.lowerBound)
    appendInteger(UInt16(truncatingIfNeeded: node.name.utf8.count))
    self += node.name.utf8
    appendInteger(UInt16(0))
  }
}
