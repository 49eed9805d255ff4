/// The encoder that a value sees.
struct DraftEncoder: Encoder {
  let draft: Draft
  let context: DraftContext
  let path: TermPath?

  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { context.coding.everything }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    draft.beFields()
    return KeyedEncodingContainer(DraftFields(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    draft.beList()
    return DraftList(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { DraftValue(encoder: self) }

  func inner(_ draft: Draft, _ key: some CodingKey) -> DraftEncoder {
    DraftEncoder(draft: draft, context: context, path: path + key)
  }

  /// The term of a value, or nil for one that travels beside the message.
  func term<Value: Encodable>(of value: Value, _ key: some CodingKey) throws -> Term? {
    let traits = TypeTraits.of(type(of: value))
    if !traits.isDisjoint(with: [.beside, .optional]), let beside = value as? any CarriedBeside {
      try beside.encode(to: inner(Draft(), key))
      return nil
    }
    return try context.term(of: value, path, key)
  }

  /// An encoder for what a superclass adds, as a part of its own.
  func superEncoder(_ key: some CodingKey) -> any Encoder {
    let part = Draft()
    draft.add(part, under: key.stringValue)
    return inner(part, key)
  }
}

/// Properties of a structure, the payload of a case, or the cases of an enumeration.
private struct DraftFields<Key: CodingKey>: KeyedEncodingContainerProtocol {
  /// That of the value, which is an enumeration where there is a step.
  private let value: DraftEncoder
  /// The name of the case.
  private let step: (any CodingKey)?

  init(encoder: DraftEncoder, step: (any CodingKey)? = nil) {
    value = encoder
    self.step = step
  }

  /// That of the payload; most need none.
  private var encoder: DraftEncoder {
    if let step { value.inner(value.draft, step) } else { value }
  }

  var codingPath: [any CodingKey] { encoder.codingPath }

  private func add(_ term: Term, _ key: Key) {
    value.draft.add(term, under: value.context.coding.names.atom(for: key.stringValue))
  }

  func encodeNil(forKey key: Key) { add(.nil, key) }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    if depth < self.value.context.coding.depth, let term = TermCoding.scalarTerm(value) { return add(term, key) }
    if let term = try encoder.term(of: value, key) { add(term, key) }
  }

  private var depth: Int { value.path.count + (step == nil ? 0 : 1) }

  // What most properties are, without a question.
  func encode(_ value: Int, forKey key: Key) { add(.integer(value), key) }
  func encode(_ value: String, forKey key: Key) { add(.string(value), key) }
  func encode(_ value: Bool, forKey key: Key) { add(.bool(value), key) }

  // Left out, it would shift what stands behind it in a tuple.
  private func addIfPresent<Value: Encodable>(_ value: Value?, _ key: Key) throws {
    if let value {
      try encode(value, forKey: key)
    } else if !(Value.self is any CarriedBeside.Type) {
      encodeNil(forKey: key)
    }
  }

  func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: Int128?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try addIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt128?, forKey key: Key) throws { try addIfPresent(value, key) }

  /// What a synthesised enumeration asks for, and a structure does not: the payload of the case whose name is the key.
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested>
  {
    if encoder.draft.isEmpty, !encoder.draft.isTagged {
      encoder.draft.beCase(encoder.context.coding.names.atom(for: key.stringValue))
      return KeyedEncodingContainer(DraftFields<Nested>(encoder: encoder, step: key))
    }
    let part = Draft()
    part.beFields()
    encoder.draft.add(part, under: encoder.context.coding.names.atom(for: key.stringValue))
    return KeyedEncodingContainer(DraftFields<Nested>(encoder: encoder.inner(part, key)))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    let part = Draft()
    part.beList()
    encoder.draft.add(part, under: encoder.context.coding.names.atom(for: key.stringValue))
    return DraftList(encoder: encoder.inner(part, key))
  }

  func superEncoder() -> any Encoder { encoder.superEncoder(TermKey("super")) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder.superEncoder(key) }
}

private struct DraftList: UnkeyedEncodingContainer {
  let encoder: DraftEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.draft.count }

  private var key: TermKey { TermKey(count) }

  func encodeNil() { encoder.draft.add(.nil, isByte: false) }

  func encode<Value: Encodable>(_ value: Value) throws {
    if let term = try encoder.term(of: value, key) {
      encoder.draft.add(term, isByte: Value.self == UInt8.self)
    }
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    let part = Draft()
    part.beFields()
    let inner = encoder.inner(part, key)
    encoder.draft.add(part)
    return KeyedEncodingContainer(DraftFields<Nested>(encoder: inner))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    let part = Draft()
    part.beList()
    let inner = encoder.inner(part, key)
    encoder.draft.add(part)
    return DraftList(encoder: inner)
  }

  func superEncoder() -> any Encoder {
    let part = Draft()
    let inner = encoder.inner(part, key)
    encoder.draft.add(part)
    return inner
  }
}

private struct DraftValue: SingleValueEncodingContainer {
  let encoder: DraftEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil() { encoder.draft.set(.nil) }

  func encode<Value: Encodable>(_ value: Value) throws {
    encoder.draft.set(try encoder.context.term(of: value, encoder.path))
  }
}
