/// What values become terms with: the options, and how deep it has come.
///
/// A class, for encoders are copied all the time.
final class DraftContext {
  let coding: TermCoding

  init(coding: TermCoding) { self.coding = coding }

  func term<Value: Encodable>(of value: Value, _ path: TermPath?) throws -> Term {
    try term(of: value, TypeTraits.of(type(of: value)), path)
  }

  /// What stands one step behind a path.
  func term<Value: Encodable>(of value: Value, _ path: TermPath?, _ key: some CodingKey) throws -> Term {
    let traits = TypeTraits.of(type(of: value))
    if traits.contains(.scalar), let term = TermCoding.scalarTerm(value), path.count < coding.depth { return term }
    return try term(of: value, traits, path + key)
  }

  func term<Value: Encodable>(of value: Value, _ traits: TypeTraits, _ path: TermPath?) throws -> Term {
    guard path.count <= coding.depth else {
      throw invalid(value, path, "Values are nested deeper than \(coding.depth).")
    }
    if traits.contains(.scalar), let scalar = value as? any TermScalar {
      let term = scalar.scalarTerm
      if case .float(let float) = term, !float.isFinite {
        throw invalid(value, path, "Erlang has no float \(float).")
      }
      return term
    }
    if traits.contains(.convertible), let convertible = value as? any TermConvertible { return try convertible.term }
    if traits.contains(.atomic), let atom = value as? any AtomCodable { return .atom(Atom(atom.rawValue)) }
    if traits.contains(.writableCollection) {
      if Value.self == [UInt8].self, let bytes = value as? [UInt8] { return .binary(bytes) }
      if let collection = value as? any TermWritableCollection { return try collection.collectionTerm(self, path) }
    }
    let isPlain = traits.isDisjoint(with: [.record, .elixirStruct, .optional])
    let draft = isPlain ? Draft() : Draft(of: value)
    try value.encode(to: DraftEncoder(draft: draft, context: self, path: path))
    guard let term = draft.term else { throw invalid(value, path, "The value encoded nothing.") }
    return term
  }

  func invalid(_ value: Any, _ path: TermPath?, _ why: String) -> EncodingError {
    EncodingError.invalidValue(value, EncodingError.Context(codingPath: path.keys, debugDescription: why))
  }
}

/// A term that is being made: filled by the containers that a value asks for.
final class Draft {
  private enum Shape {
    case nothing
    case value
    /// A map of names.
    case fields
    /// A tuple behind the name, or the name alone: a case and its payload, or a record.
    case tagged
    case list
  }

  private var shape: Shape = .nothing
  /// The keys of a map.
  private var names: [Term] = []
  /// The parts of the term; of a tuple with its name before them.
  private var parts: [Term] = []
  /// Those parts that are not made yet.
  private var drafts: [(place: Int, draft: Draft)] = []
  private var holdsBytesOnly = true
  private let module: Atom?
  private let recordName: Atom?

  init(of value: Any) {
    recordName = (value as? any ErlangRecord).map { type(of: $0).recordName }
    module = (value as? any ElixirStruct).map { type(of: $0).moduleName }
  }

  init() {
    recordName = nil
    module = nil
  }

  var isTagged: Bool { shape == .tagged }

  var count: Int { parts.count }

  func beFields() {
    guard shape == .nothing else { return }
    shape = recordName == nil ? .fields : .tagged
    if let recordName { parts = [.atom(recordName)] }
  }

  func beList() { if shape == .nothing { shape = .list } }

  func set(_ term: Term) {
    shape = .value
    parts = [term]
  }

  /// Adds what stands under a name, or behind the last one where names do not count.
  func add(_ part: Term, under name: @autoclosure () -> String) {
    if shape == .fields { names.append(.atom(Atom(name()))) }
    parts.append(part)
  }

  func add(_ part: Draft, under name: @autoclosure () -> String) {
    drafts.append((parts.count, part))
    add(.nil, under: name())
  }

  func add(_ part: Term, isByte: Bool) {
    holdsBytesOnly = holdsBytesOnly && isByte
    parts.append(part)
  }

  func add(_ part: Draft) {
    drafts.append((parts.count, part))
    add(.nil, isByte: false)
  }

  /// Becomes a case of an enumeration, if it is none yet, and returns what its payload is written to: itself.
  func beCase(_ name: String) {
    shape = .tagged
    parts = [.atom(Atom(name))]
  }

  var isEmpty: Bool { parts.isEmpty }

  var term: Term? {
    for (place, draft) in drafts {
      guard let term = draft.term else { return nil }
      parts[place] = term
    }
    switch shape {
    case .nothing: return nil
    case .value: return parts.first
    case .tagged: return parts.count == 1 && recordName == nil ? parts.first : .tuple(parts)
    case .list:
      let bytes = holdsBytesOnly ? parts.compactMap { $0.int.flatMap { UInt8(exactly: $0) } } : []
      return parts.isEmpty || bytes.count < parts.count ? .list(parts) : .binary(bytes)
    case .fields:
      var map = Dictionary(zip(names, parts)) { _, last in last }
      if let module { map[.structName] = .atom(module) }
      return .map(map)
    }
  }
}
