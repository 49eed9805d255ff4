package import FaultBarrier

/// A trap that ended a process: what Swift would have ended the program for.
///
/// Its words and its call stack are looked up when somebody reads them, not on the way to a restart: the first look at a
/// program's debug information takes tens of milliseconds.
public struct Fault: Sendable, Hashable, CustomStringConvertible {
  /// What kind of trap it was.
  public struct Kind: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    /// A check of the Swift language or of its library: force-unwrap, index, overflow, `fatalError`, `precondition`.
    public static var trap: Self { Self(name: "trap") }
    /// A forced cast that failed.
    public static var cast: Self { Self(name: "cast") }
    /// An `unowned` reference to an object that is gone.
    public static var unowned: Self { Self(name: "unowned") }
    /// The thread's stack was used up: an endless recursion, most often.
    public static var stackOverflow: Self { Self(name: "stack overflow") }
    /// Two accesses to one variable at once, one of which modifies it.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var exclusivity: Self { Self(name: "exclusivity") }
    /// `abort()`, mostly by C.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var abort: Self { Self(name: "abort") }
    /// A null pointer was followed, mostly by C.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var nullPointer: Self { Self(name: "null pointer") }
    /// A division by zero, or the like, in C.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var arithmetic: Self { Self(name: "arithmetic") }
    /// A turn that did not end, under ``HangPolicy/disown(after:)``.
    public static var hang: Self { Self(name: "hang") }
    /// An instruction that the processor does not have.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var instruction: Self { Self(name: "instruction") }
    public var description: String { name }
  }

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

extension Fault.Kind {
  init(_ raw: RawFault.Kind) {
    self =
      switch raw {
      case .trap: .trap
      case .cast: .cast
      case .unowned: .unowned
      case .stackOverflow: .stackOverflow
      case .exclusivity: .exclusivity
      case .abort: .abort
      case .nullPointer: .nullPointer
      case .arithmetic: .arithmetic
      case .instruction: .instruction
      }
  }

  /// What a fault says that has no text of its own; nil for a trap, which has its words in the debug information.
  fileprivate var words: String? {
    switch self {
    case .stackOverflow: "the stack is used up"
    case .abort: "abort()"
    case .nullPointer: "a null pointer was followed"
    case .arithmetic: "an arithmetic error outside of Swift, such as a division by zero"
    case .instruction: "an instruction that the processor does not have"
    default: nil
    }
  }
}
