import ErlangTerms

/// The bytes that come over a connection, as messages.
struct MessageStream {
  /// So many messages wake those that they are for once.
  private static let together = 32

  private var splitter: FrameSplitter
  private var reader: MessageReader

  init(_ reader: MessageReader, limits: WireLimits) {
    splitter = FrameSplitter(lengthByteCount: 4, limit: limits.frameByteCount)
    self.reader = reader
  }

  /// Delivers what is complete, in order, until the bytes are used up or nobody wants more.
  ///
  /// What comes before something that is none is delivered.
  mutating func read(
    _ bytes: RawSpan, from connection: any PeerConnection, to events: any PeerEvents, while isOpen: () -> Bool
  ) throws(CloseReason) {
    events.willReceive(from: connection)
    defer { events.hasReceived(from: connection) }
    var offset = 0
    var count = 0
    while isOpen() {
      guard let message = try next(bytes, at: &offset) else {
        if offset >= bytes.byteCount { return }
        continue
      }
      events.received(message, from: connection)
      count += 1
      if count % Self.together == 0 {
        events.hasReceived(from: connection)
        events.willReceive(from: connection)
      }
    }
  }

  /// The message of the next frame; nil for a frame without one, and when the bytes are used up.
  private mutating func next(_ bytes: RawSpan, at offset: inout Int) throws(CloseReason) -> ControlMessage? {
    guard let range = try splitter.nextWhole(bytes, at: &offset) else {
      guard let frame = try splitter.next(bytes, at: &offset) else { return nil }
      return try reader.message(frame)
    }
    let frame = bytes.extracting(range)
    if let message = reader.quickMessage(frame) { return message }
    return try reader.message(frame.withUnsafeBytes { [UInt8]($0) })
  }
}
