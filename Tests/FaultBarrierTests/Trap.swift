import Testing

/// The traps of the Swift language and its library, each behind a value that the optimiser cannot see through.
enum Trap: String, CaseIterable, Codable, Sendable, CustomTestStringConvertible {
  case forceUnwrap, arrayIndex, dictionaryForce, overflow, divisionByZero, fatalError, preconditionText
  case preconditionFailure, range, conversion, tryForce, stringIndex, removeLast

  @inline(never)
  func spring() {
    let zero = opaque(0)
    switch self {
    case .forceUnwrap: use(opaque(Int?.none)!)
    case .arrayIndex: use([1, 2, 3][zero + 7])
    case .dictionaryForce: use(["a": 1][opaque("b")]!)
    case .overflow: use(Int.max - zero + opaque(1))
    case .divisionByZero: use(1 / zero)
    case .fatalError: Swift.fatalError("text of a fatal error \(zero)")
    case .preconditionText: precondition(zero == 1, "text of a precondition")
    case .preconditionFailure: Swift.preconditionFailure("text of a precondition failure")
    case .range: use((zero + 3)..<zero)
    case .conversion: use(UInt8(zero + 300))
    case .tryForce: try! fail()
    case .stringIndex: use("abc"["abcdefgh".index("abcdefgh".startIndex, offsetBy: zero + 6)])
    case .removeLast:
      var empty = [Int](repeating: 0, count: zero)
      use(empty.removeLast())
    }
  }

  /// Part of the message to expect: the runtime's text or, for a trap in line, the compiler's.
  var message: String {
    #if DEBUG
      switch self {
      case .forceUnwrap, .dictionaryForce: "Fatal error: Unexpectedly found nil while unwrapping an Optional value"
      case .arrayIndex: "Fatal error: Index out of range"
      case .overflow: "arithmetic overflow"
      case .divisionByZero: "Fatal error: Division by zero"
      case .fatalError: "Fatal error: text of a fatal error 0"
      case .preconditionText: "Precondition failed: text of a precondition"
      case .preconditionFailure: "Fatal error: text of a precondition failure"
      case .range: "Fatal error: Range requires lowerBound <= upperBound"
      case .conversion: "Fatal error: Not enough bits to represent the passed value"
      case .tryForce: "'try!' expression unexpectedly raised an error"
      case .stringIndex: "Fatal error: String index is out of bounds"
      case .removeLast: "Fatal error: Can't remove last element from an empty collection"
      }
    #else
      switch self {
      case .forceUnwrap, .dictionaryForce: "Unexpectedly found nil while unwrapping an Optional value"
      case .arrayIndex: "Array.subscript.getter"  // two checks merged into one trap
      case .overflow: "arithmetic overflow"
      case .divisionByZero: "Division by zero"
      case .fatalError: "Fatal error: text of a fatal error 0"
      case .preconditionText, .preconditionFailure: "precondition failure"
      case .range: "Range requires lowerBound <= upperBound"
      case .conversion: "Not enough bits to represent the passed value"
      case .tryForce: "'try!' expression unexpectedly raised an error"
      case .stringIndex: "Fatal error: String index is out of bounds"
      case .removeLast: "removeLast()"
      }
    #endif
  }

  var testDescription: String { rawValue }
}

@inline(never) @_optimize(none)
func opaque<T>(_ value: T) -> T { value }

@inline(never) @_optimize(none)
func use<T>(_ value: T) {}

private struct Failure: Error {}

@inline(never) @_optimize(none)
private func fail() throws { throw Failure() }
