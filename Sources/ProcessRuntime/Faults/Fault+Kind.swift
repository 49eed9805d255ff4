package import FaultBarrier

extension Fault {
  /// What kind of fault it was.
  public struct Kind: Sendable, Hashable, CaseIterable, CustomStringConvertible {
    private enum Name: Hashable {
      case barrier(RawFault.Kind)
      case hang
    }

    private let name: Name

    private init(_ name: Name) { self.name = name }

    package init(_ raw: RawFault.Kind) { self.init(.barrier(raw)) }

    /// A check of the Swift language or of its library: force-unwrap, index, overflow, `fatalError`, `precondition`.
    public static var trap: Self { Self(.trap) }
    /// A forced cast that failed.
    public static var cast: Self { Self(.cast) }
    /// An `unowned` reference to an object that is gone.
    public static var unowned: Self { Self(.unowned) }
    /// The thread's stack was used up: an endless recursion, most often.
    public static var stackOverflow: Self { Self(.stackOverflow) }
    /// Two accesses to one variable at once, one of which modifies it.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var exclusivity: Self { Self(.exclusivity) }
    /// `abort()`, mostly by C.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var abort: Self { Self(.abort) }
    /// A null pointer was followed, mostly by C.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var nullPointer: Self { Self(.nullPointer) }
    /// A division by zero, or the like, in C.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var arithmetic: Self { Self(.arithmetic) }
    /// An instruction that the processor does not have.
    ///
    /// Contained only with ``FaultPolicy/containAll``.
    public static var instruction: Self { Self(.instruction) }
    /// A turn that did not end, under ``HangPolicy/disown(after:)``.
    public static var hang: Self { Self(.hang) }

    /// Every kind there is.
    public static var allCases: [Kind] {
      [
        .trap, .cast, .unowned, .stackOverflow, .exclusivity, .abort, .nullPointer, .arithmetic, .instruction, .hang,
      ]
    }

    /// What a thread is armed with for this kind; nothing for a hang, which is no signal.
    var barrier: FaultBarrier.Kinds {
      if case .barrier(let kind) = name { FaultBarrier.Kinds(kind) } else { [] }
    }

    /// What a fault says that has no text of its own; nil for a trap, which has its words in the debug information.
    var words: String? {
      switch name {
      case .barrier(.stackOverflow): "the stack is used up"
      case .barrier(.abort): "abort()"
      case .barrier(.nullPointer): "a null pointer was followed"
      case .barrier(.arithmetic): "an arithmetic error outside of Swift, such as a division by zero"
      case .barrier(.instruction): "an instruction that the processor does not have"
      default: nil
      }
    }

    /// `trap`, `stack overflow`, `null pointer` and so on.
    public var description: String {
      switch name {
      case .barrier(.stackOverflow): "stack overflow"
      case .barrier(.nullPointer): "null pointer"
      case .barrier(let kind): "\(kind)"
      case .hang: "hang"
      }
    }
  }
}
