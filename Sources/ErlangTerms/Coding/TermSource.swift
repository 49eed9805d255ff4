/// A term that values are read from: the decoder that they see.
///
/// A class: decoders and containers are copied and boxed all the time, and this has many parts.
final class TermSource: Decoder {
  let term: Term
  let context: SourceContext
  let path: TermPath?
  private let recordName: Atom?
  /// The payload of the case that was read last, to see whether all of it was wanted.
  private var places: TermPlaces?

  init(
    term: Term, _ context: SourceContext, path: TermPath?, places: TermPlaces? = nil, recordName: Atom? = nil
  ) {
    self.recordName = recordName
    self.term = term
    self.context = context
    self.path = path
    self.places = places
  }

  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { context.coding.everything }

  func inner(_ term: Term, _ key: some CodingKey) -> TermSource {
    TermSource(term: term, context, path: path + key)
  }

  /// What is read of a payload from now on.
  func begin(_ elements: ArraySlice<Term>) -> TermPlaces {
    let places = places ?? TermPlaces()
    self.places = places
    places.begin(elements)
    return places
  }

  /// The value of a term that stands one step behind this one.
  func value<Value: Decodable>(_ type: Value.Type, of term: Term, _ key: some CodingKey) throws -> Value {
    if path.count < context.coding.depth, let value = TermCoding.scalar(type, of: term) { return value }
    return try inner(term, key).value(type)
  }

  func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard path.count <= context.coding.depth else {
      throw corrupted("Values are nested deeper than \(context.coding.depth).")
    }
    let traits = TypeTraits.of(type)
    if traits.contains(.scalar), let scalarType = type as? any TermScalar.Type {
      guard let value = scalarType.scalar(term) as? Value else { throw mismatch(type, scalarType.expectation) }
      return value
    }
    if traits.contains(.convertible), let convertible = type as? any TermConvertible.Type {
      return try convertedValue(type, convertible)
    }
    if traits.contains(.atomic), let atomic = type as? any AtomCodable.Type { return try atomValue(type, atomic) }
    if traits.contains(.readableCollection) {
      if Value.self == [UInt8].self, case .binary(let bytes) = term, let bytes = bytes as? Value { return bytes }
      if let collection = type as? any TermReadableCollection.Type,
        let value = try collection.collection(self) as? Value
      {
        return value
      }
    }
    return try codedValue(type, traits)
  }

  private func convertedValue<Value>(_ type: Value.Type, _ convertible: any TermConvertible.Type) throws -> Value {
    let value: any TermConvertible
    do {
      value = try convertible.init(term: term)
    } catch let error as DecodingError {
      throw error
    } catch {
      throw corrupted("No \(type) from \(TermSource.excerpt(term)): \(error)", error)
    }
    guard let value = value as? Value else { throw mismatch(type, "a \(type)") }
    return value
  }

  private func atomValue<Value>(_ type: Value.Type, _ atomic: any AtomCodable.Type) throws -> Value {
    guard let name = term.atom?.name ?? term.text else { throw mismatch(type, "an atom") }
    guard let value = atomic.init(rawValue: name) as? Value else {
      throw corrupted("\(type) has no case \(TermSource.excerpt(term)).")
    }
    return value
  }

  private func codedValue<Value: Decodable>(_ type: Value.Type, _ traits: TypeTraits) throws -> Value {
    let name = traits.contains(.record) ? (type as? any ErlangRecord.Type)?.recordName : nil
    let source =
      name == recordName ? self : TermSource(term: term, context, path: path, places: places, recordName: name)
    if traits.contains(.elixirStruct), let module = (type as? any ElixirStruct.Type)?.moduleName,
      let found = term[.structName],
      found != .atom(module)
    {
      throw corrupted("A struct of \(Term.atom(module)) must stand here, found one of \(TermSource.excerpt(found)).")
    }
    let value = try Value(from: source)
    if let unread = source.places?.unread {
      throw source.corrupted("\(TermSource.excerpt(term)) has \(unread) elements more than \(type) wants.")
    }
    return value
  }

  // MARK: Containers

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    if let recordName {
      guard case .tuple(let elements) = term, elements.first == .atom(recordName) else {
        throw mismatch([Key].self, "a record \(recordName)")
      }
      return KeyedDecodingContainer(
        TermPayload<Key>(source: self, places: begin(elements.dropFirst()), step: nil))
    }
    switch term {
    case .map(let map):
      return KeyedDecodingContainer(TermFields<Key>(source: self, map: map))
    case .atom(let name):
      return KeyedDecodingContainer(TermCase<Key>(source: self, name: name, payload: []))
    case .tuple(let elements):
      guard case .atom(let name)? = elements.first else { fallthrough }
      return KeyedDecodingContainer(
        TermCase<Key>(source: self, name: name, payload: elements.dropFirst()))
    default:
      throw mismatch([String: Term].self, "a map, an atom, or a tuple that begins with an atom")
    }
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    switch term {
    case .list(let elements): return TermList(source: self, elements: elements)
    case .tuple(let elements): return TermList(source: self, elements: elements)
    // A sequence of bytes was written as a binary.
    case .binary(let bytes): return TermList(source: self, elements: bytes.map { .integer(Int($0)) })
    default: throw mismatch([Term].self, "a list")
    }
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { TermValue(source: self) }

  // MARK: Errors

  func mismatch(_ type: Any.Type, _ expectation: String) -> DecodingError {
    DecodingError.typeMismatch(
      type,
      DecodingError.Context(
        codingPath: codingPath,
        debugDescription: "There must be \(expectation), found \(TermSource.excerpt(term))."))
  }

  func corrupted(_ why: String, _ error: (any Error)? = nil) -> DecodingError {
    DecodingError.dataCorrupted(
      DecodingError.Context(codingPath: codingPath, debugDescription: why, underlyingError: error))
  }

  /// The beginning of a term's text.
  ///
  /// The rest is not even made: a peer may have sent a large one.
  static func excerpt(_ term: Term) -> String {
    var printer = ErlangPrinter()
    printer.limit = 100
    printer.print(term)
    let text = printer.text
    return text.utf8.count <= 100 ? text : text.prefix(100) + "…"
  }
}

/// What terms become values with.
///
/// A class, for each source has it.
final class SourceContext {
  let coding: TermCoding

  init(_ coding: TermCoding) { self.coding = coding }
}

/// What is left of a tuple's payload: the properties have no names there, so each takes the next place when it is first
/// asked for.
final class TermPlaces {
  private var elements: ArraySlice<Term> = []
  /// The names that were asked for, each at its place.
  ///
  /// A type has few, and asks for the last one again.
  private var names: [String] = []
  private var isUsed = false

  func begin(_ elements: ArraySlice<Term>) {
    self.elements = elements
    names = []
    isUsed = true
  }

  func element(_ name: String) -> Term? {
    let place = names.lastIndex(of: name) ?? names.count
    if place == names.count { names.append(name) }
    return place < elements.count ? elements[elements.startIndex + place] : nil
  }

  /// How many elements nobody asked for, or nil when there is none.
  var unread: Int? { isUsed && names.count < elements.count ? elements.count - names.count : nil }
}
