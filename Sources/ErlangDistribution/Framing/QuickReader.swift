import ErlangTerms

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads the frames of which there are many, without making terms of their control messages.
///
/// It takes what is written as it is written mostly. The rest, and whatever is wrong, is for ``ControlReader``.
struct QuickReader {
  private let peer: KnownAtom
  private let local: KnownAtom

  /// A name that stands in nearly each frame: not made anew each time.
  private struct KnownAtom {
    let atom: Atom
    let bytes: [UInt8]

    init(_ atom: Atom) {
      self.atom = atom
      bytes = Array(atom.name.utf8)
    }

    func isAt(_ offset: Int, _ count: Int, _ frame: RawSpan) -> Bool {
      guard count == bytes.count else { return false }
      return frame.extracting(offset..<offset + count).withUnsafeBytes { frame in
        bytes.withUnsafeBytes { bytes in
          guard let frame = frame.baseAddress, let bytes = bytes.baseAddress else { return true }
          return memcmp(frame, bytes, count) == 0
        }
      }
    }
  }

  init(peer: Atom, local: Atom) {
    self.peer = KnownAtom(peer)
    self.local = KnownAtom(local)
  }

  /// The message whose control message stands at the offset; nil for one that it does not read.
  func message(_ frame: RawSpan, at start: Int, _ atoms: [Atom], _ format: FrameFormat) -> ControlMessage? {
    var offset = start + 4
    guard offset <= frame.byteCount, frame[start] == WireTag.smallTuple, frame[start + 2] == WireTag.smallInteger else {
      return nil
    }
    switch (Int(frame[start + 3]), frame[start + 1]) {
    case (Opcode.sendSender, 3):
      guard let from = pid(frame, &offset, atoms), let to = pid(frame, &offset, atoms),
        let payload = payload(frame, offset, atoms, format)
      else { return nil }
      return .send(from: from, to: to, payload)
    case (Opcode.send, 3):
      guard atom(frame, &offset, atoms) != nil, let to = pid(frame, &offset, atoms),
        let payload = payload(frame, offset, atoms, format)
      else { return nil }
      return .send(from: nil, to: to, payload)
    case (Opcode.sendToName, 4):
      guard let from = pid(frame, &offset, atoms), atom(frame, &offset, atoms) != nil,
        let name = atom(frame, &offset, atoms), let payload = payload(frame, offset, atoms, format)
      else { return nil }
      return .sendToName(from: from, to: name, payload)
    case (Opcode.sendToAlias, 3):
      guard let from = pid(frame, &offset, atoms), let alias = reference(frame, &offset, atoms),
        let payload = payload(frame, offset, atoms, format)
      else { return nil }
      return .sendToAlias(from: from, to: alias, payload)
    case (Opcode.monitor, 4):
      guard let (from, target, reference) = monitor(frame, &offset, atoms) else { return nil }
      return .monitor(from: from, target, reference)
    case (Opcode.demonitor, 4):
      guard let (from, target, reference) = monitor(frame, &offset, atoms) else { return nil }
      return .demonitor(from: from, target, reference)
    default: return nil
    }
  }

  private func monitor(
    _ frame: RawSpan, _ offset: inout Int, _ atoms: [Atom]
  ) -> (Term.Pid, ProcessTarget, Term.Reference)? {
    guard let from = pid(frame, &offset, atoms), from.node == peer.atom, offset < frame.byteCount else { return nil }
    let target: ProcessTarget
    if frame[offset] == WireTag.pid {
      guard let pid = pid(frame, &offset, atoms), pid.node == local.atom else { return nil }
      target = .pid(pid)
    } else {
      guard let name = atom(frame, &offset, atoms) else { return nil }
      target = .name(name)
    }
    guard let reference = reference(frame, &offset, atoms) else { return nil }
    return (from, target, reference)
  }

  private func payload(_ frame: RawSpan, _ offset: Int, _ atoms: [Atom], _ format: FrameFormat) -> Payload? {
    var start = offset
    if format == .passThrough {
      guard offset < frame.byteCount, frame[offset] == FrameFormat.version else { return nil }
      start += 1
    }
    guard start < frame.byteCount else { return nil }
    let bytes = frame.extracting(start..<frame.byteCount).withUnsafeBytes { [UInt8]($0) }
    return Payload(bytes: bytes[...], atoms: atoms)
  }

  private func pid(_ frame: RawSpan, _ offset: inout Int, _ atoms: [Atom]) -> Term.Pid? {
    guard offset < frame.byteCount, frame[offset] == WireTag.pid else { return nil }
    offset += 1
    guard let node = atom(frame, &offset, atoms), offset + 12 <= frame.byteCount else { return nil }
    return Term.Pid(
      node: node, id: word(frame, &offset), serial: word(frame, &offset), creation: word(frame, &offset))
  }

  private func reference(_ frame: RawSpan, _ offset: inout Int, _ atoms: [Atom]) -> Term.Reference? {
    guard offset + 3 <= frame.byteCount, frame[offset] == WireTag.reference, frame[offset + 1] == 0 else { return nil }
    let count = Int(frame[offset + 2])
    offset += 3
    guard (1...5).contains(count), let node = atom(frame, &offset, atoms),
      offset + 4 + 4 * count <= frame.byteCount
    else { return nil }
    let creation = word(frame, &offset)
    var words = ReferenceWords()
    for _ in 0..<count { words.append(word(frame, &offset)) }
    return Term.Reference(node: node, creation: creation, words)
  }

  private func atom(_ frame: RawSpan, _ offset: inout Int, _ atoms: [Atom]) -> Atom? {
    guard offset + 2 <= frame.byteCount else { return nil }
    let (tag, count) = (frame[offset], Int(frame[offset + 1]))
    offset += 2
    if tag == WireTag.atomCacheReference { return count < atoms.count ? atoms[count] : nil }
    guard tag == WireTag.smallAtom, offset + count <= frame.byteCount else { return nil }
    defer { offset += count }
    if local.isAt(offset, count, frame) { return local.atom }
    if peer.isAt(offset, count, frame) { return peer.atom }
    return frame.extracting(offset..<offset + count).withUnsafeBytes { name in
      name.allSatisfy { $0 < 128 } ? Atom(String(decoding: name, as: UTF8.self)) : nil
    }
  }

  /// Within the bounds.
  private func word(_ frame: RawSpan, _ offset: inout Int) -> UInt32 {
    offset += 4
    return UInt32(bigEndian: frame.unsafeLoadUnaligned(fromByteOffset: offset - 4, as: UInt32.self))
  }
}
