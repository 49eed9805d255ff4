public import ProcessRuntime

/// How a ``ProcessPool`` lends its workers.
public struct PoolSettings: Sendable {
  /// Who is next, of several.
  public enum Order: Sendable, Hashable, CaseIterable {
    /// Who has waited longest.
    case fifo
    /// Who has come last: of workers, the one that is still warm; of clients, the one that is least likely to have given up.
    case lifo
  }

  /// Who is turned away when too many clients wait.
  public enum Discard: Sendable, Hashable, CaseIterable {
    /// The one that comes.
    case newest
    /// The one that has waited longest.
    case oldest
  }

  /// Workers that are always there; one at least.
  public var size: Int
  /// Workers beyond those, started while all are lent, and stopped when they come back and nobody waits.
  public var maxOverflow: Int
  /// Which of the free workers is lent.
  public var workers: Order
  /// Which of the waiting clients gets the next worker.
  public var clients: Order
  /// How many clients may wait; nil: any number.
  public var maxWaiting: Int?
  /// Who is turned away when one more comes.
  public var discard: Discard
  /// Runs in the pool's process for each client that is turned away, with that process; nil: one outside of processes.
  public var onDiscard: (@Sendable (ProcessID?) -> Void)?
  /// At the pool's end: how long it waits for the workers that are lent.
  public var drain: Duration
  /// How many workers that ended may be replaced within what time; nil: three times its size within five seconds.
  ///
  /// One more, and the pool ends; its own supervisor decides.
  public var intensity: Supervisor.Intensity?

  /// Settings from their parts.
  public init(
    size: Int, maxOverflow: Int = 0, workers: Order = .lifo, clients: Order = .fifo, maxWaiting: Int? = nil,
    discard: Discard = .newest, onDiscard: (@Sendable (ProcessID?) -> Void)? = nil, drain: Duration = .seconds(5),
    intensity: Supervisor.Intensity? = nil
  ) {
    self.size = size
    self.maxOverflow = maxOverflow
    self.workers = workers
    self.clients = clients
    self.maxWaiting = maxWaiting
    self.discard = discard
    self.onDiscard = onDiscard
    self.drain = drain
    self.intensity = intensity
  }

  /// What is wrong with these values; `nil` if nothing is.
  var problem: String? {
    if size < 1 { return "size is \(size); it must be one or more" }
    if maxOverflow < 0 { return "maxOverflow is \(maxOverflow); it must be zero or more" }
    if let maxWaiting, maxWaiting < 0 { return "maxWaiting is \(maxWaiting); it must be zero or more" }
    if drain < .zero { return "drain is \(drain); it must be zero or more" }
    return nil
  }
}
