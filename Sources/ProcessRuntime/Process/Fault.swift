/// A trap that ended a process: what Swift would have ended the program for.
public struct Fault: Sendable, Hashable, CustomStringConvertible {
  /// What kind of trap it was.
  public struct Kind: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    /// A check of the Swift language or of its library: force-unwrap, index, overflow, `fatalError`, `precondition`.
    public static var trap: Self { Self(name: "trap") }
    public var description: String { name }
  }

  public var kind: Kind
  /// The runtime's own words, such as `Unexpectedly found nil while unwrapping an Optional value`.
  public var message: String
  /// The frames of the faulting thread, the innermost first: addresses, or names where they are known.
  public var backtrace: [String]

  public init(kind: Kind = .trap, message: String, backtrace: [String] = []) {
    self.kind = kind
    self.message = message
    self.backtrace = backtrace
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
