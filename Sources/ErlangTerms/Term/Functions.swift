extension Term {
  /// A function of a module, named: `fun lists:map/2`, `&:lists.map/2`.
  public struct Export: Hashable, Sendable, Codable {
    /// The module.
    public var module: Atom
    /// The function's name.
    public var function: Atom
    /// The number of its arguments.
    public var arity: UInt8

    /// The function of these parts.
    public init(module: Atom, function: Atom, arity: UInt8) {
      self.module = module
      self.function = function
      self.arity = arity
    }
  }

  /// A closure, in the parts that its node needs to run it again when it comes back.
  public struct Function: Hashable, Sendable, Codable {
    /// The module that it was written in.
    public var module: Atom
    /// The number of its arguments.
    public var arity: UInt8
    /// The digest of the module's code: 16 bytes.
    public var digest: [UInt8]
    /// Which of the module's closures it is.
    public var index: UInt32
    /// The same, as older releases count.
    public var oldIndex: Int
    /// A hash of its code, as older releases have it.
    public var oldDigest: Int
    /// The process that made it.
    public var creator: Pid
    /// The values that it has captured.
    public var freeVariables: [Term]

    /// The closure of these parts.
    ///
    /// With another number of bytes than 16 in the digest it cannot be encoded.
    public init(
      module: Atom, arity: UInt8, digest: [UInt8], index: UInt32, oldIndex: Int, oldDigest: Int, creator: Pid,
      freeVariables: [Term]
    ) {
      self.module = module
      self.arity = arity
      self.digest = digest
      self.index = index
      self.oldIndex = oldIndex
      self.oldDigest = oldDigest
      self.creator = creator
      self.freeVariables = freeVariables
    }
  }
}
