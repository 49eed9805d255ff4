public import ProcessRuntime

/// Why a client got no worker.
public struct PoolError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// All workers are lent, and as many clients wait as may.
    case full
    /// It had waited longest when too many clients waited.
    case discarded
    /// The pool is about to end, and lends no more.
    case draining
    /// No worker came back in time.
    case timeout
    /// There is no such pool.
    case noProcess
    /// The pool, or the client itself, has ended.
    case exited(ExitReason)
    /// The calling task was cancelled.
    case cancelled
    /// Only a process can check a worker out by itself.
    case outsideProcess
    /// The pool waits for the caller: a worker that is just starting.
    case deadlock
  }

  /// What went wrong.
  public let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  init(_ error: CallError) {
    switch error.kind {
    case .exited(let reason): kind = .exited(reason)
    case .timeout: kind = .timeout
    case .cancelled: kind = .cancelled
    case .callingSelf, .deadlock: kind = .deadlock
    default: kind = .noProcess
    }
  }

  public var description: String {
    switch kind {
    case .full: "pool: all workers are lent, and as many clients wait as may; try again later, or let more wait"
    case .discarded: "pool: given up for a client that came later, because too many waited; try again later"
    case .draining: "pool: it is about to end, and lends no more workers"
    case .timeout: "pool: no worker came back in time; give a longer timeout, or the pool more workers"
    case .noProcess: "pool: no process: it is not alive, or nobody has the name"
    case .exited(let reason): "pool: it ended before a worker was free: \(reason)"
    case .cancelled: "pool: the calling task was cancelled"
    case .outsideProcess:
      "pool: checkout needs a current process to lend to; use withWorker, or call it within a process"
    case .deadlock: "pool: it waits for the caller to start, or is the caller; check workers out later"
    }
  }
}

/// A pool at one moment.
public struct PoolStatus: Sendable, Hashable, CustomStringConvertible {
  /// Free workers.
  public let idle: Int
  /// Workers that are lent.
  public let lent: Int
  /// Of all workers, those beyond the pool's size.
  public let overflow: Int
  /// Clients that wait.
  public let waiting: Int
  /// Clients that were turned away so far.
  public let discarded: Int
  /// Workers that were started in the place of others that ended.
  public let replaced: Int
  /// Whether it lends no more.
  public let isDraining: Bool

  /// `2 idle, 3 lent (1 overflow), 4 waiting`.
  public var description: String {
    "\(idle) idle, \(lent) lent (\(overflow) overflow), \(waiting) waiting" + (isDraining ? ", draining" : "")
  }
}
