import ErlangTerms

/// The elements of a control tuple, asked for by what must stand there.
struct ControlFields {
  private(set) var code: Int
  private var elements: [Term]
  private let peer: Atom
  private let local: Atom

  init(code: Int, elements: [Term], peer: Atom, local: Atom) {
    self.code = code
    self.elements = elements
    self.peer = peer
    self.local = local
  }

  /// The element at an index below the count that was asked for.
  subscript(index: Int) -> Term { elements[index] }

  var wrongType: CloseReason { .violation("an element of the wrong type in operation \(code)") }

  mutating func dropToken(_ traced: (plain: Int, token: Int)) throws(CloseReason) {
    guard traced.token < elements.count else { throw wrongCount }
    elements.remove(at: traced.token)
    code = traced.plain
  }

  private var wrongCount: CloseReason { .violation("\(elements.count) elements in operation \(code)") }

  func count(_ count: Int) throws(CloseReason) {
    guard elements.count == count else { throw wrongCount }
  }

  func count(atLeast count: Int) throws(CloseReason) {
    guard elements.count >= count else { throw wrongCount }
  }

  func atom(_ index: Int) throws(CloseReason) -> Atom {
    guard case .atom(let atom) = elements[index] else { throw wrongType }
    return atom
  }

  func reference(_ index: Int) throws(CloseReason) -> Term.Reference {
    guard case .reference(let reference) = elements[index] else { throw wrongType }
    return reference
  }

  func pid(_ index: Int) throws(CloseReason) -> Term.Pid {
    guard case .pid(let pid) = elements[index] else { throw wrongType }
    return pid
  }

  /// A process of the peer: nobody speaks for another node.
  func peerPid(_ index: Int) throws(CloseReason) -> Term.Pid {
    let pid = try pid(index)
    guard pid.node == peer else { throw .violation("a process of another node than the peer in operation \(code)") }
    return pid
  }

  /// A process of this node, perhaps of an earlier incarnation.
  func ownPid(_ index: Int) throws(CloseReason) -> Term.Pid {
    let pid = try pid(index)
    guard pid.node == local else { throw .violation("a process of another node than this in operation \(code)") }
    return pid
  }

  func ownTarget(_ index: Int) throws(CloseReason) -> ProcessTarget {
    if case .atom(let name) = elements[index] { return .name(name) }
    return .pid(try ownPid(index))
  }

  func peerTarget(_ index: Int) throws(CloseReason) -> ProcessTarget {
    if case .atom(let name) = elements[index] { return .name(name) }
    return .pid(try peerPid(index))
  }

  /// 1 to 2^64 - 1.
  func linkID(_ index: Int) throws(CloseReason) -> UInt64 {
    let id = try unsigned(index)
    guard id > 0 else { throw .violation("an unlink without an id") }
    return id
  }

  func unsigned(_ index: Int) throws(CloseReason) -> UInt64 {
    guard elements.indices.contains(index) else { throw wrongCount }
    switch elements[index] {
    case .integer(let value):
      guard let value = UInt64(exactly: value) else { throw wrongType }
      return value
    case .bigInteger(let value):
      guard !value.isNegative, value.magnitude.count == 1, let word = value.magnitude.first else { throw wrongType }
      return word
    default: throw wrongType
    }
  }
}
