/// A message with a trace has sixteen bytes before its header, where the trace stands: so nothing of another message is
/// elsewhere than it was.
extension Envelope {
  /// A message of the code that asks: with its trace, if it is in one.
  @inline(__always)
  static func make(_ payload: Payload, sentAs kind: TracedKind, call: WaitTicket? = nil) -> Pointer {
    NodeObservers.areThere
      ? makeTraced(payload, kind, call) : make(payload, kind: .message, call: call)
  }

  @inline(never)
  static func makeTraced(_ payload: Payload, _ kind: TracedKind, _ call: WaitTicket?) -> Pointer {
    guard let trace = NodeObservers.trace(kind) else { return make(payload, kind: .message, call: call) }
    return make(payload, call: call, trace: trace)
  }
}

extension UnsafeMutablePointer<EnvelopeHeader> {
  /// What stands before the header, if the message has a trace.
  var traceSlot: UnsafeMutablePointer<any MessageTrace> {
    (UnsafeMutableRawPointer(self) - EnvelopeHeader.traceSize).assumingMemoryBound(to: (any MessageTrace).self)
  }

  /// The trace that the message is a part of.
  package var trace: (any MessageTrace)? { pointee.isTraced ? traceSlot.pointee : nil }
}

extension EnvelopeHeader {
  /// As much as malloc aligns to, so that what follows lies as it would without.
  static var traceSize: Int { max(16, MemoryLayout<any MessageTrace>.stride) }
}
