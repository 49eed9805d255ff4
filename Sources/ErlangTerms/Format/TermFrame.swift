/// A container that is being read.
struct TermFrame {
  enum Kind {
    case tuple
    /// The last element is the tail.
    case list
    case map(at: Int)
    case function(FunctionHeader)
  }

  let kind: Kind
  private var elements: [Term] = []
  var missing: Int

  init(_ kind: Kind, missing: Int) {
    self.kind = kind
    self.missing = missing
    elements.reserveCapacity(missing)
  }

  var expectsTail: Bool {
    if case .list = kind { missing == 1 } else { false }
  }

  /// Takes the next element, and returns the container when it was the last.
  mutating func add(_ element: Term, at offset: Int) throws(TermError) -> Term? {
    missing -= 1
    if missing > 0 {
      elements.append(element)
      return nil
    }
    switch kind {
    case .tuple:
      elements.append(element)
      return .tuple(elements)
    case .list:
      return list(element)
    case .map(let start):
      elements.append(element)
      return try map(at: start)
    case .function(let header):
      elements.append(element)
      return try header.function(elements, at: offset)
    }
  }

  private mutating func list(_ tail: Term) -> Term {
    guard case .list(let rest) = tail else {
      return elements.isEmpty ? tail : .improperList(elements, tail: tail)
    }
    elements += rest
    return .list(elements)
  }

  private func map(at start: Int) throws(TermError) -> Term {
    var map = [Term: Term](minimumCapacity: elements.count / 2)
    for index in stride(from: 0, to: elements.count - 1, by: 2) {
      if map.updateValue(elements[index + 1], forKey: elements[index]) != nil {
        throw TermError(.duplicateKey, at: start, "a map with the same key twice")
      }
    }
    return .map(map)
  }
}

/// The fields of a closure that stand before its terms.
struct FunctionHeader {
  let arity: UInt8
  let digest: [UInt8]
  let index: UInt32
  let freeVariableCount: Int
  /// Where the closure must end, by its own word.
  let end: Int

  /// The closure of its terms: module, old index, old digest, creator, free variables.
  func function(_ terms: [Term], at offset: Int) throws(TermError) -> Term {
    guard terms.count >= 4, case .atom(let module) = terms[0], case .integer(let oldIndex) = terms[1],
      case .integer(let oldDigest) = terms[2], case .pid(let creator) = terms[3]
    else {
      throw TermError(.malformed, at: offset, "a closure whose module, index, digest or creator is another term")
    }
    guard offset == end else {
      throw TermError(.malformed, at: offset, "a closure that should end at byte \(end)")
    }
    return .function(
      Term.Function(
        module: module, arity: arity, digest: digest, index: index, oldIndex: oldIndex, oldDigest: oldDigest,
        creator: creator, freeVariables: Array(terms[4...])))
  }
}
