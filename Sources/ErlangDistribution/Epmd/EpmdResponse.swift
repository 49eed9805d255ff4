/// What epmd answers.
///
/// It has no length before it: what was asked says how long it is.
enum EpmdResponse: Equatable {
  case registered
  /// Another node of this host has the name.
  case nameTaken
  case found(EpmdNode)
  case unknown
  case names([String: UInt16])

  /// What is accepted of an answer.
  static let maximumByteCount = 256 << 10

  enum Parsed: Equatable {
    case needsMore
    case malformed
    case complete(EpmdResponse)
  }

  /// The answer to a request, of all bytes that have come so far.
  ///
  /// `isWhole` says that no more will come.
  static func parse(_ bytes: [UInt8], to request: EpmdRequest, isWhole: Bool) -> Parsed {
    let parsed =
      switch request {
      case .register: registered(bytes)
      case .lookUp: found(bytes)
      case .names: isWhole ? names(bytes) : .needsMore
      }
    return parsed == .needsMore && isWhole ? .malformed : parsed
  }

  private static func registered(_ bytes: [UInt8]) -> Parsed {
    var reader = ByteReader(bytes)
    guard let tag = reader.byte() else { return .needsMore }
    let creationByteCount: Int
    switch tag {
    case EpmdTag.registered: creationByteCount = 2
    case EpmdTag.registeredWithLongCreation: creationByteCount = 4
    default: return .malformed
    }
    guard let result = reader.byte(), reader.bytes(creationByteCount) != nil else { return .needsMore }
    // The creation is epmd's count of incarnations; this node has made its own.
    return .complete(result == 0 ? .registered : .nameTaken)
  }

  private static func found(_ bytes: [UInt8]) -> Parsed {
    var reader = ByteReader(bytes)
    guard let tag = reader.byte() else { return .needsMore }
    guard tag == EpmdTag.found else { return .malformed }
    guard let result = reader.byte() else { return .needsMore }
    guard result == 0 else { return .complete(.unknown) }
    // 10 bytes up to the name's length, then the name, then the length of what is extra.
    let fixed = 10
    guard let nameCount = count(bytes, at: fixed), let extraCount = count(bytes, at: fixed + 2 + nameCount) else {
      return .needsMore
    }
    guard bytes.count >= fixed + 4 + nameCount + extraCount else { return .needsMore }
    guard let node = EpmdNode(&reader) else { return .malformed }
    return .complete(.found(node))
  }

  private static func count(_ bytes: [UInt8], at offset: Int) -> Int? {
    var reader = ByteReader(bytes, at: offset)
    let count: UInt16? = reader.integer()
    return count.map(Int.init)
  }

  private static func names(_ bytes: [UInt8]) -> Parsed {
    guard bytes.count >= 4 else { return .malformed }
    var names: [String: UInt16] = [:]
    for line in String(decoding: bytes[4...], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 5, words[0] == "name", words[2] == "at", words[3] == "port", let port = UInt16(words[4])
      else { return .malformed }
      names[String(words[1])] = port
    }
    return .complete(.names(names))
  }

  /// The answer as epmd sends it.
  ///
  /// `versions` is what the asking node had given.
  func bytes(creation: UInt32, isLongCreation: Bool, port: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .registered, .nameTaken:
      let result: UInt8 = self == .registered ? 0 : 1
      if isLongCreation {
        bytes = [EpmdTag.registeredWithLongCreation, result]
        bytes.appendInteger(creation)
      } else {
        bytes = [EpmdTag.registered, result]
        bytes.appendInteger(UInt16(truncatingIfNeeded: creation))
      }
    case .found(let node):
      bytes = [EpmdTag.found, 0]
      bytes.appendFields(of: node)
    case .unknown: bytes = [EpmdTag.found, 1]
    case .names(let names):
      bytes.appendInteger(UInt32(port))
      for (name, port) in names.sorted(by: { $0.key < $1.key }) {
        bytes += "name \(name) at port \(port)\n".utf8
      }
    }
    return bytes
  }
}
