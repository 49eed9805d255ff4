internal import Synchronization

extension RawFault {
  /// The words for this fault and its call stack by name, such as `Parser.handle(_:) at Parser.swift:17`.
  ///
  /// For ordinary threads only, after ``FaultBarrier/nextFault()``. Blocks. The first call for an image reads its debug
  /// information: tens of milliseconds for a small program, seconds or more for a large one. After that a new address
  /// costs milliseconds, and one that was seen before about a microsecond. So call it when somebody wants to read the
  /// result, not on the way to a restart. What cannot be named appears as an address. A trap without a text and without words in the debug
  /// information (the compiler merges some of them) is called `trap in` and its place.
  package func symbolicated() -> (message: String, frames: [String]) {
    let symbols = Symbolicator.shared.symbols(for: frames)
    let place = symbols.first?.frames.first ?? hexadecimal(pc)
    return (message ?? symbols.first?.runtimeFailure ?? "trap in \(place)", symbols.flatMap(\.frames))
  }
}

/// What is known of one address of a call stack.
struct AddressSymbols: Sendable {
  /// What `Swift runtime failure: …` says at this address: the compiler's name for an in-line trap.
  var runtimeFailure: String?

  /// One text a function, the innermost first: an address in inlined code lies in several.
  var frames: [String]
}

/// Names addresses, and remembers them.
final class Symbolicator: Sendable {
  static let shared = Symbolicator()

  private static let capacity = 8_192
  private let known = Mutex<[UInt: AddressSymbols]>([:])
  private let thread = SymbolicationThread()

  /// What is known of each address of a call stack.
  ///
  /// - Parameter stack: the address of an instruction, then return addresses.
  /// - Returns: one element for each of `stack`.
  func symbols(for stack: [UInt]) -> [AddressSymbols] {
    // A call ends where its return address begins: that may be another line, or another function.
    let instructions = stack.enumerated().map { $0.offset == 0 ? $0.element : $0.element &- 1 }
    return known.withLock { known in
      let unknown = Set(instructions).subtracting(known.keys)
      if !unknown.isEmpty {
        if known.count + unknown.count > Self.capacity { known.removeAll() }
        known.merge(thread?.symbolicate(unknown) ?? [:]) { _, new in new }
      }
      return instructions.map { known[$0] ?? AddressSymbols(frames: [hexadecimal($0)]) }
    }
  }
}

func hexadecimal(_ address: UInt) -> String {
  let digits = String(address, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
}
