extension Term: Hashable {
  /// Erlang's `=:=`: the same type and the same value.
  public static func == (left: Term, right: Term) -> Bool {
    switch (left, right) {
    case (.atom(let a), .atom(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.bigInteger(let a), .bigInteger(let b)): a == b
    case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
    case (.binary(let a), .binary(let b)): a == b
    case (.bitstring(let a), .bitstring(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.improperList(let a, let tail), .improperList(let b, let otherTail)): a == b && tail == otherTail
    case (.tuple(let a), .tuple(let b)): a == b
    case (.map(let a), .map(let b)): a == b
    case (.pid(let a), .pid(let b)): a == b
    case (.port(let a), .port(let b)): a == b
    case (.reference(let a), .reference(let b)): a == b
    case (.export(let a), .export(let b)): a == b
    case (.function(let a), .function(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .atom(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .bigInteger(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value.bitPattern ^ 1)
    case .binary(let value): hasher.combine(value)
    case .bitstring(let value): hasher.combine(value)
    case .list(let value): combine(2, value, &hasher)
    case .improperList(let value, let tail):
      combine(3, value, &hasher)
      hasher.combine(tail)
    case .tuple(let value): combine(4, value, &hasher)
    case .map(let value): hasher.combine(value)
    case .pid(let value): hasher.combine(value)
    case .port(let value): hasher.combine(value)
    case .reference(let value): hasher.combine(value)
    case .export(let value): hasher.combine(value)
    case .function(let value): hasher.combine(value)
    }
  }

  private func combine(_ kind: UInt8, _ elements: [Term], _ hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(elements)
  }
}
