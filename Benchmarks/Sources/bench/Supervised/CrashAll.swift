import Harness
import Supervision

extension Benchmark {
  /// What the project promises to show: a hundred thousand crashes, and nothing is missing afterwards.
  static var crashAll: [Benchmark] {
    [Benchmark("crash_all_100k", 100_000, receiving: Lifecycle.self, crashAllOnce)]
  }
}

private enum Lifecycle: Sendable {
  case up(Int)
  case terminated(Int)
}

/// A named child that tells of its start and of its orderly end.
private struct Mortal: GenServer {
  typealias Message = Counter.Message

  private let index: Int
  private let listener: ProcessRef<Lifecycle>
  private var counter = Counter()

  init(_ index: Int, _ listener: ProcessRef<Lifecycle>) {
    self.index = index
    self.listener = listener
    CurrentProcess.trapsExits = true
    listener.send(.up(index))
  }

  mutating func handle(_ message: Message) throws { try counter.handle(message) }

  func terminate(_ reason: ExitReason) {
    if reason == .shutdown { listener.send(.terminated(index)) }
  }
}

/// N supervised servers (under at most 100 supervisors) start, each crashes once by a thrown error, all come back, and
/// the tree shuts down in order.
///
/// Fails if anything is missing. `per_sec` is crashes that have been repaired in a second; `bytes_…` is what is
/// allocated.
private func crashAllOnce(_ n: Int, _ inbox: Mailbox<Lifecycle>) async throws -> Metrics {
  let names = (0..<n).map { ProcessName<Counter.Message>("mortal_\($0)") }
  let listener = inbox.ref
  let before = Memory.inUse

  let began = OS.now()
  let top = try await start(names, listener)
  try await expectAllUp(n, inbox, "start")
  let started = OS.now()
  let alive = Memory.inUse

  let crashing = OS.now()
  for name in names { try name.trySend(.crash) }
  try await expectAllUp(n, inbox, "restart")
  let restarted = OS.now()
  let after = Memory.inUse
  for name in names { _ = try await name.call { .ping($0) } }

  let stopping = OS.now()
  try await top.stop(reason: .shutdown)
  let stopped = OS.now()
  for expected in (0..<n).reversed() {
    guard case .terminated(expected) = try await inbox.next(within: .zero) else {
      throw BenchmarkFailure("child \(expected) did not end in its turn")
    }
  }
  for name in names { try check(name.whereis == nil, "\(name) has survived its supervisor") }

  func seconds(_ from: Int, _ to: Int) -> Double { Double(to - from) / 1e9 }
  return [
    "seconds": seconds(crashing, restarted), "per_sec": Double(n) / seconds(crashing, restarted),
    "start_seconds": seconds(began, started), "stop_seconds": seconds(stopping, stopped),
    "bytes_before": Double(before), "bytes_alive": Double(alive), "bytes_restarted": Double(after),
    "bytes_after": Double(Memory.inUse), "bytes_each": Double(alive - before) / Double(n),
  ]
}

private func start(
  _ names: [ProcessName<Counter.Message>], _ listener: ProcessRef<Lifecycle>
) async throws -> Supervisor {
  let each = (names.count + 99) / 100
  return try await Supervisor.start(
    unlimited: stride(from: 0, to: names.count, by: each).map { first in
      let workers = (first..<min(first + each, names.count)).map { index in
        ChildSpec(names[index], id: "\(index)") { Mortal(index, listener) }
      }
      return ChildSpec(Subtree(workers: workers), id: "from \(first)")
    })
}

/// Waits until every child has said once that it is up.
private func expectAllUp(_ n: Int, _ inbox: Mailbox<Lifecycle>, _ what: String) async throws {
  var isUp = [Bool](repeating: false, count: n)
  for count in 0..<n {
    guard case .up(let index) = try await inbox.next(within: .seconds(60)) else {
      throw BenchmarkFailure("\(what): a child was told to shut down")
    }
    try check(!isUp[index], "\(what): child \(index) has started twice, with \(count) of \(n) up")
    isUp[index] = true
  }
}
