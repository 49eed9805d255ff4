/// The bytes that come over a connection, as messages.
struct MessageStream {
  /// So many messages wake those that they are for once.
  private static let together = 32

  private var splitter: FrameSplitter
  private var reader: MessageReader
  private var messages: [ControlMessage] = []

  init(_ reader: MessageReader, limits: WireLimits) {
    splitter = FrameSplitter(lengthByteCount: 4, limit: limits.frameByteCount)
    self.reader = reader
  }

  /// Delivers what is complete, in order, until the bytes are used up or nobody wants more.
  ///
  /// What comes before something that is none is delivered.
  mutating func read(
    _ bytes: RawSpan, while isOpen: () -> Bool, _ deliver: ([ControlMessage]) -> Void
  ) throws(CloseReason) {
    var offset = 0
    do throws(CloseReason) {
      while isOpen(), let frame = try splitter.next(bytes, at: &offset) {
        guard let message = try reader.message(frame) else { continue }
        messages.append(message)
        if messages.count == Self.together { flush(isOpen, deliver) }
      }
    } catch {
      flush(isOpen, deliver)
      throw error
    }
    flush(isOpen, deliver)
  }

  private mutating func flush(_ isOpen: () -> Bool, _ deliver: ([ControlMessage]) -> Void) {
    if !messages.isEmpty, isOpen() { deliver(messages) }
    messages.removeAll(keepingCapacity: true)
  }
}
