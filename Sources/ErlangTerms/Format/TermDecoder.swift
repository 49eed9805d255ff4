/// Reads terms in the external term format: what `term_to_binary/1` writes, and what nodes send each other.
///
/// It trusts nothing: bytes that are no term throw ``TermError``, nothing is reserved for elements that the input has no
/// room for, and it does not recurse. What one byte of input costs in memory is bounded by the size of an element.
public struct TermDecoder: Sendable {
  /// What is accepted.
  public var limits: TermLimits
  /// What a reference to the atom cache means: the atom at its index.
  ///
  /// Only frames between nodes have such references.
  public var cachedAtoms: [Atom] = []
  /// Whether a compressed term is accepted, as `term_to_binary(Term, [compressed])` writes it.
  ///
  /// Nodes never send one, so refuse it from a peer; accept it for terms that were stored.
  public var acceptsCompressed = false

  /// A decoder with these limits.
  public init(limits: TermLimits = TermLimits()) {
    self.limits = limits
  }

  /// The term of bytes that begin with the version, 131, and hold one term and nothing else: `binary_to_term/1`.
  public func decode(_ bytes: [UInt8]) throws(TermError) -> Term {
    try decode(bytes.span.bytes)
  }

  /// The term of bytes that begin with the version, 131, and hold one term and nothing else: `binary_to_term/1`.
  public func decode(_ bytes: RawSpan) throws(TermError) -> Term {
    var reader = TermReader(limits: limits, cachedAtoms: cachedAtoms)
    let version = try reader.byte(bytes)
    guard version == FormatTag.version else {
      throw TermError(.unknownTag, at: 0, "a term begins with the version, 131; found \(version)")
    }
    if reader.offset < bytes.byteCount, bytes.byte(at: reader.offset) == FormatTag.compressed {
      return try inflated(bytes)
    }
    return try reader.whole(bytes)
  }

  /// The term without a version at an offset, which then stands behind the term.
  ///
  /// What follows there is not looked at.
  public func decode(_ bytes: RawSpan, at offset: inout Int) throws(TermError) -> Term {
    var reader = TermReader(limits: limits, cachedAtoms: cachedAtoms)
    reader.offset = max(0, offset)
    let term = try reader.term(bytes)
    offset = reader.offset
    return term
  }

  private func inflated(_ bytes: RawSpan) throws(TermError) -> Term {
    guard acceptsCompressed else {
      throw TermError(.unsupported, at: 1, "a compressed term, and the decoder does not accept them")
    }
    var reader = TermReader(limits: limits, cachedAtoms: cachedAtoms)
    reader.offset = 2
    let size = Int(try reader.uint32(bytes))
    guard size <= limits.byteCount else {
      throw TermError(.limit, at: 2, "a compressed term of \(size) bytes, the limit is \(limits.byteCount)")
    }
    var inflater = Inflater(offset: reader.offset, limit: size)
    let content = try inflater.zlib(bytes)
    guard content.count == size else {
      throw TermError(.malformed, at: 2, "a compressed term of \(size) bytes has \(content.count)")
    }
    var inner = TermReader(limits: limits, cachedAtoms: cachedAtoms)
    return try inner.whole(content.span.bytes)
  }
}
