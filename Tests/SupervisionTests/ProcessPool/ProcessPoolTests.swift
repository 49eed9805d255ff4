import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// A worker that counts how often it was used.
private struct Drill: GenServer {
  enum Message: Sendable {
    case use(ReplyTo<Int>)
    case crash
  }

  private var users = 0

  mutating func handle(_ message: Message) throws {
    switch message {
    case .use(let reply):
      users += 1
      reply(users)
    case .crash: throw CrashedDrill()
    }
  }
}

private struct CrashedDrill: Error {}

/// A value that several processes change.
private final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    value.withLock { value in
      var copy = value
      defer { value = copy }
      return body(&copy)
    }
  }
}

@Suite("ProcessPool", .timeLimit(.minutes(2)))
struct ProcessPoolTests {
  private typealias Pool = ProcessPool<Drill.Message>

  private static func text(_ work: () async throws -> Void) async -> String {
    do {
      try await work()
      return "done"
    } catch let error as PoolError {
      if case .exited(let reason) = error.kind { return "exited \(reason)" }
      return "\(error.kind)"
    } catch {
      return "\(error)"
    }
  }

  @Test("EXT-17: a worker's label says whose it is, unless it has given itself one")
  func labels() async throws {
    try await withTestNode { node in
      let named = try await Pool.start(PoolSettings(size: 1), name: "drills") { Drill() }
      #expect(try await named.withWorker { $0.id.label } == "worker of drills")
      let free = try await Pool.start(PoolSettings(size: 1)) { Drill() }
      let process = try #require(free.process)
      #expect(try await free.withWorker { $0.id.label } == "worker of \(process)")
      let own = try await Pool.start(PoolSettings(size: 1)) {
        CurrentProcess.label = "own"
        return Drill()
      }
      #expect(try await own.withWorker { $0.id.label } == "own")
      for pool in [named, free, own] { try await pool.stop() }
    }
  }

  @Test("POOL-1: a worker is lent to one client, scoped or not, and comes back whatever becomes of the work")
  func lending() async throws {
    try await withTestNode { node in
      let pool = try await Pool.start(PoolSettings(size: 1)) { Drill() }
      let users = try await pool.withWorker { try await $0.call { .use($0) } } as Int
      #expect(users == 1)
      await #expect(throws: CrashedDrill.self) { try await pool.withWorker { _ in throw CrashedDrill() } }
      let lease = try await pool.checkout()
      #expect(try await pool.status().lent == 1)
      #expect(await Self.text { _ = try await pool.checkout(timeout: .seconds(1)) } == "timeout")
      pool.checkin(lease)
      pool.checkin(lease)
      #expect(try await pool.status().description == "1 idle, 0 lent (0 overflow), 0 waiting")
      let again: Int = try await pool.call { .use($0) }
      #expect(again == 2)
      try await pool.stop()
      #expect(!lease.worker.id.isAlive && pool.process?.isAlive == false)
      #expect(await Self.text { _ = try await pool.checkout() } == "noProcess")
    }
  }

  @Test("POOL-1, POOL-2: what is given back leaves no monitors behind, neither at the client nor in the pool")
  func monitors() async throws {
    try await withTestNode { node in
      let pool = try await Pool.start(PoolSettings(size: 2, maxOverflow: .max)) { Drill() }
      let before = pool.process?.info?.monitors.count
      #expect(before == 2)
      let client = spawn {
        for _ in 0..<3 {
          let leases = [try await pool.checkout(), try await pool.checkout()]
          for lease in leases { pool.checkin(lease) }
          _ = try await pool.call { .use($0) } as Int
        }
        try await suspendForever()
      }
      try await node.settle()
      #expect(client.info?.monitors.isEmpty == true)
      #expect(pool.process?.info?.monitors.count == before)
    }
  }

  @Test("POOL-5: any number of overflow workers")
  func unlimitedOverflow() async throws {
    try await withTestNode { node in
      let pool = try await Pool.start(PoolSettings(size: 1, maxOverflow: .max)) { Drill() }
      let client = spawn {
        for _ in 0..<5 { _ = try await pool.checkout() }
        try await suspendForever()
      }
      try await node.settle()
      #expect(try await pool.status().description == "0 idle, 5 lent (4 overflow), 0 waiting")
      client.exit(.kill)
      try await node.settle()
      #expect(try await pool.status().description == "1 idle, 0 lent (0 overflow), 0 waiting")
    }
  }

  @Test(
    "POOL-2: a client that ends gives its worker back, and one that waits is forgotten",
    arguments: 0..<50 as Range<UInt64>)
  func clientEnds(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let pool = try await Pool.start(PoolSettings(size: 1)) { Drill() }
      let holder = spawn {
        _ = try await pool.checkout()
        try await suspendForever()
      }
      try await node.settle()
      let waiter = spawn { _ = try await pool.checkout(timeout: nil) }
      try await node.settle()
      #expect(try await pool.status().waiting == 1)
      waiter.exit(.kill)
      try await node.settle()
      #expect(try await pool.status().waiting == 0)
      spawn { holder.exit(.kill) }
      #expect(await Self.text { try await pool.withWorker { _ in } } == "done")
      #expect(try await pool.status().idle == 1)
      #expect(node.elapsed < .seconds(1))
    }
  }

  @Test(
    "POOL-3: a worker that ends is replaced, and its client is told, by a signal or by its call",
    arguments: 0..<20 as Range<UInt64>)
  func workerEnds(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let pool = try await Pool.start(PoolSettings(size: 1)) { Drill() }
      let journal = Shared<[String]>([])
      let client = spawn(receiving: Never.self) { inbox in
        let lease = try await pool.checkout()
        lease.worker.send(.crash)
        if case .down(let monitor, _, let reason) = try await inbox.signal(within: .seconds(1)) {
          journal.withLock { $0.append("\(monitor == lease.monitor) \(reason.error is CrashedDrill)") }
        }
        pool.checkin(lease)
      }
      #expect(await client.exited() == .normal)
      #expect(journal.withLock { $0 } == ["true true"])
      await #expect(throws: CallError.self) {
        try await pool.withWorker { worker in
          worker.send(.crash)
          _ = try await worker.call { .use($0) } as Int
        }
      }
      let users: Int = try await pool.call { .use($0) }
      #expect(users == 1)
      let status = try await pool.status()
      #expect(status.idle == 1 && status.replaced == 2)
    }
  }

  @Test("POOL-3: workers that end faster than they may be replaced end the pool, and its supervisor starts another")
  func exhausted() async throws {
    try await withTestNode { node in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        Pool.child(PoolSettings(size: 1, intensity: .restarts(2, within: .seconds(5))), name: "drills") { Drill() }
      }
      let pool = Pool.named("drills")
      let first = try #require(pool.process)
      for _ in 0..<3 {
        try await pool.withWorker { $0.send(.crash) }
        try await node.settle()
      }
      #expect(await first.exited().error != nil)
      try await ProcessName<Never>("drills").registered(otherThan: first, within: .seconds(1))
      #expect(await Self.text { try await pool.withWorker { _ in } } == "done")
      try await supervisor.stop()
      // Nothing of either pool is left: no worker, no supervisor of workers.
      #expect(node.processes.count == 1)
    }
  }

  @Test("POOL-5: overflow workers come and go")
  func overflow() async throws {
    try await withTestNode { node in
      let pool = try await Pool.start(PoolSettings(size: 1, maxOverflow: 1)) { Drill() }
      let (a, b) = (try await pool.checkout(), try await pool.checkout())
      #expect(try await pool.status().overflow == 1)
      pool.checkin(b)
      pool.checkin(a)
      try await node.settle()
      #expect(try await pool.status().description == "1 idle, 0 lent (0 overflow), 0 waiting")
      #expect([a, b].filter(\.worker.id.isAlive).count == 1)
    }
  }

  @Test("POOL-6: a client that is turned away is told why, and so is the handler")
  func discard() async throws {
    try await withTestNode { node in
      let turnedAway = Shared<[ProcessID?]>([])
      let settings = PoolSettings(size: 1, maxWaiting: 1, discard: .oldest) { process in
        turnedAway.withLock { $0.append(process) }
      }
      let pool = try await Pool.start(settings) { Drill() }
      let lease = try await pool.checkout()
      let texts = Shared<[String]>([])
      var clients: [ProcessID] = []
      for number in 0..<3 {
        clients.append(
          spawn {
            let text = await Self.text { try await pool.withWorker { _ in } }
            texts.withLock { $0.append("\(number) \(text)") }
          })
        try await node.settle()
      }
      pool.checkin(lease)
      for client in clients { _ = await client.exited() }
      #expect(texts.withLock { $0 } == ["0 discarded", "1 discarded", "2 done"])
      #expect(turnedAway.withLock { $0 } == Array(clients.prefix(2)))
      #expect(try await pool.status().discarded == 2)
    }
  }

  @Test(
    "POOL-7: a client that has waited too long gets nothing, even if it is lent a worker in that moment",
    arguments: 0..<100 as Range<UInt64>)
  func timeoutRace(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let pool = try await Pool.start(PoolSettings(size: 1)) { Drill() }
      let holder = spawn {
        let lease = try await pool.checkout()
        try await CurrentProcess.sleep(for: .nanoseconds(5))
        pool.checkin(lease)
        try await suspendForever()
      }
      try await node.settle()
      let clients = (0..<3).map { number in
        spawn { try? await pool.withWorker(timeout: .nanoseconds(number + 2)) { _ in } }
      }
      for client in clients { #expect(await client.exited() == .normal) }
      try await CurrentProcess.sleep(for: .seconds(1))
      #expect(try await pool.status().description == "1 idle, 0 lent (0 overflow), 0 waiting")
      holder.exit(.kill)
    }
  }

  @Test("POOL-8: a pool that is stopped lets what is lent come back, tells who waits, and ends its workers")
  func drain() async throws {
    try await withTestNode { node in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        Pool.child(PoolSettings(size: 1, drain: .seconds(10)), name: "drills") { Drill() }
      }
      let pool = Pool.named("drills")
      let journal = Shared<[String]>([])
      spawn {
        let text = await Self.text {
          try await pool.withWorker { worker in
            try await CurrentProcess.sleep(for: .seconds(3))
            _ = try await worker.call { .use($0) } as Int
          }
        }
        journal.withLock { $0.append("holder \(text)") }
      }
      try await node.settle()
      for name in ["waiter", "late"] {
        spawn {
          if name == "late" { try await CurrentProcess.sleep(for: .seconds(1)) }
          let text = await Self.text { try await pool.withWorker(timeout: nil) { _ in } }
          journal.withLock { $0.append("\(name) \(text)") }
        }
      }
      try await node.settle()
      let before = node.elapsed
      try await supervisor.stop()
      #expect(journal.withLock { $0 } == ["waiter draining", "late draining", "holder done"])
      #expect(node.elapsed - before >= .seconds(2) && node.elapsed - before < .seconds(4))
      #expect(node.processes.count == 1)
    }
  }

  @Test("POOL-8: what does not come back in time does not hold the pool up")
  func drainEnds() async throws {
    try await withTestNode { node in
      let pool = try await Pool.start(PoolSettings(size: 1, drain: .seconds(2))) { Drill() }
      let lease = try await pool.checkout()
      let before = node.elapsed
      try await pool.stop()
      #expect(node.elapsed - before >= .seconds(2) && node.elapsed - before < .seconds(3))
      #expect(!lease.worker.id.isAlive)
    }
  }

  @Test("POOL-9: settings that make no sense, and workers that do not start, fail the pool's start")
  func start() async throws {
    try await withTestNode { node in
      await #expect(throws: StartError.self) { try await Pool.start(PoolSettings(size: 0)) { Drill() } }
      await #expect(throws: StartError.self) {
        try await Pool.start(PoolSettings(size: 2)) { () async throws -> Drill in throw CrashedDrill() }
      }
      try await node.settle()
      #expect(node.processes.count == 1)
    }
  }

  @Test(
    "POOL-1, POOL-2, POOL-3: clients and workers that end at any time leave the pool whole",
    arguments: 0..<100 as Range<UInt64>)
  func storm(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let settings = PoolSettings(
        size: 2, maxOverflow: 1, clients: seed % 2 == 0 ? .fifo : .lifo, maxWaiting: 4, discard: .oldest,
        intensity: .restarts(1_000, within: .seconds(5)))
      let pool = try await Pool.start(settings) { Drill() }
      let inUse = Shared<Set<ProcessID>>([])
      let clients = (0..<8).map { number in
        spawn {
          for round in 0..<4 {
            _ = await Self.text {
              try await pool.withWorker { worker in
                #expect(inUse.withLock { $0.insert(worker.id).inserted })
                _ = try? await worker.call { .use($0) } as Int
                inUse.withLock { _ = $0.remove(worker.id) }
                if number == 3, round == 2 { CurrentProcess.id?.exit(.kill) }
                if (number + round) % 5 == 4 { worker.send(.crash) }
              }
            }
          }
        }
      }
      for client in clients { _ = await client.exited() }
      try await CurrentProcess.sleep(for: .seconds(1))
      let status = try await pool.status()
      #expect(status.idle == 2 && status.lent == 0 && status.waiting == 0, "\(status)")
    }
  }
}
