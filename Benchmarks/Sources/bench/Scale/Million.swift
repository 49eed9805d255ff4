import Harness
import Supervision
import Synchronization

extension Benchmark {
  /// What the project promises to hold in one gigabyte.
  static var million: [Benchmark] {
    [
      Benchmark("million_flat", 1_000_000, receiving: Nothing.self) { n, _ in
        try await startCallStop(n) { members(0..<n, $0) }
      }.withoutRepetition,
      Benchmark("million_tree", 1_000_000, receiving: Nothing.self) { n, _ in
        try await startCallStop(n) { roll in
          stride(from: 0, to: n, by: 1_000).map { first in
            ChildSpec(Thousand(first: first, end: min(n, first + 1_000), roll: roll), id: "\(first)")
          }
        }
      }.withoutRepetition,
    ]
  }
}

/// N servers in one tree start, answer a call each, and stop in order: under one supervisor, or a thousand under each of
/// N/1000.
///
/// `seconds` and `per_sec` are the start's. Fails if the program has ever been resident in more than a gigabyte.
private func startCallStop(_ n: Int, _ children: (Roll) -> [ChildSpec]) async throws -> Metrics {
  let roll = Roll(expecting: n)
  let began = OS.now()
  let top = try await Supervisor.start(unlimited: children(roll))
  let starting = Double(OS.now() - began) / 1e9
  let resident = Memory.residentSinceStart
  let servers = roll.all
  try check(servers.count == n, "\(servers.count) servers of \(n) have started")
  let calling = try await seconds { for server in servers { _ = try await server.call { .ping($0) } } }
  let stopping = try await seconds { try await top.stop(reason: .shutdown) }
  try check(servers.allSatisfy { !$0.id.isAlive }, "a child has outlived its supervisor")
  let peak = Memory.peakResident
  try check(peak < 1 << 30, "\(peak) bytes resident, more than a gigabyte")
  return [
    "seconds": starting, "per_sec": Double(n) / starting, "start_us": starting * 1e6 / Double(n),
    "call_us": calling * 1e6 / Double(n), "stop_us": stopping * 1e6 / Double(n), "stop_seconds": stopping,
    "rss_bytes_each": Double(resident) / Double(n), "peak_rss_bytes": Double(peak),
  ]
}

/// Makes its specifications when it starts, as trees do: nobody holds those of all.
private struct Thousand: SupervisorBehaviour {
  let first: Int
  let end: Int
  let roll: Roll

  var intensity: Supervisor.Intensity { .unlimited }
  var children: [ChildSpec] { members(first..<end, roll) }
}

private func members(_ indices: Range<Int>, _ roll: Roll) -> [ChildSpec] {
  indices.map { index in ChildSpec(id: "\(index)") { try Member(roll) } }
}

/// A counter that puts itself on the roll.
private struct Member: GenServer {
  typealias Message = Counter.Message

  private var counter = Counter()

  init(_ roll: Roll) throws {
    guard let process = CurrentProcess.id else { throw BenchmarkFailure("a member outside of processes") }
    roll.add(process)
  }

  mutating func handle(_ message: Message) throws { try counter.handle(message) }
}

/// Who has started.
///
/// A supervisor knows ids, which take no messages. Names for a million would be a measurement of names.
private final class Roll: Sendable {
  private let members = Mutex<[ProcessRef<Counter.Message>]>([])

  init(expecting count: Int) { members.withLock { $0.reserveCapacity(count) } }

  var all: [ProcessRef<Counter.Message>] { members.withLock { $0 } }

  func add(_ process: ProcessID) {
    // Both are one reference to the process.
    let server = unsafeBitCast(process, to: ProcessRef<Counter.Message>.self)
    members.withLock { $0.append(server) }
  }
}
