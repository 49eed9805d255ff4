package import ErlangTerms

/// The message of a control message, or the arguments of a spawn: a term that nobody has decoded yet.
///
/// The wire does not look into it. Whoever the message is for decodes it; nobody does when there is no such process.
package struct Payload: Sendable {
  /// The term, without the version before it.
  package let bytes: ArraySlice<UInt8>
  /// What the references to the atom cache in it mean.
  package let atoms: [Atom]

  package init(bytes: ArraySlice<UInt8>, atoms: [Atom] = []) {
    self.bytes = bytes
    self.atoms = atoms
  }

  /// A payload to send.
  ///
  /// It throws for a term that no peer could read; then nothing is to be sent.
  package init(_ term: Term, limits: TermLimits = TermLimits()) throws(TermError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    try TermEncoder(limits: limits).encode(term, into: &bytes)
    self.init(bytes: bytes[...])
  }

  /// A message whose beginning is written by `begin`, and which ends with the term.
  package init(
    endingWith term: Term, limits: TermLimits, _ begin: (inout [UInt8]) throws(TermError) -> Void
  ) throws(TermError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(192)
    try begin(&bytes)
    try TermEncoder(limits: limits.within).encode(term, into: &bytes)
    self.init(bytes: bytes[...])
  }

  /// The term that stands at an offset of a message and ends it, for its receiver.
  package func term(at offset: Int, limits: TermLimits) throws(TermError) -> Term {
    var decoder = TermDecoder(limits: limits.within)
    decoder.cachedAtoms = atoms
    var offset = offset
    return try decoder.decode(bytes.span.bytes, at: &offset)
  }

  /// The term, for its receiver.
  ///
  /// It throws when the peer has sent none: then close the connection for ``CloseReason/undecodable(_:)``.
  package func term(limits: TermLimits = TermLimits()) throws(TermError) -> Term {
    var decoder = TermDecoder(limits: limits)
    decoder.cachedAtoms = atoms
    var offset = 0
    return try decoder.decode(bytes.span.bytes, at: &offset)
  }
}

extension TermLimits {
  /// For a term that stands within a tuple.
  fileprivate var within: TermLimits {
    var limits = self
    limits.depth -= 1
    return limits
  }
}
