extension Term {
  /// The name, if this is an atom.
  public var atom: Atom? { if case .atom(let atom) = self { atom } else { nil } }

  /// The value, if this is an integer that fits `Int`.
  public var int: Int? { if case .integer(let value) = self { value } else { nil } }

  /// The value, if this is a float.
  public var double: Double? { if case .float(let value) = self { value } else { nil } }

  /// The value, if this is the atom `true` or `false`.
  public var bool: Bool? {
    guard case .atom(let atom) = self else { return nil }
    return atom == "true" ? true : atom == "false" ? false : nil
  }

  /// The bytes, if this is a binary.
  public var bytes: [UInt8]? { if case .binary(let bytes) = self { bytes } else { nil } }

  /// The text, if this is a binary in UTF-8 or a list of code points.
  public var text: String? {
    switch self {
    case .binary(let bytes): String(validating: bytes, as: UTF8.self)
    case .list(let elements): Term.text(ofCodePoints: elements)
    default: nil
    }
  }

  /// The elements, if this is a tuple.
  public var elements: [Term]? { if case .tuple(let elements) = self { elements } else { nil } }

  /// The elements, if this is a proper list.
  public var list: [Term]? { if case .list(let elements) = self { elements } else { nil } }

  /// The associations, if this is a map.
  public var map: [Term: Term]? { if case .map(let map) = self { map } else { nil } }

  /// The id of a process, if this is one.
  public var pid: Pid? { if case .pid(let pid) = self { pid } else { nil } }

  /// The reference, if this is one.
  public var reference: Reference? { if case .reference(let reference) = self { reference } else { nil } }

  /// What a map holds under a key; nil when it holds nothing there, and when this is no map.
  public subscript(key: Term) -> Term? { map?[key] }

  private static func text(ofCodePoints elements: [Term]) -> String? {
    var text = ""
    for element in elements {
      guard case .integer(let value) = element, let code = UInt32(exactly: value), let scalar = Unicode.Scalar(code)
      else { return nil }
      text.unicodeScalars.append(scalar)
    }
    return text
  }
}
