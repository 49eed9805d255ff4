#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What every message in a mailbox begins with: its link, what it is, and the call that it carries, if any.
@_spi(Runtime)
public struct EnvelopeHeader {
  /// The next envelope of the queue it stands in.
  ///
  /// In the inbox the values below ``Inbox/firstAddress`` end the chain.
  var next: UInt
  /// The caller that waits for an answer to this message.
  package var call: WaitTicket? {
    callSlot.map { WaitTicket(slot: $0, generation: callGeneration) }
  }
  private let callSlot: UnsafeMutablePointer<WaitSlot>?
  private let callGeneration: UInt64
  package let kind: EnvelopeKind
  /// Whether a ``MessageTrace`` stands before it.
  package let isTraced: Bool
  /// What a bounded mailbox notes about it; its process's lock's, once it stands there.
  var mark = EnvelopeMark.none

  @inline(__always)
  init(next: UInt, kind: EnvelopeKind, call: WaitTicket?, isTraced: Bool = false) {
    self.next = next
    self.kind = kind
    self.isTraced = isTraced
    callSlot = call?.slot
    callGeneration = call?.generation ?? 0
  }
}

/// An envelope's kind: who handles its payload.
package enum EnvelopeKind: UInt8 {
  /// A message of the process's own type.
  case message
  /// An exit or down signal that has become a message.
  case signal
  /// An order of the runtime's own: stop, inspect.
  case system
  /// A message from another node, before it is one of the process's own type.
  case foreign

  /// Whether a bound of the mailbox counts it.
  var isCounted: Bool { self == .message || self == .foreign }
}

/// A message's place in a bounded mailbox.
enum EnvelopeMark: UInt8 {
  /// It takes none.
  case none
  /// It takes one.
  case counted
  /// It has been dropped, and is destroyed by whoever finds it.
  case dropped
}

/// One message on its way: a header, then the payload.
///
/// Allocated by the sender, freed by the receiver.
///
/// A namespace and raw memory instead of a generic struct: looking up the struct's metadata for each message cost more than
/// sending it.
@frozen
package enum Envelope<Payload> {
  package typealias Pointer = UnsafeMutablePointer<EnvelopeHeader>

  @inline(__always)
  private static func payload(of envelope: Pointer) -> UnsafeMutableRawPointer {
    // The stride: the header's size is no multiple of a word.
    let end = UnsafeMutableRawPointer(envelope) + MemoryLayout<EnvelopeHeader>.stride
    return MemoryLayout<Payload>.alignment <= 8 ? end : end.alignedUp(for: Payload.self)
  }

  package static func make(_ payload: Payload, kind: EnvelopeKind, call: WaitTicket? = nil) -> Pointer {
    let size = size
    // Not `allocate(byteCount:alignment:)`, which asks for aligned memory whatever the alignment is: that passes by malloc's
    // lists of what was freed by this thread, and takes twice as long as the rest of sending.
    guard let memory = malloc(size) else { preconditionFailure("out of memory for a message of \(size) bytes") }
    let envelope = memory.bindMemory(to: EnvelopeHeader.self, capacity: 1)
    envelope.initialize(to: EnvelopeHeader(next: 0, kind: kind, call: call))
    self.payload(of: envelope).initializeMemory(as: Payload.self, to: payload)
    return envelope
  }

  /// A message that is a part of a trace.
  static func make(_ payload: Payload, call: WaitTicket?, trace: any MessageTrace) -> Pointer {
    let size = size + EnvelopeHeader.traceSize
    guard let memory = malloc(size) else { preconditionFailure("out of memory for a message of \(size) bytes") }
    memory.bindMemory(to: (any MessageTrace).self, capacity: 1).initialize(to: trace)
    let envelope = (memory + EnvelopeHeader.traceSize).bindMemory(to: EnvelopeHeader.self, capacity: 1)
    envelope.initialize(to: EnvelopeHeader(next: 0, kind: .message, call: call, isTraced: true))
    self.payload(of: envelope).initializeMemory(as: Payload.self, to: payload)
    return envelope
  }

  @inline(__always)
  private static var size: Int {
    let alignment = MemoryLayout<Payload>.alignment
    return MemoryLayout<EnvelopeHeader>.stride + MemoryLayout<Payload>.size + (alignment <= 8 ? 0 : alignment)
  }

  /// Takes the payload out and frees the envelope.
  package static func open(_ envelope: Pointer) -> Payload {
    let payload = payload(of: envelope).assumingMemoryBound(to: Payload.self).move()
    release(envelope)
    return payload
  }

  /// Destroys the payload and frees the envelope.
  package static func free(_ envelope: Pointer) {
    payload(of: envelope).assumingMemoryBound(to: Payload.self).deinitialize(count: 1)
    release(envelope)
  }

  @inline(__always)
  private static func release(_ envelope: Pointer) {
    if envelope.pointee.isTraced { EnvelopeHeader.releaseTraced(envelope) } else { EnvelopeHeader.free(envelope) }
  }

  /// Looks at the payload without taking it.
  @inline(__always)
  package static func peek<Result>(_ envelope: Pointer, _ body: (borrowing Payload) throws -> Result) rethrows -> Result
  {
    try body(payload(of: envelope).assumingMemoryBound(to: Payload.self).pointee)
  }
}

extension EnvelopeHeader {
  @inline(__always)
  fileprivate static func free(_ memory: UnsafeMutableRawPointer) {
    #if canImport(Glibc)
      Glibc.free(memory)
    #elseif canImport(Musl)
      Musl.free(memory)
    #elseif canImport(Darwin)
      Darwin.free(memory)
    #endif
  }

  @inline(never)
  fileprivate static func releaseTraced(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    envelope.traceSlot.deinitialize(count: 1)
    free(envelope.traceSlot)
  }
}
