extension Term {
  /// The id of a process, local or remote.
  ///
  /// It is equal to another only if all parts are, the creation included.
  public struct Pid: Hashable, Sendable, Codable {
    /// The node that the process runs on: `name@host`.
    public var node: Atom
    /// The number that is printed first: 113 in `<0.113.0>`.
    public var id: UInt32
    /// The number that is printed last: 0 in `<0.113.0>`.
    public var serial: UInt32
    /// Which incarnation of the node it was: a restarted node has another.
    public var creation: UInt32

    /// The id of these parts.
    public init(node: Atom, id: UInt32, serial: UInt32, creation: UInt32) {
      self.node = node
      self.id = id
      self.serial = serial
      self.creation = creation
    }
  }

  /// The id of a port.
  public struct Port: Hashable, Sendable, Codable {
    /// The node that the port belongs to.
    public var node: Atom
    /// The port's number.
    public var id: UInt64
    /// Which incarnation of the node it was.
    public var creation: UInt32

    /// The id of these parts.
    public init(node: Atom, id: UInt64, creation: UInt32) {
      self.node = node
      self.id = id
      self.creation = creation
    }
  }

  /// A reference: unique among all that its node has made.
  public struct Reference: Hashable, Sendable {
    /// The node that made it.
    public var node: Atom
    /// Which incarnation of the node it was.
    public var creation: UInt32
    /// One to five words, the least significant first.
    ///
    /// Only a reference of so many can be encoded.
    public var words: [UInt32] {
      get { content.array }
      set { content = ReferenceWords(newValue) }
    }

    package var content: ReferenceWords

    /// The reference of these parts.
    public init(node: Atom, creation: UInt32, words: [UInt32]) {
      self.init(node: node, creation: creation, ReferenceWords(words))
    }

    package init(node: Atom, creation: UInt32, _ content: ReferenceWords) {
      self.node = node
      self.creation = creation
      self.content = content
    }
  }
}
