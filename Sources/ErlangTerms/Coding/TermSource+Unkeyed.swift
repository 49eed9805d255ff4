/// The elements of a list.
struct TermList: UnkeyedDecodingContainer {
  let source: TermSource
  let elements: [Term]
  private(set) var currentIndex = 0

  init(source: TermSource, elements: [Term]) {
    self.source = source
    self.elements = elements
  }

  var codingPath: [any CodingKey] { source.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  private func next() throws -> TermSource { source.inner(try nextElement(), TermKey(currentIndex)) }

  private func nextElement() throws -> Term {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        Term.self,
        DecodingError.Context(codingPath: codingPath, debugDescription: "The list has \(elements.count) elements."))
    }
    return elements[currentIndex]
  }

  mutating func decodeNil() throws -> Bool {
    guard try nextElement().isNil else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try source.value(type, of: nextElement(), TermKey(currentIndex))
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    let container = try next().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try next().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try next()
    currentIndex += 1
    return decoder
  }
}

/// The one value of an optional, a raw value, or a wrapper.
struct TermValue: SingleValueDecodingContainer {
  let source: TermSource

  var codingPath: [any CodingKey] { source.codingPath }

  func decodeNil() -> Bool { source.term.isNil }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try source.value(type) }
}
