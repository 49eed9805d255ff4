import ErlangTerms

/// Writes control messages as the frames that a peer reads, each with its length before it.
struct MessageWriter: Sendable {
  private let flags: DistributionFlags
  private let format: FrameFormat
  private let fragmentByteCount: Int

  init(flags: DistributionFlags, fragmentByteCount: Int = FrameFormat.fragmentByteCount) {
    self.flags = flags
    self.fragmentByteCount = max(1, fragmentByteCount)
    format = FrameFormat(flags)
  }

  static let tick: [UInt8] = [0, 0, 0, 0]

  /// The frames of a message: one, or its fragments in order.
  ///
  /// The sequence is unique on the connection, and not 0.
  func frames(_ message: ControlMessage, sequence: UInt64) -> [[UInt8]] {
    if !isLong(message), let frame = QuickWriter.frame(message, flags: flags, format) { return [frame] }
    let parts = ControlWriter(flags: flags).parts(message)
    var control: [UInt8] = []
    ControlWriter.append(parts.control, to: &control)
    switch format {
    case .passThrough:
      var body = [FrameFormat.passThroughTag, FrameFormat.version] + control
      if let payload = parts.payload { body += [FrameFormat.version] + payload }
      return [framed(body)]
    case .header(let sendsFragments):
      // No references to the cache: atoms stand where they are used.
      let payload = parts.payload ?? []
      if sendsFragments, payload.count > fragmentByteCount { return fragments(control, payload, sequence) }
      return [framed([FrameFormat.version, FrameFormat.whole, 0] + control + payload)]
    }
  }

  private func isLong(_ message: ControlMessage) -> Bool {
    guard case .header(sendsFragments: true) = format else { return false }
    switch message {
    case .send(_, _, let payload), .sendToName(_, _, let payload), .sendToAlias(_, _, let payload):
      return payload.bytes.count > fragmentByteCount
    default: return false
    }
  }

  private func fragments(_ control: [UInt8], _ payload: ArraySlice<UInt8>, _ sequence: UInt64) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var rest = payload
    var number = UInt64((payload.count + fragmentByteCount - 1) / fragmentByteCount)
    while number > 0 {
      let isFirst = frames.isEmpty
      var body = [FrameFormat.version, isFirst ? FrameFormat.firstFragment : FrameFormat.fragment]
      body.appendInteger(sequence)
      body.appendInteger(number)
      if isFirst { body += [0] + control }
      body += rest.prefix(fragmentByteCount)
      rest = rest.dropFirst(fragmentByteCount)
      number -= 1
      frames.append(framed(body))
    }
    return frames
  }

  private func framed(_ body: [UInt8]) -> [UInt8] {
    var frame: [UInt8] = []
    frame.reserveCapacity(4 + body.count)
    frame.appendInteger(UInt32(truncatingIfNeeded: body.count))
    return frame + body
  }
}
