/// Writes terms in the external term format: what `binary_to_term/1` reads, and what nodes send each other.
///
/// It writes the tags that every release from OTP 25 on reads, and the bytes that OTP 25 writes itself; only the order in a
/// map is its own.
public struct TermEncoder: Sendable {
  /// What is written: the depth and the lengths of atoms.
  ///
  /// A peer with the limits of ``TermDecoder`` can read it.
  public var limits: TermLimits

  /// An encoder with these limits.
  public init(limits: TermLimits = TermLimits()) {
    self.limits = limits
  }

  /// The bytes of a term, with the version before it: `term_to_binary/1`.
  ///
  /// It throws ``TermError`` for what no other node could read: a float that is not finite, an atom of more than 255
  /// characters, a reference of another number of words than 1 to 5; and for a term that is nested too deep.
  public func encode(_ term: Term) throws(TermError) -> [UInt8] {
    var bytes: [UInt8] = [FormatTag.version]
    try encode(term, into: &bytes)
    return bytes
  }

  /// Appends a term without a version, as it stands inside of another or in a frame.
  ///
  /// When it throws, a part may have been appended.
  public func encode(_ term: Term, into bytes: inout [UInt8]) throws(TermError) {
    try TermWriter(limits: limits).write(term, &bytes)
  }
}
