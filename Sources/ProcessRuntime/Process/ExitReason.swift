/// Why a process ended, or is asked to end (OTP's exit reason).
///
/// Throw one from a process to end it with just that reason; any other error that leaves a process becomes
/// ``failure(_:)``, and a trap becomes ``fault(_:)``.
///
/// `normal`, `shutdown` and `shutdown(_:)` are clean ends (``isClean``): nothing is logged, and a transient child is not
/// restarted. `normal` alone does not travel over links to processes that do not trap exits.
public struct ExitReason: Error, Sendable, Hashable, CustomStringConvertible {
  private enum Kind: Sendable {
    case normal, shutdown, kill, killed, noProcess, noConnection, timeout
    // Indirect: every process has room for a reason, and few have one that needs it.
    indirect case shutdownBecause(any Sendable)
    case failure(any Error)
    indirect case fault(Fault)
  }

  private let kind: Kind

  private init(_ kind: Kind) {
    self.kind = kind
  }

  /// The process did what it had to do.
  public static var normal: Self { Self(.normal) }
  /// The process was told to stop by who is responsible for it.
  public static var shutdown: Self { Self(.shutdown) }
  /// A clean end with a word of why (OTP's `{shutdown, Term}`).
  public static func shutdown(_ detail: any Sendable) -> Self { Self(.shutdownBecause(detail)) }
  /// As an argument of ``ProcessID/exit(_:)``: ends the process at once, whether it traps exits or not.
  public static var kill: Self { Self(.kill) }
  /// What the links and monitors of a process ended by ``kill`` see.
  public static var killed: Self { Self(.killed) }
  /// There is no such process.
  public static var noProcess: Self { Self(.noProcess) }
  /// The connection to the process's node is lost; the process may live.
  public static var noConnection: Self { Self(.noConnection) }
  /// Something did not happen in time.
  public static var timeout: Self { Self(.timeout) }
  /// An error left the process.
  ///
  /// An `ExitReason` stays itself.
  public static func failure(_ error: any Error) -> Self {
    (error as? ExitReason) ?? Self(.failure(error))
  }
  /// A trap (a force-unwrap of nil, an index out of range, …) ended the process.
  public static func fault(_ fault: Fault) -> Self { Self(.fault(fault)) }

  /// `normal`, `shutdown` or `shutdown(_:)`: OTP's clean ends.
  public var isClean: Bool {
    switch kind {
    case .normal, .shutdown, .shutdownBecause: true
    default: false
    }
  }

  /// The error that left the process, when the reason is ``failure(_:)``.
  public var error: (any Error)? {
    if case .failure(let error) = kind { error } else { nil }
  }

  /// The trap, when the reason is ``fault(_:)``.
  public var fault: Fault? {
    if case .fault(let fault) = kind { fault } else { nil }
  }

  /// What was given to ``shutdown(_:)``.
  public var shutdownDetail: (any Sendable)? {
    if case .shutdownBecause(let detail) = kind { detail } else { nil }
  }

  public static func == (a: Self, b: Self) -> Bool {
    switch (a.kind, b.kind) {
    case (.normal, .normal), (.shutdown, .shutdown), (.kill, .kill), (.killed, .killed),
      (.noProcess, .noProcess), (.noConnection, .noConnection), (.timeout, .timeout):
      true
    case (.shutdownBecause(let a), .shutdownBecause(let b)): same(a, b)
    case (.failure(let a), .failure(let b)): same(a, b)
    case (.fault(let a), .fault(let b)): a == b
    default: false
    }
  }

  /// For `switch` and `case`.
  ///
  /// Written out, because the pattern of another error type with a `timeout` of its own would be chosen for `case
  /// .timeout` otherwise.
  public static func ~= (pattern: Self, reason: Self) -> Bool {
    pattern == reason
  }

  public func hash(into hasher: inout Hasher) {
    switch kind {
    case .normal: hasher.combine(0)
    case .shutdown: hasher.combine(1)
    case .kill: hasher.combine(2)
    case .killed: hasher.combine(3)
    case .noProcess: hasher.combine(4)
    case .noConnection: hasher.combine(5)
    case .timeout: hasher.combine(6)
    case .shutdownBecause(let detail): combine(detail, into: &hasher)
    case .failure(let error): combine(error, into: &hasher)
    case .fault(let fault): hasher.combine(fault)
    }
  }

  public var description: String {
    switch kind {
    case .normal: "normal"
    case .shutdown: "shutdown"
    case .kill: "kill"
    case .killed: "killed"
    case .noProcess: "no process"
    case .noConnection: "no connection"
    case .timeout: "timeout"
    case .shutdownBecause(let detail): "shutdown: \(detail)"
    case .failure(let error): "\(type(of: error)): \(error)"
    case .fault(let fault): fault.description
    }
  }
}

/// Equality of two values of unknown type: their own `==` where they have one, else type and text.
private func same(_ a: any Sendable, _ b: any Sendable) -> Bool {
  guard type(of: a) == type(of: b) else { return false }
  if let a = a as? any Equatable { return equal(a, b) }
  return "\(a)" == "\(b)"
}

private func equal<Value: Equatable>(_ a: Value, _ b: any Sendable) -> Bool {
  (b as? Value) == a
}

/// In step with ``same(_:_:)``: what is equal hashes equally.
private func combine(_ value: any Sendable, into hasher: inout Hasher) {
  hasher.combine(ObjectIdentifier(type(of: value)))
  if let value = value as? any Hashable {
    value.hash(into: &hasher)
  } else if !(value is any Equatable) {
    hasher.combine("\(value)")
  }
}
