extension Term: Hashable {
  /// Erlang's `=:=`: the same type and the same value.
  public static func == (left: Term, right: Term) -> Bool {
    left.holdsTerms ? left.hasSameTerms(as: right) : left.isSame(as: right)
  }

  public func hash(into hasher: inout Hasher) {
    if holdsTerms { hashTerms(into: &hasher) } else { hashValue(into: &hasher) }
  }

  // Terms that hold others have functions of their own: in a debug build every case of a switch has its place on the stack,
  // for each level anew.

  /// Whether it is a container.
  var holdsTerms: Bool {
    switch self {
    case .list, .improperList, .tuple, .map, .function: true
    default: false
    }
  }

  private func hasSameTerms(as other: Term) -> Bool {
    switch self {
    case .list(let elements):
      guard case .list(let others) = other else { return false }
      return elements == others
    case .tuple(let elements):
      guard case .tuple(let others) = other else { return false }
      return elements == others
    case .map(let map):
      guard case .map(let others) = other else { return false }
      return map == others
    default:
      return isSameRareContainer(as: other)
    }
  }

  private func isSameRareContainer(as other: Term) -> Bool {
    switch (self, other) {
    case (.improperList(let a, let tail), .improperList(let b, let otherTail)): a == b && tail == otherTail
    case (.function(let a), .function(let b)): a == b
    default: false
    }
  }

  private func isSame(as other: Term) -> Bool {
    switch (self, other) {
    case (.atom(let a), .atom(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.bigInteger(let a), .bigInteger(let b)): a == b
    case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
    case (.binary(let a), .binary(let b)): a == b
    case (.bitstring(let a), .bitstring(let b)): a == b
    case (.pid(let a), .pid(let b)): a == b
    case (.port(let a), .port(let b)): a == b
    case (.reference(let a), .reference(let b)): a == b
    case (.export(let a), .export(let b)): a == b
    default: false
    }
  }

  private func hashTerms(into hasher: inout Hasher) {
    switch self {
    case .list(let elements):
      hasher.combine(2)
      hasher.combine(elements)
    case .improperList(let elements, let tail):
      hasher.combine(3)
      hasher.combine(elements)
      hasher.combine(tail)
    case .tuple(let elements):
      hasher.combine(4)
      hasher.combine(elements)
    case .map(let map): hasher.combine(map)
    case .function(let function): hasher.combine(function)
    default: break
    }
  }

  private func hashValue(into hasher: inout Hasher) {
    switch self {
    case .atom(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .bigInteger(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value.bitPattern ^ 1)
    case .binary(let value): hasher.combine(value)
    case .bitstring(let value): hasher.combine(value)
    case .pid(let value): hasher.combine(value)
    case .port(let value): hasher.combine(value)
    case .reference(let value): hasher.combine(value)
    case .export(let value): hasher.combine(value)
    default: break
    }
  }
}
