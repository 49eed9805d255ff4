/// What is accepted of terms that come from outside.
///
/// Beyond it, decoding throws ``TermError``.
public struct TermLimits: Hashable, Sendable {
  /// Bytes of one encoded term; of a compressed one, also after it is inflated.
  public var byteCount = 128 << 20
  /// How deep containers may stand one in the other.
  ///
  /// Reading does not recurse, but what is done with a term afterwards does: comparing, hashing, printing, freeing it. The
  /// default is what stacks of 512 KiB bear in debug builds, and more than messages have. In release builds they bear eight
  /// times as much; raise it where that is known. A list is one level, however long.
  public var depth = 128
  /// Terms in one term, itself and all inner ones counted.
  public var termCount = 16 << 20
  /// Characters of an atom.
  ///
  /// Erlang's own limit is 255.
  public var atomCharacterCount = 255
  /// Bytes of an integer's absolute value.
  public var integerByteCount = 64 << 10

  /// The defaults: 128 MiB, 128 levels, 16 M terms, atoms of 255 characters, integers of 64 KiB.
  public init() {}
}
