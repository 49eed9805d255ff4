/// Collections that `Codable` would not give the shape that Erlang expects, when they are written.
protocol TermWritableCollection {
  func collectionTerm(_ context: DraftContext, _ path: TermPath?) throws -> Term
}

/// The same, when they are read.
protocol TermReadableCollection {
  static func collection(_ source: TermSource) throws -> Self
}

extension Array: TermWritableCollection where Element: Encodable {
  func collectionTerm(_ context: DraftContext, _ path: TermPath?) throws -> Term {
    if Element.self == UInt8.self, let bytes: [UInt8] = same(self) { return .binary(bytes) }
    return .list(try enumerated().map { try context.term(of: $0.element, path, TermKey($0.offset)) })
  }
}

extension Array: TermReadableCollection where Element: Decodable {
  static func collection(_ source: TermSource) throws -> [Element] {
    if Element.self == UInt8.self, let bytes = source.term.bytes, let elements: [Element] = same(bytes) {
      return elements
    }
    // Text is no array of one-character strings.
    guard case .list(let elements) = source.term else { throw source.mismatch([Element].self, "a list") }
    return try elements.enumerated().map { index, element in
      try source.value(Element.self, of: element, TermKey(index))
    }
  }
}

extension Dictionary: TermWritableCollection where Key: Encodable, Value: Encodable {
  func collectionTerm(_ context: DraftContext, _ path: TermPath?) throws -> Term {
    var map = [Term: Term](minimumCapacity: count)
    for (key, value) in self {
      let keyTerm: Term =
        if context.coding.dictionariesHaveAtomKeys, let name = key as? String {
          .atom(Atom(name))
        } else {
          try context.term(of: key, path)
        }
      let name = TermKey(TermSource.excerpt(keyTerm))
      guard map.updateValue(try context.term(of: value, path, name), forKey: keyTerm) == nil else {
        throw context.invalid(key, path, "Two keys of a dictionary are the same term.")
      }
    }
    return .map(map)
  }
}

extension Dictionary: TermReadableCollection where Key: Decodable, Value: Decodable {
  static func collection(_ source: TermSource) throws -> [Key: Value] {
    guard case .map(let map) = source.term else { throw source.mismatch([Key: Value].self, "a map") }
    var result = [Key: Value](minimumCapacity: map.count)
    for (key, value) in map {
      let name = TermKey(TermSource.excerpt(key))
      let keyed = try source.inner(key, name).value(Key.self)
      guard result.updateValue(try source.inner(value, name).value(Value.self), forKey: keyed) == nil else {
        throw source.mismatch([Key: Value].self, "a map whose keys are different values of \(Key.self)")
      }
    }
    return result
  }
}

/// A value as what it is.
///
/// A cast from one array to another, where the compiler sees two, looks at every element: a thousand bytes took 40 µs.
private func same<Result>(_ value: Any) -> Result? { value as? Result }
