import ErlangTerms

/// Writes the frames of which there are many, without making terms of their control messages.
struct QuickWriter {
  private var bytes: [UInt8] = []
  /// Whether a name was too long for the short form; then the frame is made the other way.
  private var isUnfit = false

  /// The frame of a message, with its length; nil for one that ``ControlWriter`` is to write.
  static func frame(_ message: ControlMessage, flags: DistributionFlags, _ format: FrameFormat) -> [UInt8]? {
    switch message {
    case .send(let from, let to, let payload):
      guard payload.atoms.isEmpty else { return nil }
      var writer = QuickWriter(format, payload.bytes.count)
      if let from, flags.contains(.sendSender) {
        writer.begin(3, Opcode.sendSender)
        writer.append(from)
      } else {
        writer.begin(3, Opcode.send)
        writer.append(Atom(""))
      }
      writer.append(to)
      return writer.frame(payload, format)
    case .sendToName(let from, let name, let payload):
      guard payload.atoms.isEmpty else { return nil }
      var writer = QuickWriter(format, payload.bytes.count)
      writer.begin(4, Opcode.sendToName)
      writer.append(from)
      writer.append(Atom(""))
      writer.append(name)
      return writer.frame(payload, format)
    case .sendToAlias(let from, let alias, let payload):
      guard payload.atoms.isEmpty, !flags.contains(.alternativeActions) else { return nil }
      var writer = QuickWriter(format, payload.bytes.count)
      writer.begin(3, Opcode.sendToAlias)
      writer.append(from)
      writer.append(alias)
      return writer.frame(payload, format)
    case .monitor(let from, let target, let reference):
      return monitor(Opcode.monitor, from, target, reference, format)
    case .demonitor(let from, let target, let reference):
      return monitor(Opcode.demonitor, from, target, reference, format)
    default: return nil
    }
  }

  private static func monitor(
    _ code: Int, _ from: Term.Pid, _ target: ProcessTarget, _ reference: Term.Reference, _ format: FrameFormat
  ) -> [UInt8]? {
    var writer = QuickWriter(format, 0)
    writer.begin(4, code)
    writer.append(from)
    switch target {
    case .pid(let pid): writer.append(pid)
    case .name(let name): writer.append(name)
    }
    writer.append(reference)
    return writer.frame(nil, format)
  }

  private init(_ format: FrameFormat, _ payloadByteCount: Int) {
    bytes.reserveCapacity(160 + payloadByteCount)
    bytes.appendInteger(UInt32(0))
    switch format {
    case .passThrough: bytes += [FrameFormat.passThroughTag, FrameFormat.version]
    case .header: bytes += [FrameFormat.version, FrameFormat.whole, 0]
    }
  }

  private mutating func begin(_ arity: UInt8, _ code: Int) {
    bytes.append(WireTag.smallTuple)
    bytes.append(arity)
    bytes.append(WireTag.smallInteger)
    bytes.append(UInt8(truncatingIfNeeded: code))
  }

  private mutating func append(_ atom: Atom) {
    guard let count = UInt8(exactly: atom.name.utf8.count) else {
      isUnfit = true
      return
    }
    bytes.append(WireTag.smallAtom)
    bytes.append(count)
    bytes.appendText(atom.name)
  }

  private mutating func append(_ pid: Term.Pid) {
    bytes.append(WireTag.pid)
    append(pid.node)
    bytes.appendInteger(pid.id)
    bytes.appendInteger(pid.serial)
    bytes.appendInteger(pid.creation)
  }

  private mutating func append(_ reference: Term.Reference) {
    let words = reference.content
    guard (1...5).contains(words.count) else {
      isUnfit = true
      return
    }
    bytes.append(WireTag.reference)
    bytes.appendInteger(UInt16(words.count))
    append(reference.node)
    bytes.appendInteger(reference.creation)
    for index in 0..<words.count { bytes.appendInteger(words[index]) }
  }

  private mutating func frame(_ payload: Payload?, _ format: FrameFormat) -> [UInt8]? {
    if isUnfit { return nil }
    if let payload {
      if format == .passThrough { bytes.append(FrameFormat.version) }
      bytes += payload.bytes
    }
    let count = UInt32(truncatingIfNeeded: bytes.count - 4)
    for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32(index))) }
    return bytes
  }
}

/// The tags of what stands in most control messages.
enum WireTag {
  static let atomCacheReference: UInt8 = 82
  static let pid: UInt8 = 88
  static let reference: UInt8 = 90
  static let smallInteger: UInt8 = 97
  static let smallTuple: UInt8 = 104
  static let smallAtom: UInt8 = 119
}
