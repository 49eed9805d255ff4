/// Who is meant by a name, without the type of the messages.
package enum NameTarget: Sendable {
  /// A name in the node's own table.
  case local(String)
  /// A name that a ``NameRegistry`` keeps.
  indirect case via(any ViaName)
}

/// One name of a ``NameRegistry``, whatever the type of its key.
@usableFromInline
package protocol ViaName: Sendable {
  var text: String { get }
  func whereis(onNode node: UInt64) -> ProcessID?
  func isReleased(onNode node: UInt64) -> Bool
  func register(_ process: ProcessID) throws(NameError)
  func unregister() throws(NameError)
  func isEqual(to other: any ViaName) -> Bool
  func hash(into hasher: inout Hasher)
}

extension NameTarget {
  package var text: String {
    switch self {
    case .local(let name): name
    case .via(let name): name.text
    }
  }

  @inline(__always)
  func whereis() -> ProcessCell? {
    switch self {
    case .local(let name): Node.whereis(name)
    case .via(let name): name.whereis(onNode: Node.currentNumber())?.cell
    }
  }

  package func whereis(on node: Node) -> ProcessCell? {
    switch self {
    case .local(let name): node.names.whereis(name)
    case .via(let name): name.whereis(onNode: node.number)?.cell
    }
  }

  /// Whether nobody has the name, and whoever had it last has told its links and monitors of its end.
  func isReleased(on node: Node) -> Bool {
    switch self {
    case .local(let name): node.names.isReleased(name)
    case .via(let name): name.isReleased(onNode: node.number)
    }
  }

  func register(_ cell: ProcessCell) throws(NameError) {
    switch self {
    case .local(let name):
      switch cell.node.unmanagedNames._withUnsafeGuaranteedRef({ $0.register(name, cell) }) {
      case nil: return
      case .taken(let holder)?: throw NameError(.taken(holder), name: name)
      case .alreadyNamed(let other)?: throw NameError(.processHasName(other), name: name)
      case .dead?: throw NameError(.noProcess(cell.id), name: name)
      }
    case .via(let name): try name.register(cell.id)
    }
  }

  func unregister() throws(NameError) {
    switch self {
    case .local(let name):
      guard Node.currentNames()._withUnsafeGuaranteedRef({ $0.unregister(name) }) else {
        throw NameError(.notRegistered, name: name)
      }
    case .via(let name): try name.unregister()
    }
  }

  /// What is watched by who waits for a change.
  var watchedName: String {
    switch self {
    case .local(let name): name
    case .via: NameTable.via
    }
  }
}

extension NameTarget: Hashable {
  package static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.local(let a), .local(let b)): a == b
    case (.via(let a), .via(let b)): a.isEqual(to: b)
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .local(let name): hasher.combine(name)
    case .via(let name): name.hash(into: &hasher)
    }
  }
}
