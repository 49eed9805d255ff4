package import FaultBarrier

/// A trap that ended a process: what Swift would have ended the program for.
///
/// Its words and its call stack are looked up when somebody reads them, not on the way to a restart: the first look at a
/// program's debug information takes tens of milliseconds.
public struct Fault: Sendable, Hashable, CustomStringConvertible {
  private enum Source: Sendable {
    case words(String, backtrace: [String])
    case trap(RawFault)
  }

  /// What kind of trap it was.
  public let kind: Kind
  private let source: Source

  /// A fault with its words given: for tests.
  public init(kind: Kind = .trap, message: String, backtrace: [String] = []) {
    self.kind = kind
    source = .words(message, backtrace: backtrace)
  }

  package init(_ raw: RawFault) {
    kind = Kind(raw.kind)
    source = .trap(raw)
  }

  /// The runtime's own words, such as `App/Parser.swift:14: Fatal error: Unexpectedly found nil while unwrapping an
  /// Optional value`.
  ///
  /// In release builds most checks have shorter ones, from debug information. May block while that is read.
  public var message: String {
    switch source {
    case .words(let message, _): message
    case .trap(let raw): raw.message ?? kind.words ?? raw.symbolicated().message
    }
  }

  /// The frames of the faulting thread, the innermost first: names where debug information has them, else addresses.
  ///
  /// May block while that is read.
  public var backtrace: [String] {
    switch source {
    case .words(_, let backtrace): backtrace
    case .trap(let raw): raw.symbolicated().frames
    }
  }

  /// The runtime's words as far as they are known without reading anything, without the place in the source.
  package var knownWords: String? {
    let words: String? =
      switch source {
      case .words(let message, _): message
      case .trap(let raw): raw.message ?? kind.words
      }
    guard let words else { return nil }
    for start in ["Fatal error", "Precondition failed", "Assertion failed"] {
      if let range = words.firstRange(of: start) { return String(words[range.lowerBound...]) }
    }
    return words.contains("/") ? nil : words
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.kind == b.kind && a.message == b.message
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(message)
  }

  public var description: String {
    "\(kind): \(message)"
  }
}
