import Harness
import Supervision
import Synchronization

extension Benchmark {
  static var crashStorm: [Benchmark] {
    [
      Benchmark("crash_storm", 10_000, receiving: Outages.self) { n, inbox in
        try await Storm(children: n, clients: 16, killsPerSecond: 2_000, milliseconds: 5_000).run(inbox)
      }
    ]
  }
}

/// N named children of one supervisor.
///
/// For some seconds a killer kills random ones, while clients call random ones as fast as they can. A call fails when
/// it throws. An outage is the time from the kill until the replacement is made, under its name. `per_sec` is
/// successful calls a second.
private struct Storm: Sendable {
  let children: Int
  let clients: Int
  let killsPerSecond: Double
  let milliseconds: Int
  private let names: [ProcessName<Counter.Message>]
  private let killed: KillTimes

  init(children: Int, clients: Int, killsPerSecond: Double, milliseconds: Int) {
    self.children = children
    self.clients = clients
    self.killsPerSecond = killsPerSecond
    self.milliseconds = milliseconds
    names = (0..<children).map { ProcessName("storm_\($0)") }
    killed = KillTimes(children)
  }

  func run(_ inbox: Mailbox<Outages>) async throws -> Metrics {
    let me = inbox.ref
    let collector = try spawnLink(receiving: OutageMessage.self) { try await collect($0, me) }
    let specs = names.enumerated().map { index, name in
      ChildSpec(name, id: "\(index)") { [killed] in StampedChild(index, killed, collector) }
    }
    let supervisor = try await Supervisor.start(unlimited: specs)
    let end = OS.now() + milliseconds * 1_000_000
    let counts = CallCounts()
    for _ in 0..<clients { try spawnMonitor { await client(until: end, counts) } }
    let kills = try await kill(until: end)
    for _ in 0..<clients { _ = try await inbox.signal(where: \.isDown) }
    let seconds = Double(milliseconds) / 1e3
    try await CurrentProcess.sleep(for: .milliseconds(500))  // let the last restarts end
    var alive = 0
    for name in names where (try? await name.call { .ping($0) }) != nil { alive += 1 }
    try await supervisor.stop(reason: .shutdown)
    collector.send(.stop)
    let outages = try await inbox.next()
    let answered = Double(counts.answered.load(ordering: .relaxed))
    return Metrics.percentiles("outage", outages.all).adding([
      "seconds": seconds, "per_sec": answered / seconds, "calls_ok": answered,
      "calls_failed": Double(counts.failed.load(ordering: .relaxed)), "kills": Double(kills),
      "restarts": Double(outages.all.count), "alive_after": Double(alive),
      "children_killed": Double(outages.children.count),
    ])
  }

  private func client(until end: Int, _ counts: CallCounts) async {
    var random = FastRandom()
    var (answered, failed) = (0, 0)
    repeat {
      do {
        _ = try await names[Int.random(in: 0..<children, using: &random)].call { .ping($0) }
        answered += 1
      } catch {
        failed += 1
      }
    } while OS.now() < end
    counts.answered.add(answered, ordering: .relaxed)
    counts.failed.add(failed, ordering: .relaxed)
  }

  /// Catches up every millisecond with the kills that are due by then.
  private func kill(until end: Int) async throws -> Int {
    var random = FastRandom()
    var kills = 0
    let began = OS.now()
    while true {
      let now = OS.now()
      if now >= end { return kills }
      if Double(kills) >= Double(now - began) * killsPerSecond / 1e9 {
        try await CurrentProcess.sleep(for: .milliseconds(1))
        continue
      }
      let index = Int.random(in: 0..<children, using: &random)
      // Not one that is down or being restarted already.
      if let process = names[index].whereis, killed.note(index) {
        process.exit(.kill)
        kills += 1
      }
    }
  }
}

/// When each child was killed; 0 while it is up.
private final class KillTimes: @unchecked Sendable {
  private let count: Int
  private let times: UnsafeMutablePointer<Atomic<Int>>

  init(_ count: Int) {
    self.count = count
    times = .allocate(capacity: count)
    for index in 0..<count { (times + index).initialize(to: Atomic(0)) }
  }

  deinit {
    times.deinitialize(count: count)
    times.deallocate()
  }

  /// False if it was killed already and is not back yet.
  func note(_ index: Int) -> Bool {
    times[index].compareExchange(expected: 0, desired: OS.now(), ordering: .sequentiallyConsistent).exchanged
  }

  func take(_ index: Int) -> Int { times[index].exchange(0, ordering: .sequentiallyConsistent) }
}

private final class CallCounts: Sendable {
  let answered = Atomic<Int>(0)
  let failed = Atomic<Int>(0)
}

/// A counter that tells, when it replaces a killed one, how long nobody was there.
private struct StampedChild: GenServer {
  typealias Message = Counter.Message

  private var counter = Counter()

  init(_ index: Int, _ killed: KillTimes, _ collector: ProcessRef<OutageMessage>) {
    let time = killed.take(index)
    if time != 0 { collector.send(.outage(child: index, microseconds: Double(OS.now() - time) / 1e3)) }
  }

  mutating func handle(_ message: Message) throws { try counter.handle(message) }
}

private enum OutageMessage: Sendable {
  case outage(child: Int, microseconds: Double)
  case stop
}

private struct Outages: Sendable {
  var all: [Double] = []
  var children: Set<Int> = []
}

private func collect(_ inbox: Mailbox<OutageMessage>, _ main: ProcessRef<Outages>) async throws {
  var outages = Outages()
  while case .outage(let child, let time) = try await inbox.next() {
    outages.all.append(time)
    outages.children.insert(child)
  }
  main.send(outages)
}
