/// A term that values are read from: the decoder that they see.
struct TermSource: Decoder {
  let term: Term
  let coding: TermCoding
  let codingPath: [any CodingKey]
  private(set) var recordName: Atom?
  /// The payload of the case that was read last, to see whether all of it was wanted.
  let places = TermPlaces()

  init(term: Term, coding: TermCoding, codingPath: [any CodingKey]) {
    self.term = term
    self.coding = coding
    self.codingPath = codingPath
  }

  var userInfo: [CodingUserInfoKey: Any] { coding.userInfo }

  func inner(_ term: Term, _ key: some CodingKey) -> TermSource {
    TermSource(term: term, coding: coding, codingPath: codingPath + [key])
  }

  func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard codingPath.count <= coding.depth else {
      throw corrupted("Values are nested deeper than \(coding.depth).")
    }
    if let scalarType = type as? any TermScalar.Type {
      guard let value = scalarType.scalar(term) as? Value else { throw mismatch(type, scalarType.expectation) }
      return value
    }
    if let convertible = type as? any TermConvertible.Type { return try convertedValue(type, convertible) }
    if let atomic = type as? any AtomCodable.Type { return try atomValue(type, atomic) }
    if let collection = type as? any TermReadableCollection.Type, let value = try collection.collection(self) as? Value
    {
      return value
    }
    return try codedValue(type)
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

  private func codedValue<Value: Decodable>(_ type: Value.Type) throws -> Value {
    var source = self
    source.recordName = (type as? any ErlangRecord.Type)?.recordName
    if let module = (type as? any ElixirStruct.Type)?.moduleName, let found = term[.structName],
      found != .atom(module)
    {
      throw corrupted("A struct of \(Term.atom(module)) must stand here, found one of \(TermSource.excerpt(found)).")
    }
    let value = try Value(from: source)
    if let unread = source.places.unread {
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
      places.begin(Array(elements.dropFirst()))
      return KeyedDecodingContainer(TermPayload<Key>(source: self, places: places))
    }
    switch term {
    case .map(let map):
      return KeyedDecodingContainer(TermFields<Key>(source: self, map: map))
    case .atom(let name):
      return KeyedDecodingContainer(TermCase<Key>(source: self, name: name, payload: []))
    case .tuple(let elements):
      guard case .atom(let name)? = elements.first else { fallthrough }
      return KeyedDecodingContainer(
        TermCase<Key>(source: self, name: name, payload: Array(elements.dropFirst())))
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

/// What is left of a tuple's payload: the properties have no names there, so each takes the next place when it is first
/// asked for.
final class TermPlaces {
  private var elements: [Term] = []
  private var places: [String: Int] = [:]
  private var isUsed = false

  func begin(_ elements: [Term]) {
    self.elements = elements
    places = [:]
    isUsed = true
  }

  func element(_ name: String) -> Term? {
    let place = places[name] ?? places.count
    places[name] = place
    return place < elements.count ? elements[place] : nil
  }

  /// How many elements nobody asked for, or nil when there is none.
  var unread: Int? { isUsed && places.count < elements.count ? elements.count - places.count : nil }
}
