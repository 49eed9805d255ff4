/// A message of the handshake, version 6, without the length before it.
enum HandshakeMessage: Equatable {
  /// The initiator says who it is.
  case name(flags: DistributionFlags, creation: UInt32, name: [UInt8])
  case status(HandshakeStatus)
  /// The acceptor says who it is, and asks for a proof.
  case challenge(flags: DistributionFlags, challenge: UInt32, creation: UInt32, name: [UInt8])
  /// The initiator's proof, and its own question.
  case reply(challenge: UInt32, digest: [UInt8])
  /// The acceptor's proof.
  case acknowledgement(digest: [UInt8])

  /// What is accepted before a peer has proved anything.
  static let maximumByteCount = 4096
}

/// How an acceptor answers a name, and an initiator the answer ``alive``.
enum HandshakeStatus: String, Equatable {
  case ok
  /// Both nodes were dialling: this connection is the one that stays.
  case okSimultaneous = "ok_simultaneous"
  /// Both nodes were dialling: the other connection is the one that stays.
  case nok
  case notAllowed = "not_allowed"
  /// There is a connection to a node of that name already.
  case alive
  case `true`
  case `false`
}

extension HandshakeMessage {
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .name(let flags, let creation, let name):
      bytes.append(UInt8(ascii: "N"))
      bytes.appendInteger(flags.rawValue)
      bytes.appendInteger(creation)
      bytes.appendInteger(UInt16(truncatingIfNeeded: name.count))
      bytes += name
    case .status(let status):
      bytes.append(UInt8(ascii: "s"))
      bytes += status.rawValue.utf8
    case .challenge(let flags, let challenge, let creation, let name):
      bytes.append(UInt8(ascii: "N"))
      bytes.appendInteger(flags.rawValue)
      bytes.appendInteger(challenge)
      bytes.appendInteger(creation)
      bytes.appendInteger(UInt16(truncatingIfNeeded: name.count))
      bytes += name
    case .reply(let challenge, let digest):
      bytes.append(UInt8(ascii: "r"))
      bytes.appendInteger(challenge)
      bytes += digest
    case .acknowledgement(let digest):
      bytes.append(UInt8(ascii: "a"))
      bytes += digest
    }
    return bytes
  }

  /// What an initiator sends first.
  ///
  /// What follows the name is ignored: later releases may say more.
  static func name(from bytes: [UInt8]) -> HandshakeMessage? {
    var reader = ByteReader(bytes)
    guard reader.byte() == UInt8(ascii: "N"), let flags: UInt64 = reader.integer(),
      let creation: UInt32 = reader.integer(), let name = reader.text()
    else { return nil }
    return .name(flags: DistributionFlags(rawValue: flags), creation: creation, name: name)
  }

  static func status(from bytes: [UInt8]) -> HandshakeMessage? {
    guard bytes.first == UInt8(ascii: "s") else { return nil }
    return HandshakeStatus(rawValue: String(decoding: bytes.dropFirst(), as: UTF8.self)).map { .status($0) }
  }

  static func challenge(from bytes: [UInt8]) -> HandshakeMessage? {
    var reader = ByteReader(bytes)
    guard reader.byte() == UInt8(ascii: "N"), let flags: UInt64 = reader.integer(),
      let challenge: UInt32 = reader.integer(), let creation: UInt32 = reader.integer(), let name = reader.text()
    else { return nil }
    return .challenge(
      flags: DistributionFlags(rawValue: flags), challenge: challenge, creation: creation, name: name)
  }

  static func reply(from bytes: [UInt8]) -> HandshakeMessage? {
    var reader = ByteReader(bytes)
    guard reader.byte() == UInt8(ascii: "r"), let challenge: UInt32 = reader.integer(),
      let digest = reader.bytes(CookieProof.byteCount), reader.isAtEnd
    else { return nil }
    return .reply(challenge: challenge, digest: digest)
  }

  static func acknowledgement(from bytes: [UInt8]) -> HandshakeMessage? {
    var reader = ByteReader(bytes)
    guard reader.byte() == UInt8(ascii: "a"), let digest = reader.bytes(CookieProof.byteCount), reader.isAtEnd
    else { return nil }
    return .acknowledgement(digest: digest)
  }
}
