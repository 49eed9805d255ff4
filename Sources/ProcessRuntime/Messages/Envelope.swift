/// What every message in a mailbox begins with: its link, what it is, and the call that it carries, if any.
@_spi(Runtime)
public struct EnvelopeHeader {
  /// The next envelope of the queue it stands in. In the inbox the values below ``Inbox/firstAddress`` end the chain.
  var next: UInt
  package var kind: EnvelopeKind
  /// The caller that waits for an answer to this message.
  package var call: WaitTicket?
}

/// An envelope's kind: who handles its payload.
package enum EnvelopeKind: UInt8 {
  /// A message of the process's own type.
  case message
  /// An exit or down signal that has become a message.
  case signal
  /// An order of the runtime's own: stop, inspect.
  case system
}

/// One message on its way. Allocated by the sender, freed by the receiver; the header comes first, so that queues need not
/// know the payload.
package struct Envelope<Payload> {
  var header: EnvelopeHeader
  var payload: Payload

  package typealias Pointer = UnsafeMutablePointer<EnvelopeHeader>

  package static func make(_ payload: consuming Payload, kind: EnvelopeKind, call: WaitTicket? = nil) -> Pointer {
    let envelope = UnsafeMutablePointer<Envelope<Payload>>.allocate(capacity: 1)
    envelope.initialize(to: Envelope(header: EnvelopeHeader(next: 0, kind: kind, call: call), payload: payload))
    return UnsafeMutableRawPointer(envelope).assumingMemoryBound(to: EnvelopeHeader.self)
  }

  /// Takes the payload out and frees the envelope.
  package static func open(_ pointer: Pointer) -> Payload {
    let envelope = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Envelope<Payload>.self)
    let payload = envelope.move().payload
    envelope.deallocate()
    return payload
  }

  /// Destroys the payload and frees the envelope.
  package static func free(_ pointer: Pointer) {
    let envelope = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Envelope<Payload>.self)
    envelope.deinitialize(count: 1)
    envelope.deallocate()
  }

  /// Looks at the payload without taking it.
  package static func peek<Result>(_ pointer: Pointer, _ body: (borrowing Payload) throws -> Result) rethrows -> Result {
    try body(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Envelope<Payload>.self).pointee.payload)
  }
}
