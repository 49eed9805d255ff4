/// Messages of servers as they travel: what is the same in each of them is written and read without a term.
extension GenMessage {
  /// What has come from another node, taken apart as far as it is the same in each message.
  package enum Outline {
    /// `{'$gen_call', {Pid, [alias | Reference]}, Request}`
    case call(pid: Term.Pid, alias: Term.Reference, requestAt: Int)
    /// `{'$gen_cast', Request}`
    case cast(requestAt: Int)
  }

  /// The outline of a message, without the version before it; nil for any other, which is to be read as a term.
  ///
  /// The peer is the node that it probably is from: its name is not made anew.
  package static func outline(_ bytes: RawSpan, from peer: Atom) -> Outline? {
    guard bytes.byteCount > 13, bytes.byte(at: 0) == FormatTag.smallTuple else { return nil }
    var offset = 2
    switch bytes.byte(at: 1) {
    case 2:
      return bytes.skips(beginOfCast, at: &offset) && offset < bytes.byteCount ? .cast(requestAt: offset) : nil
    case 3:
      guard bytes.skips(beginOfCall, at: &offset), let pid = bytes.pid(at: &offset, peer),
        bytes.skips(beginOfAlias, at: &offset), let alias = bytes.reference(at: &offset, peer), offset < bytes.byteCount
      else { return nil }
      return .call(pid: pid, alias: alias, requestAt: offset)
    default: return nil
    }
  }

  /// Where in `{[alias | Reference], Answer}` the answer stands; nil for any other message, which is to be read as a term.
  package static func answer(in bytes: RawSpan, to node: Atom) -> Int? {
    guard bytes.byteCount > 2, bytes.byte(at: 0) == FormatTag.smallTuple, bytes.byte(at: 1) == 2 else { return nil }
    var offset = 2
    guard bytes.skips(beginOfAlias, at: &offset), bytes.reference(at: &offset, node) != nil, offset < bytes.byteCount
    else { return nil }
    return offset
  }

  /// Appends a call, of which only the request is left to be appended.
  package static func append(callOf pid: Term.Pid, alias: Term.Reference, to bytes: inout [UInt8]) throws(TermError) {
    let writer = TermWriter(limits: TermLimits())
    bytes.append(FormatTag.smallTuple)
    bytes.append(3)
    bytes += beginOfCall
    try writer.write(pid, &bytes)
    bytes += beginOfAlias
    try writer.write(alias, &bytes)
  }

  /// The same of a cast.
  package static func append(castTo bytes: inout [UInt8]) {
    bytes.append(FormatTag.smallTuple)
    bytes.append(2)
    bytes += beginOfCast
  }

  /// The same of an answer.
  package static func append(answerTo alias: Term.Reference, to bytes: inout [UInt8]) throws(TermError) {
    bytes.append(FormatTag.smallTuple)
    bytes.append(2)
    bytes += beginOfAlias
    try TermWriter(limits: TermLimits()).write(alias, &bytes)
  }

  private static let beginOfCall: [UInt8] = atom("$gen_call") + [FormatTag.smallTuple, 2]
  private static let beginOfCast: [UInt8] = atom("$gen_cast")
  private static let beginOfAlias: [UInt8] = [FormatTag.list, 0, 0, 0, 1] + atom("alias")

  private static func atom(_ name: String) -> [UInt8] {
    [FormatTag.smallAtomUTF8, UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
  }
}

extension RawSpan {
  /// Whether these bytes stand there; then the offset moves behind them.
  fileprivate func skips(_ expected: [UInt8], at offset: inout Int) -> Bool {
    guard offset + expected.count <= byteCount else { return false }
    for index in 0..<expected.count where byte(at: offset + index) != expected[index] { return false }
    offset += expected.count
    return true
  }

  fileprivate func pid(at offset: inout Int, _ known: Atom) -> Term.Pid? {
    guard offset < byteCount, byte(at: offset) == FormatTag.newPid else { return nil }
    offset += 1
    guard let node = atom(at: &offset, known), offset + 12 <= byteCount else { return nil }
    return Term.Pid(
      node: node, id: word(at: &offset), serial: word(at: &offset), creation: word(at: &offset))
  }

  fileprivate func reference(at offset: inout Int, _ known: Atom) -> Term.Reference? {
    guard offset + 3 <= byteCount, byte(at: offset) == FormatTag.newerReference, byte(at: offset + 1) == 0 else {
      return nil
    }
    let count = Int(byte(at: offset + 2))
    offset += 3
    guard (1...5).contains(count), let node = atom(at: &offset, known), offset + 4 + 4 * count <= byteCount else {
      return nil
    }
    let creation = word(at: &offset)
    var words = ReferenceWords()
    for _ in 0..<count { words.append(word(at: &offset)) }
    return Term.Reference(node: node, creation: creation, words)
  }

  /// An atom of ASCII, as names of nodes are.
  private func atom(at offset: inout Int, _ known: Atom) -> Atom? {
    guard offset + 2 <= byteCount, byte(at: offset) == FormatTag.smallAtomUTF8 else { return nil }
    let count = Int(byte(at: offset + 1))
    offset += 2
    guard offset + count <= byteCount else { return nil }
    defer { offset += count }
    return extracting(offset..<offset + count).withUnsafeBytes { name in
      let isKnown = known.name.utf8.withContiguousStorageIfAvailable { known in
        known.count == count && known.elementsEqual(name)
      }
      if isKnown == true { return known }
      return name.allSatisfy { $0 < 128 } ? Atom(String(decoding: name, as: UTF8.self)) : nil
    }
  }

  /// Within the bounds.
  private func word(at offset: inout Int) -> UInt32 {
    offset += 4
    return UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset - 4, as: UInt32.self))
  }
}
