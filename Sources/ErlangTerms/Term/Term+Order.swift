extension Term {
  /// How one term stands to another in Erlang's order.
  public enum Order: Hashable, Sendable {
    /// The first comes before the second.
    case ascending
    /// Neither comes before the other.
    case same
    /// The first comes after the second.
    case descending
  }

  /// Erlang's order of all terms: number, atom, reference, function, port, pid, tuple, map, list, bitstring.
  ///
  /// It is the order of `<` and `lists:sort/1`. Integers and floats are compared by value, exactly: 1 and 1.0 are the
  /// ``Order/same`` here, though they are not equal. Hence `Term` is not `Comparable`; sort with
  /// `terms.sort { Term.compare($0, $1) == .ascending }`.
  public static func compare(_ left: Term, _ right: Term) -> Order {
    TermOrder(isExact: false).compare(left, right)
  }

  /// The order of keys in maps: as ``compare(_:_:)``, but any integer comes before any float.
  ///
  /// Terms are the ``Order/same`` in it exactly when they are equal.
  public static func compareKeys(_ left: Term, _ right: Term) -> Order {
    TermOrder(isExact: true).compare(left, right)
  }
}

struct TermOrder {
  let isExact: Bool

  func compare(_ left: Term, _ right: Term) -> Term.Order {
    if left.rank != right.rank { return ranks(left, right) }
    return left.holdsTerms && right.holdsTerms ? containers(left, right) : simple(left, right)
  }

  private func containers(_ left: Term, _ right: Term) -> Term.Order {
    switch left {
    case .tuple(let elements): sized(elements, right.elements ?? [])
    case .map(let map): maps(map, right.map ?? [:])
    case .list, .improperList: lists(left, right)
    default: simple(left, right)
    }
  }

  private func simple(_ left: Term, _ right: Term) -> Term.Order {
    switch (left, right) {
    case (.atom(let a), .atom(let b)): order(of: a.name.utf8, b.name.utf8) ?? .same
    case (.pid(let a), .pid(let b)):
      order(a.serial, b.serial) ?? order(a.id, b.id) ?? nodes(a.node, a.creation, b.node, b.creation) ?? .same
    case (.port(let a), .port(let b)):
      nodes(a.node, a.creation, b.node, b.creation) ?? order(a.id, b.id) ?? .same
    case (.reference(let a), .reference(let b)): references(a, b)
    case (.function(let a), .function(let b)): functions(a, b)
    case (.export(let a), .export(let b)): exports(a, b)
    case (.function, .export): .ascending
    case (.export, .function): .descending
    default: left.rank == 0 ? numbers(left, right) : bits(left, right)
    }
  }

  private func ranks(_ left: Term, _ right: Term) -> Term.Order {
    order(left.rank, right.rank) ?? .same
  }

  // MARK: Collections

  private func elements(_ left: [Term], _ right: [Term]) -> Term.Order? {
    for index in 0..<min(left.count, right.count) {
      let order = compare(left[index], right[index])
      if order != .same { return order }
    }
    return nil
  }

  private func sized(_ left: [Term], _ right: [Term]) -> Term.Order {
    order(left.count, right.count) ?? elements(left, right) ?? .same
  }

  private func maps(_ left: [Term: Term], _ right: [Term: Term]) -> Term.Order {
    if let order = order(left.count, right.count) { return order }
    let keys = TermOrder(isExact: true)
    let sorted = [left, right].map { map in map.keys.sorted { keys.compare($0, $1) == .ascending } }
    if let order = keys.elements(sorted[0], sorted[1]) { return order }
    return elements(sorted[0].compactMap { left[$0] }, sorted[1].compactMap { right[$0] }) ?? .same
  }

  /// Lists are compared cell by cell: what is left when the shorter one ends is compared with its tail.
  private func lists(_ left: Term, _ right: Term) -> Term.Order {
    let (a, tail) = left.cells
    let (b, otherTail) = right.cells
    if let order = elements(a, b) { return order }
    if a.count == b.count { return tail == otherTail ? .same : compare(tail, otherTail) }
    let rest: Term = .list([0])
    return a.count < b.count ? compare(tail, rest, isCell: true) : compare(otherTail, rest, isCell: true).reversed
  }

  /// A tail beside a list that goes on: the empty list comes first, and any other tail is no list.
  private func compare(_ tail: Term, _ cell: Term, isCell: Bool) -> Term.Order {
    tail == [] ? .ascending : ranks(tail, cell)
  }

  // MARK: Bits

  private func bits(_ left: Term, _ right: Term) -> Term.Order {
    let (a, aBits) = left.bitsOfBytes
    let (b, bBits) = right.bitsOfBytes
    let whole = min(aBits, bBits) / 8
    if let order = order(of: a.prefix(whole), b.prefix(whole)) { return order }
    let rest = min(aBits, bBits) % 8
    if rest > 0, let order = order(a[whole] >> (8 - rest), b[whole] >> (8 - rest)) { return order }
    return order(aBits, bBits) ?? .same
  }

  // MARK: Identifiers and functions

  private func nodes(_ left: Atom, _ creation: UInt32, _ right: Atom, _ otherCreation: UInt32) -> Term.Order? {
    order(of: left.name.utf8, right.name.utf8) ?? order(creation, otherCreation)
  }

  private func references(_ left: Term.Reference, _ right: Term.Reference) -> Term.Order {
    if let order = nodes(left.node, left.creation, right.node, right.creation) { return order }
    for index in (0..<max(left.words.count, right.words.count)).reversed() {
      let a = index < left.words.count ? left.words[index] : 0
      let b = index < right.words.count ? right.words[index] : 0
      if let order = order(a, b) { return order }
    }
    return order(left.words.count, right.words.count) ?? .same
  }

  private func functions(_ left: Term.Function, _ right: Term.Function) -> Term.Order {
    if let order = order(of: left.module.name.utf8, right.module.name.utf8) ?? order(left.index, right.index)
      ?? order(left.oldDigest, right.oldDigest) ?? order(left.freeVariables.count, right.freeVariables.count)
      ?? elements(left.freeVariables, right.freeVariables)
    {
      return order
    }
    // What Erlang takes for one closure may still differ in parts that it does not look at.
    return order(of: left.digest, right.digest) ?? order(left.oldIndex, right.oldIndex) ?? order(
      left.arity, right.arity)
      ?? compare(.pid(left.creator), .pid(right.creator))
  }

  private func exports(_ left: Term.Export, _ right: Term.Export) -> Term.Order {
    order(of: left.module.name.utf8, right.module.name.utf8)
      ?? order(of: left.function.name.utf8, right.function.name.utf8) ?? order(left.arity, right.arity) ?? .same
  }

  // MARK: Values

  private func order<Value: Comparable>(_ left: Value, _ right: Value) -> Term.Order? {
    left < right ? .ascending : right < left ? .descending : nil
  }

  private func order(of left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Term.Order? {
    left.lexicographicallyPrecedes(right) ? .ascending : right.lexicographicallyPrecedes(left) ? .descending : nil
  }
}

extension Term.Order {
  var reversed: Term.Order {
    switch self {
    case .ascending: .descending
    case .same: .same
    case .descending: .ascending
    }
  }
}

extension Term {
  /// Where its type stands among the others.
  fileprivate var rank: Int {
    switch self {
    case .integer, .bigInteger, .float: 0
    case .atom: 1
    case .reference: 2
    case .function, .export: 3
    case .port: 4
    case .pid: 5
    case .tuple: 6
    case .map: 7
    case .list, .improperList: 8
    case .binary, .bitstring: 9
    }
  }

  fileprivate var cells: (elements: [Term], tail: Term) {
    switch self {
    case .list(let elements): (elements, [])
    case .improperList(let elements, let tail): (elements, tail)
    default: ([], self)
    }
  }

  fileprivate var bitsOfBytes: (bytes: [UInt8], bits: Int) {
    switch self {
    case .binary(let bytes): (bytes, bytes.count * 8)
    case .bitstring(let bits): (bits.bytes, bits.bitCount)
    default: ([], 0)
    }
  }
}
