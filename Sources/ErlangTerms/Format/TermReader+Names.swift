/// Atoms, and what is named by its node.
extension TermReader {
  /// An atom, where no other term may stand.
  mutating func atom(_ bytes: RawSpan) throws(TermError) -> Atom {
    let start = offset
    let tag = try byte(bytes)
    guard let atom = try atom(tag, bytes, at: start) else {
      throw TermError(.malformed, at: start, "an atom must stand here, found the tag \(tag)")
    }
    return atom
  }

  /// The atom of a tag, or nil when the tag is none of an atom.
  mutating func atom(_ tag: UInt8, _ bytes: RawSpan, at start: Int) throws(TermError) -> Atom? {
    switch tag {
    case FormatTag.smallAtomUTF8: try unicode(Int(try byte(bytes)), bytes, at: start)
    case FormatTag.atomUTF8: try unicode(Int(try uint16(bytes)), bytes, at: start)
    case FormatTag.smallAtom: try latin1(Int(try byte(bytes)), bytes, at: start)
    case FormatTag.atom: try latin1(Int(try uint16(bytes)), bytes, at: start)
    case FormatTag.atomCacheReference: try cached(Int(try byte(bytes)), at: start)
    default: nil
    }
  }

  private mutating func unicode(_ count: Int, _ bytes: RawSpan, at start: Int) throws(TermError) -> Atom {
    try need(count, bytes)
    guard count <= 4 * limits.atomCharacterCount else { throw tooLong(count, "bytes", at: start) }
    offset += count
    guard let name = TermReader.text(bytes.extracting(offset - count..<offset)) else {
      throw TermError(.malformed, at: start, "an atom that is not in UTF-8")
    }
    if count > limits.atomCharacterCount, name.unicodeScalars.count > limits.atomCharacterCount {
      throw tooLong(name.unicodeScalars.count, "characters", at: start)
    }
    return Atom(name)
  }

  /// The text of bytes, or nil when they are not in UTF-8.
  private static func text(_ bytes: RawSpan) -> String? {
    bytes.withUnsafeBytes { bytes in
      // Most are ASCII, where there is nothing to validate, and the general function is slow for few characters.
      guard bytes.allSatisfy({ $0 < 128 }) else { return String(validating: bytes, as: UTF8.self) }
      return String(unsafeUninitializedCapacity: bytes.count) { characters in
        characters.update(fromContentsOf: bytes)
      }
    }
  }

  private mutating func latin1(_ count: Int, _ bytes: RawSpan, at start: Int) throws(TermError) -> Atom {
    guard count <= limits.atomCharacterCount else { throw tooLong(count, "characters", at: start) }
    var name = ""
    for byte in try take(count, bytes) { name.unicodeScalars.append(Unicode.Scalar(byte)) }
    return Atom(name)
  }

  private func cached(_ index: Int, at start: Int) throws(TermError) -> Atom {
    guard index < cachedAtoms.count else {
      throw TermError(.malformed, at: start, "atom \(index) of a cache that has \(cachedAtoms.count)")
    }
    return cachedAtoms[index]
  }

  private func tooLong(_ count: Int, _ unit: String, at start: Int) -> TermError {
    TermError(
      .limit, at: start, "an atom of \(count) \(unit), the limit is \(limits.atomCharacterCount) characters")
  }

  mutating func identifier(_ tag: UInt8, _ bytes: RawSpan, at start: Int) throws(TermError) -> Term {
    switch tag {
    case FormatTag.newPid, FormatTag.pid:
      let node = try atom(bytes)
      let id = try uint32(bytes)
      let serial = try uint32(bytes)
      let creation = tag == FormatTag.pid ? UInt32(try byte(bytes)) : try uint32(bytes)
      return .pid(Term.Pid(node: node, id: id, serial: serial, creation: creation))
    case FormatTag.newPort, FormatTag.v4Port, FormatTag.port:
      let node = try atom(bytes)
      let id = tag == FormatTag.v4Port ? try uint64(bytes) : UInt64(try uint32(bytes))
      let creation = tag == FormatTag.port ? UInt32(try byte(bytes)) : try uint32(bytes)
      return .port(Term.Port(node: node, id: id, creation: creation))
    case FormatTag.reference:
      let node = try atom(bytes)
      let id = try uint32(bytes)
      return .reference(Term.Reference(node: node, creation: UInt32(try byte(bytes)), words: [id]))
    default:
      return .reference(try reference(tag, bytes, at: start))
    }
  }

  private mutating func reference(
    _ tag: UInt8, _ bytes: RawSpan, at start: Int
  ) throws(TermError) -> Term.Reference {
    let count = Int(try uint16(bytes))
    guard (1...5).contains(count) else {
      throw TermError(.malformed, at: start, "a reference of \(count) words; it has 1 to 5")
    }
    let node = try atom(bytes)
    let creation = tag == FormatTag.newReference ? UInt32(try byte(bytes)) : try uint32(bytes)
    var words = ReferenceWords()
    for _ in 0..<count { words.append(try uint32(bytes)) }
    return Term.Reference(node: node, creation: creation, words)
  }
}
