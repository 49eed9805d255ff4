import ErlangTerms

/// Reads control messages out of frames: what one direction of an established connection says.
struct MessageReader {
  private let control: ControlReader
  private let quick: QuickReader
  private let format: FrameFormat
  private let limits: WireLimits
  private var cache = AtomCache()
  private var fragments: FragmentStore

  init(peer: PeerIdentity, local: Atom, limits: WireLimits) {
    control = ControlReader(peer: peer.node.name, local: local, terms: limits.terms)
    quick = QuickReader(peer: peer.node.name, local: local)
    format = FrameFormat(peer.flags)
    self.limits = limits
    fragments = FragmentStore(limits)
  }

  /// The message that a frame completes; nil for a tick, an unfinished fragment, and what is of no concern here.
  mutating func message(_ frame: [UInt8]) throws(CloseReason) -> ControlMessage? {
    guard !frame.isEmpty else { return nil }
    return switch format {
    case .passThrough: try passedThrough(frame)
    case .header: try withHeader(frame)
    }
  }

  /// The message of a frame that is as most are, read where it stands; nil for one that ``message(_:)`` is to read.
  func quickMessage(_ frame: RawSpan) -> ControlMessage? {
    guard frame.byteCount > 3 else { return nil }
    switch format {
    case .passThrough: return frame[1] == FrameFormat.version ? quick.message(frame, at: 2, [], format) : nil
    case .header:
      // Without references to the cache.
      guard frame[0] == FrameFormat.version, frame[1] == FrameFormat.whole, frame[2] == 0 else { return nil }
      return quick.message(frame, at: 3, [], format)
    }
  }

  private func passedThrough(_ frame: [UInt8]) throws(CloseReason) -> ControlMessage? {
    // The BEAM does not look at the first byte either.
    var offset = 2
    guard frame.count > 2, frame[1] == FrameFormat.version else {
      throw .violation("a frame that does not begin with 112, 131")
    }
    if let message = quick.message(frame.span.bytes, at: offset, [], format) { return message }
    let term = try controlTerm(frame, at: &offset, [])
    var payload = frame[offset...]
    if let first = payload.first {
      guard first == FrameFormat.version else { throw .violation("a payload that does not begin with 131") }
      payload = payload.dropFirst()
    }
    return try control.message(term, Payload(bytes: payload))
  }

  private mutating func withHeader(_ frame: [UInt8]) throws(CloseReason) -> ControlMessage? {
    guard frame.count > 2, frame[0] == FrameFormat.version else {
      throw .violation("a frame that does not begin with 131")
    }
    switch frame[1] {
    case FrameFormat.whole:
      var offset = 2
      let atoms = try cache.header(frame, at: &offset)
      if let message = quick.message(frame.span.bytes, at: offset, atoms, format) { return message }
      let term = try controlTerm(frame, at: &offset, atoms)
      return try control.message(term, Payload(bytes: frame[offset...], atoms: atoms))
    case FrameFormat.firstFragment:
      var (sequence, count, offset) = try fragmentHeader(frame)
      let atoms = try cache.header(frame, at: &offset)
      let term = try controlTerm(frame, at: &offset, atoms)
      return try complete(try fragments.begin(sequence, count: count, term, atoms, frame[offset...]))
    case FrameFormat.fragment:
      let (sequence, number, offset) = try fragmentHeader(frame)
      return try complete(try fragments.add(sequence, number: number, frame[offset...]))
    default: throw .violation("a frame of an unknown kind")
    }
  }

  private func fragmentHeader(_ frame: [UInt8]) throws(CloseReason) -> (UInt64, UInt64, Int) {
    var reader = ByteReader(frame, at: 2)
    guard let sequence: UInt64 = reader.integer(), let number: UInt64 = reader.integer() else {
      throw .violation("a fragment that ends too early")
    }
    return (sequence, number, reader.offset)
  }

  private func complete(_ message: FragmentStore.Unfinished?) throws(CloseReason) -> ControlMessage? {
    guard let message else { return nil }
    return try control.message(message.control, Payload(bytes: message.payload[...], atoms: message.atoms))
  }

  private func controlTerm(
    _ frame: [UInt8], at offset: inout Int, _ atoms: [Atom]
  ) throws(CloseReason) -> Term {
    var decoder = TermDecoder(limits: limits.terms)
    decoder.cachedAtoms = atoms
    let end = min(frame.count, offset + limits.controlByteCount)
    do {
      return try decoder.decode(frame.span.bytes.extracting(0..<end), at: &offset)
    } catch {
      throw .violation("a control message that is no term: \(error.problem)")
    }
  }
}
