/// The rules of a pool: an event goes in, what is to be done comes out.
///
/// It knows no processes, clocks or messages: a worker and a client are whatever the shell takes them for.
struct PoolMachine<Worker: Hashable, Client> {
  /// One client's use of the pool, from asking to giving back.
  typealias Lease = UInt64

  enum Event {
    case checkout(Lease, Client)
    /// The client does not want it any more, or gives it back, or has ended.
    case release(Lease)
    case ended(Worker)
    /// The answer to ``Action/start``.
    case started(Worker)
    case drain
  }

  enum Action {
    case grant(Lease, Client, Worker)
    case refuse(Lease, Client, Refusal)
    /// Start a worker; nothing else happens until it has started.
    case start
    case stop(Worker)
    /// The lease is over: nobody need watch its client.
    case forget(Lease)
    /// Nothing is lent any more, and nothing will be.
    case drained
  }

  enum Refusal { case full, discarded, draining }

  private let settings: PoolSettings
  /// In the order in which they came back.
  private var idle: [Worker] = []
  private var lent: [Lease: Worker] = [:]
  private var leases: [Worker: Lease] = [:]
  /// In the order in which they came.
  private var waiting: [(lease: Lease, client: Client)] = []
  /// Workers that are being started.
  private var starting = 0
  private var discarded = 0
  private var replaced = 0
  private(set) var isDraining = false

  init(_ settings: PoolSettings) { self.settings = settings }

  var count: Int { idle.count + lent.count + starting }
  var status: PoolStatus {
    PoolStatus(
      idle: idle.count, lent: lent.count, overflow: max(0, count - settings.size), waiting: waiting.count,
      discarded: discarded, replaced: replaced, isDraining: isDraining)
  }

  /// What is to be done to have as many workers as there are always.
  mutating func fill() -> [Action] {
    guard count < settings.size else { return [] }
    let missing = settings.size - count
    starting += missing
    return Array(repeating: .start, count: missing)
  }

  mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .checkout(let lease, let client): return checkout(lease, client)
    case .release(let lease): return release(lease)
    case .ended(let worker): return end(worker)
    case .started(let worker):
      starting -= 1
      return place(worker)
    case .drain: return drain()
    }
  }

  private mutating func checkout(_ lease: Lease, _ client: Client) -> [Action] {
    if isDraining { return [.refuse(lease, client, .draining), .forget(lease)] }
    if let worker = settings.workers == .fifo ? idle.first : idle.last {
      if settings.workers == .fifo { idle.removeFirst() } else { idle.removeLast() }
      return [grant(worker, lease, client)]
    }
    if count - settings.size < settings.maxOverflow {
      waiting.append((lease, client))
      starting += 1
      return [.start]
    }
    guard let most = settings.maxWaiting, waiting.count >= most else {
      waiting.append((lease, client))
      return []
    }
    discarded += 1
    guard settings.discard == .oldest, let oldest = waiting.first else {
      return [.refuse(lease, client, .full), .forget(lease)]
    }
    waiting.removeFirst()
    waiting.append((lease, client))
    return [.refuse(oldest.lease, oldest.client, .discarded), .forget(oldest.lease)]
  }

  private mutating func grant(_ worker: Worker, _ lease: Lease, _ client: Client) -> Action {
    lent[lease] = worker
    leases[worker] = lease
    return .grant(lease, client, worker)
  }

  private mutating func release(_ lease: Lease) -> [Action] {
    if let worker = lent.removeValue(forKey: lease) {
      leases[worker] = nil
      return [.forget(lease)] + place(worker)
    }
    guard let index = waiting.firstIndex(where: { $0.lease == lease }) else { return [] }
    waiting.remove(at: index)
    return [.forget(lease)]
  }

  /// A worker is free.
  private mutating func place(_ worker: Worker) -> [Action] {
    if isDraining {
      idle.append(worker)
      return lent.isEmpty ? [.drained] : []
    }
    if let next = settings.clients == .fifo ? waiting.first : waiting.last {
      if settings.clients == .fifo { waiting.removeFirst() } else { waiting.removeLast() }
      return [grant(worker, next.lease, next.client)]
    }
    if count >= settings.size { return [.stop(worker)] }
    idle.append(worker)
    return []
  }

  private mutating func end(_ worker: Worker) -> [Action] {
    var actions: [Action] = []
    if let lease = leases.removeValue(forKey: worker) {
      lent[lease] = nil
      actions.append(.forget(lease))
    } else if let index = idle.firstIndex(of: worker) {
      idle.remove(at: index)
    } else {
      return []  // it was stopped
    }
    if isDraining { return lent.isEmpty ? actions + [.drained] : actions }
    if count < settings.size || !waiting.isEmpty {
      starting += 1
      replaced += 1
      actions.append(.start)
    }
    return actions
  }

  private mutating func drain() -> [Action] {
    isDraining = true
    let refused = waiting.flatMap { [Action.refuse($0.lease, $0.client, .draining), .forget($0.lease)] }
    waiting = []
    return lent.isEmpty ? refused + [.drained] : refused
  }
}
