import Supervision
import Synchronization

/// Very many traps in supervised processes, while healthy ones answer calls.
struct Storm {
  let traps: Int
  private let victims = 1_000

  private struct Mortal: GenServer {
    enum Message: Sendable {
      case trap(Instants)
      case ping(ReplyTo<Bool>)
    }
    func handle(_ message: Message) {
      switch message {
      case .trap(let instant):
        instant.note()
        use(opaque([1])[opaque(2)])
      case .ping(let reply): reply(true)
      }
    }
  }

  /// Nanoseconds from a trap to the exit signal, and to the new process's answer.
  private final class Times: Sendable {
    let value = Mutex<[(Int, Int)]>([])
  }

  init(traps: Int) { self.traps = traps }

  func run() async throws -> [String] {
    let neighbours = try await Neighbours.start(pairs: 50, pause: .milliseconds(1))
    let names = (0..<victims).map { ProcessName<Mortal.Message>("mortal-\($0)") }
    let supervisor = try await Supervisor.start(
      strategy: .oneForOne, intensity: .restarts(traps * 2, within: .seconds(600))
    ) {
      for name in names { ChildSpec(name, shutdown: .brutalKill) { Mortal() } }
    }
    let before = (memory: OS.status("VmRSS"), threads: OS.status("Threads"))
    await neighbours.reset()
    let began = OS.now()
    let seenTimes = Times()
    let drivers = (0..<4).map { [traps, victims] worker in
      spawn {
        let times = try await Self.trap(names, from: worker, step: 4, times: traps / victims)
        seenTimes.value.withLock { $0 += times }
      }
    }
    for driver in drivers {
      let reason = await driver.exited()
      if reason != .normal { throw Unexpected("a driver ended with \(reason)") }
    }
    let times = seenTimes.value.withLock { $0 }
    let seconds = Double(OS.now() - began) / 1e9
    let seen = await neighbours.seen()
    let after = (memory: OS.status("VmRSS"), threads: OS.status("Threads"))
    try await supervisor.stop()

    let each = Double((after.memory - before.memory) * 1_024) / Double(times.count)
    let ended = percentile(times.map(\.0).sorted(), 0.5)
    let restarted = percentile(times.map(\.1).sorted(), 0.5)
    OS.print(
      """

      storm: \(times.count) traps in \(victims) supervised processes, \((seconds * 10).rounded() / 10) s
        trap to exit signal     \(Int(ended)) µs median, \(Int(percentile(times.map(\.0).sorted(), 0.99))) µs p99
        trap to answering again \(Int(restarted)) µs median, \(Int(percentile(times.map(\.1).sorted(), 0.99))) µs p99
        resident memory a trap  \(Int(each)) bytes
        threads                 \(before.threads) before, \(after.threads) after
        healthy neighbours      \(seen.calls) calls, \(seen.failed) failed, p99 \(Int(seen.p99)) µs
      """)
    var failures: [String] = []
    if seen.failed > 0 { failures.append("storm: \(seen.failed) calls between neighbours failed") }
    if times.count != traps / victims * victims { failures.append("storm: \(times.count) of \(traps) traps") }
    return failures
  }

  private static func trap(
    _ names: [ProcessName<Mortal.Message>], from first: Int, step: Int, times: Int
  ) async throws -> [(Int, Int)] {
    var seen: [(Int, Int)] = []
    for _ in 0..<times {
      for index in stride(from: first, to: names.count, by: step) {
        let name = names[index]
        guard let process = name.whereis else { throw Unexpected("\(name) is gone") }
        let instant = Instants()
        name.send(.trap(instant))
        let reason = await process.exited()
        let ended = OS.now()
        guard reason.fault != nil else { throw Unexpected("ended with \(reason)") }
        _ = try await name.registered(otherThan: process, within: .seconds(20))
        _ = try await name.call(timeout: .seconds(20)) { .ping($0) }
        seen.append((ended - instant.nanoseconds, OS.now() - instant.nanoseconds))
      }
    }
    return seen
  }
}
