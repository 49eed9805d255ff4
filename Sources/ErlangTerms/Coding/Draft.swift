/// What values become terms with: the options, and how deep it has come.
struct DraftContext {
  let coding: TermCoding

  func term(of value: some Encodable, _ path: [any CodingKey]) throws -> Term {
    guard path.count <= coding.depth else {
      throw invalid(value, path, "Values are nested deeper than \(coding.depth).")
    }
    if let scalar = value as? any TermScalar {
      let term = scalar.scalarTerm
      if case .float(let float) = term, !float.isFinite {
        throw invalid(value, path, "Erlang has no float \(float).")
      }
      return term
    }
    if let convertible = value as? any TermConvertible { return try convertible.term }
    if let atom = value as? any AtomCodable { return .atom(Atom(atom.rawValue)) }
    if let collection = value as? any TermWritableCollection { return try collection.collectionTerm(self, path) }
    let draft = Draft(of: value)
    try value.encode(to: DraftEncoder(draft: draft, context: self, codingPath: path))
    guard let term = draft.term else { throw invalid(value, path, "The value encoded nothing.") }
    return term
  }

  func invalid(_ value: Any, _ path: [any CodingKey], _ why: String) -> EncodingError {
    EncodingError.invalidValue(value, EncodingError.Context(codingPath: path, debugDescription: why))
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

  enum Part {
    case term(Term)
    case draft(Draft)
  }

  private var shape: Shape = .nothing
  private var names: [Term] = []
  private var parts: [Part] = []
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
    if let recordName { names = [.atom(recordName)] }
  }

  func beList() { if shape == .nothing { shape = .list } }

  func set(_ term: Term) {
    shape = .value
    parts = [.term(term)]
  }

  /// Adds what stands under a name, or behind the last one where names do not count.
  func add(_ part: Part, under name: @autoclosure () -> String) {
    if shape == .fields { names.append(.atom(Atom(name()))) }
    parts.append(part)
  }

  func add(_ part: Part, isByte: Bool) {
    holdsBytesOnly = holdsBytesOnly && isByte
    parts.append(part)
  }

  /// Becomes a case of an enumeration, if it is none yet, and returns what its payload is written to: itself.
  func beCase(_ name: String) {
    shape = .tagged
    names = [.atom(Atom(name))]
  }

  var isEmpty: Bool { parts.isEmpty }

  var term: Term? {
    let terms = parts.compactMap { part -> Term? in
      switch part {
      case .term(let term): term
      case .draft(let draft): draft.term
      }
    }
    guard terms.count == parts.count else { return nil }
    switch shape {
    case .nothing: return nil
    case .value: return terms.first
    case .tagged:
      guard let name = names.first else { return nil }
      return terms.isEmpty && recordName == nil ? name : .tuple([name] + terms)
    case .list:
      let bytes = holdsBytesOnly ? terms.compactMap { $0.int.flatMap { UInt8(exactly: $0) } } : []
      return terms.isEmpty || bytes.count < terms.count ? .list(terms) : .binary(bytes)
    case .fields:
      var map = Dictionary(zip(names, terms)) { _, last in last }
      if let module { map[.structName] = .atom(module) }
      return .map(map)
    }
  }
}
