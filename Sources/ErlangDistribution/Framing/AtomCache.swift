import ErlangTerms

/// The atoms that a peer has numbered, and the header of each frame that refers to them.
///
/// Both directions of a connection have a cache of their own; this is that of what comes in.
struct AtomCache {
  private var slots: [Atom?] = []

  /// 8 segments of 256.
  static let slotCount = 2048

  /// The atoms of the header at the offset, which then stands behind it.
  mutating func header(_ frame: [UInt8], at offset: inout Int) throws(CloseReason) -> [Atom] {
    if offset < frame.count, frame[offset] == 0 {
      offset += 1
      return []
    }
    var reader = ByteReader(frame, at: offset)
    guard let count = reader.byte().map(Int.init) else { throw AtomCache.short }
    guard count > 0 else {
      offset = reader.offset
      return []
    }
    guard let flags = reader.bytes(count / 2 + 1) else { throw AtomCache.short }
    func half(_ index: Int) -> UInt8 { flags[index / 2] >> (index % 2 == 0 ? 0 : 4) & 0xf }
    let areLong = half(count) & 1 == 1
    if slots.isEmpty { slots = Array(repeating: nil, count: AtomCache.slotCount) }

    var atoms: [Atom] = []
    atoms.reserveCapacity(count)
    for index in 0..<count {
      guard let low = reader.byte() else { throw AtomCache.short }
      let slot = Int(half(index) & 7) << 8 | Int(low)
      if half(index) & 8 != 0 { slots[slot] = try AtomCache.atom(&reader, isLong: areLong) }
      guard let atom = slots[slot] else { throw .violation("a reference to an atom that was never sent") }
      atoms.append(atom)
    }
    offset = reader.offset
    return atoms
  }

  private static var short: CloseReason { .violation("a header that ends too early") }

  private static func atom(_ reader: inout ByteReader, isLong: Bool) throws(CloseReason) -> Atom {
    let count: Int
    if isLong {
      guard let long: UInt16 = reader.integer() else { throw short }
      count = Int(long)
    } else {
      guard let byte = reader.byte() else { throw short }
      count = Int(byte)
    }
    guard count <= 4 * 255, let bytes = reader.bytes(count) else { throw short }
    guard let name = String(validating: bytes, as: UTF8.self), name.unicodeScalars.count <= 255 else {
      throw .violation("an atom in a header that is none")
    }
    return Atom(name)
  }
}
