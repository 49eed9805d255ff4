/// What the keyed containers of terms have in common: each finds a term by a name.
protocol TermKeyed<Key>: KeyedDecodingContainerProtocol {
  var source: TermSource { get }
  /// The way to it, which is made when it is needed, and how long that is.
  var path: TermPath? { get }
  var depth: Int { get }
  /// What stands under a key, or nil for nothing.
  func element(_ key: Key) -> Term?
}

extension TermKeyed {
  var path: TermPath? { source.path }
  var depth: Int { source.path.count }
  var codingPath: [any CodingKey] { path.keys }

  func contains(_ key: Key) -> Bool { element(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try sureElement(key).isNil }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    if TypeTraits.of(type).contains(.beside) {
      return try Value(from: TermSource(term: .nil, source.context, path: path + key))
    }
    let element = try sureElement(key)
    if depth < source.context.coding.depth, let value = TermCoding.scalar(type, of: element) { return value }
    return try TermSource(term: element, source.context, path: path + key).value(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try found(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try found(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { source }

  func superDecoder(forKey key: Key) throws -> any Decoder { try found(key) }

  func found(_ key: Key) throws -> TermSource {
    TermSource(term: try sureElement(key), source.context, path: path + key)
  }

  func sureElement(_ key: Key) throws -> Term {
    guard let element = element(key) else {
      throw DecodingError.keyNotFound(
        key,
        DecodingError.Context(
          codingPath: codingPath,
          debugDescription: "\(TermSource.excerpt(source.term)) has nothing for \(key.stringValue)."))
    }
    return element
  }
}

extension Term {
  /// Whether it stands for an absent value, in Elixir or in Erlang.
  var isNil: Bool { self == .nil || self == .atom("undefined") }
}

/// The properties of a structure, in a map.
struct TermFields<Key: CodingKey>: TermKeyed {
  let source: TermSource
  let map: [Term: Term]

  var allKeys: [Key] {
    map.keys.compactMap { key in
      guard let name = key.atom?.name ?? key.text else { return nil }
      return source.context.coding.names.candidates(for: name).lazy.compactMap { Key(stringValue: $0) }.first
    }
  }

  func element(_ key: Key) -> Term? {
    let name = source.context.coding.names.atom(for: key.stringValue)
    if let found = map[.atom(Atom(name))] ?? map[.string(name)] { return found }
    if name != key.stringValue, let found = map[.atom(Atom(key.stringValue))] ?? map[.string(key.stringValue)] {
      return found
    }
    return key.intValue.flatMap { map[.integer($0)] }
  }
}

/// The payload of a case, or what stands behind the name of a record.
struct TermPayload<Key: CodingKey>: TermKeyed {
  let source: TermSource
  let places: TermPlaces
  /// The name of the case; nil for a record.
  let step: (any CodingKey)?

  var path: TermPath? {
    if let step { source.path + step } else { source.path }
  }
  var depth: Int { source.path.count + (step == nil ? 0 : 1) }

  func superDecoder() throws -> any Decoder {
    step == nil ? source : TermSource(term: source.term, source.context, path: path, places: places)
  }

  var allKeys: [Key] { [] }

  func element(_ key: Key) -> Term? { places.element(key.stringValue) }
}

/// A case of an enumeration: its name is the one key.
struct TermCase<Key: CodingKey>: TermKeyed {
  let source: TermSource
  let name: Atom
  let payload: ArraySlice<Term>

  var allKeys: [Key] {
    let names = source.context.coding.names
    // A name of one word is mostly written as it is; the other forms are tried when no case has that name.
    if !names.mayBeCamel(name.name), let key = Key(stringValue: name.name) { return [key] }
    return names.candidates(for: name.name).lazy.compactMap { Key(stringValue: $0) }.first.map { [$0] } ?? []
  }

  // A structure asks for its properties here: it was given an atom or a tuple, and has none.
  func element(_ key: Key) -> Term? { nil }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    throw source.mismatch([String: Term].self, "a map with \(key.stringValue)")
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    KeyedDecodingContainer(TermPayload<Nested>(source: source, places: source.begin(payload), step: key))
  }
}
