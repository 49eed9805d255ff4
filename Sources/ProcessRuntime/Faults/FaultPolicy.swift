import FaultBarrier
import Synchronization

/// What becomes of a fault in a process: a trap, a failed cast, a stack that is used up.
///
/// Set for the whole program with ``program``, or for one process with ``CurrentProcess/faultPolicy``. Under every policy a
/// fault outside of processes ends the program, as it does without this library.
public struct FaultPolicy: Sendable, Hashable, CustomStringConvertible {
  let kinds: FaultBarrier.Kinds

  /// Faults end the program, as they do without this library.
  public static var crash: Self { Self(kinds: []) }
  /// What Swift checks before it does harm ends the process alone: traps, casts, `unowned` references, the end of the stack.
  ///
  /// The default.
  public static var contain: Self { Self(kinds: .checks) }
  /// As ``contain``, and exclusivity violations, `abort()`, null pointers and arithmetic errors in C as well.
  ///
  /// Of these nobody knows what they have left behind in memory that others use.
  public static var containAll: Self { Self(kinds: [.checks, .hard]) }

  /// This policy, and faults of these kinds end the process alone.
  public func containing(_ kinds: Fault.Kind...) -> Self { containing(kinds) }

  /// This policy, but faults of these kinds end the program.
  public func crashing(on kinds: Fault.Kind...) -> Self { crashing(on: kinds) }

  package func containing(_ kinds: [Fault.Kind]) -> Self {
    Self(kinds: kinds.reduce(self.kinds) { $0.union($1.barrier) })
  }

  package func crashing(on kinds: [Fault.Kind]) -> Self {
    Self(kinds: kinds.reduce(self.kinds) { $0.subtracting($1.barrier) })
  }

  /// The policy of processes that have none of their own: ``contain``, unless the environment variable
  /// `SUPERVISION_FAULTS` says `crash` or `containAll`.
  ///
  /// Holds for processes that start after it is set.
  public static var program: FaultPolicy {
    get { FaultPolicy(kinds: FaultBarrier.Kinds(rawValue: stored.load(ordering: .relaxed))) }
    set { stored.store(newValue.kinds.rawValue, ordering: .relaxed) }
  }

  private static let stored = Atomic<Int32>(
    (Environment.value("SUPERVISION_FAULTS").flatMap { FaultPolicy(named: $0) } ?? .contain).kinds.rawValue)

  private init(kinds: FaultBarrier.Kinds) { self.kinds = kinds }

  init?(named name: String) {
    switch name {
    case "crash": self = .crash
    case "contain": self = .contain
    case "containAll": self = .containAll
    default: return nil
    }
  }

  /// `crash`, `contain`, `containAll`, or the kinds that are contained.
  public var description: String {
    switch self {
    case .crash: "crash"
    case .contain: "contain"
    case .containAll: "containAll"
    default:
      "contain "
        + Fault.Kind.allCases.filter { !$0.barrier.isEmpty && kinds.contains($0.barrier) }
        .map(\.description).joined(separator: ", ")
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.kinds == b.kinds }
  public func hash(into hasher: inout Hasher) { hasher.combine(kinds.rawValue) }
}

extension CurrentProcess {
  /// What becomes of a fault in this process; to be set in `init`, mostly.
  ///
  /// Holds at once. Outside of processes it reads as ``FaultPolicy/crash``, and setting it does nothing.
  public static var faultPolicy: FaultPolicy {
    get { ProcessCell.current?.faultPolicy ?? .crash }
    set { ProcessCell.current?.follow(newValue) }
  }
}

extension ProcessCell {
  // Not inlined: see ``Worker/current``.
  @inline(never)
  fileprivate final func follow(_ policy: FaultPolicy) {
    faultPolicy = policy
    FaultBarrier.arm(policy.kinds)
  }
}
