@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// In programs of their own: the policy is the program's.
///
/// The times are long beside those for which a busy machine keeps a thread waiting in the middle of a turn: that is no hang, but
/// it looks like one.
@Suite("Turns that do not end", .serialized, .timeLimit(.minutes(2)))
struct HangTests {
  @Test(
    "disowned, the process ends with a fault, its callers hear of it, its supervisor starts another, its thread comes back"
  )
  func disown() async {
    await #expect(processExitsWith: .success) {
      HangPolicy.program = .disown(after: .seconds(1))
      let reports = Reported()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { ChildSpec(.stuck) { Stuck() } }
      let before = ProcessName.stuck.whereis
      do {
        _ = try await ProcessName.stuck.call { .hang(seconds: 3, $0) }
        Issue.record("answered")
      } catch let error as CallError {
        guard case .exited(let reason) = error.kind else { throw error }
        #expect(reason.fault?.kind == .hang)
        #expect(reason.fault?.message.contains("in hang") == true)
      }
      let after = try await ProcessName.stuck.registered(otherThan: before, within: .seconds(10))
      #expect(after != before)
      #expect(try await ProcessName.stuck.call { .ping($0) } == 1)
      await reports.first()
      #expect(reports.hangs.map(\.isDisowned) == [true])
      #expect(reports.hangs.first?.text.contains("stuck (") == true)
      while Node.shared.wantedSpares > 0 { try await Task.sleep(for: .milliseconds(20)) }
      try await supervisor.stop()
    }
  }

  @Test("warned about, it goes on")
  func warn() async {
    await #expect(processExitsWith: .success) {
      HangPolicy.program = .warn(after: .milliseconds(700))
      let reports = Reported()
      let stuck = try await Stuck.start { Stuck() }
      #expect(try await stuck.call { .hang(seconds: 1.5, $0) } == 1)
      await reports.first()
      #expect(reports.hangs.map(\.isDisowned) == [false])
      #expect(reports.hangs.first?.message == "hang")
      // Time spent at rest, or in blocking, is no hang.
      _ = await spawn { try await CurrentProcess.sleep(for: .seconds(1)) }.exited()
      _ = await spawn { _ = try await blocking { usleep(1_000_000) } }.exited()
      #expect(reports.hangs.count == 1)
      try await stuck.stop()
    }
  }

  @Test("a log handler that blocks does not keep the monitor from other turns that do not end")
  func blockedLog() async {
    await #expect(processExitsWith: .success) {
      HangPolicy.program = .warn(after: .milliseconds(30))
      let isBlocked = Atomic<Bool>(false)
      _ = Node.shared.reports.listen { _ in
        isBlocked.store(true, ordering: .releasing)
        while true { sleep(1) }
      }
      var hogs = [spawn { while !Task.isCancelled { sched_yield() } }]
      // The first one is reported, and its report blocks; then come more than there are threads.
      while !isBlocked.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(1)) }
      for _ in 0..<Processors.available + 4 { hogs.append(spawn { while !Task.isCancelled { sched_yield() } }) }
      let other = try await Stuck.start { Stuck() }
      #expect(try await other.call(timeout: .seconds(20)) { .ping($0) } == 1)
      for hog in hogs { hog.exit(.kill) }
    }
  }

  @Test("durations of any length")
  func durations() {
    #expect(HangPolicy.warn(after: .zero).after == 1)
    #expect(HangPolicy.warn(after: .seconds(-5)).after == 1)
    #expect(HangPolicy.warn(after: .seconds(Int64.max)).after == .max)
    #expect(HangPolicy.disown(after: .milliseconds(1_500)).after == 1_500)
    #expect(HangPolicy.off.action == nil)
  }
}

private final class Reported: Sendable {
  private let seen = Mutex<[HangReport]>([])

  init() {
    _ = Node.shared.reports.listen { [self] report in
      if let report = report as? HangReport { seen.withLock { $0.append(report) } }
    }
  }

  var hangs: [HangReport] { seen.withLock { $0 } }

  /// Reports are written on a thread of their own.
  func first() async {
    while hangs.isEmpty { try? await Task.sleep(for: .milliseconds(1)) }
  }
}

private struct Stuck: GenServer {
  enum Message: Sendable {
    case hang(seconds: Double, ReplyTo<Int>)
    case ping(ReplyTo<Int>)
  }

  func handle(_ message: Message) {
    switch message {
    case .hang(let seconds, let reply):
      let end = MonotonicClock().now() + Int64(seconds * 1e9)
      while MonotonicClock().now() < end { sched_yield() }
      reply(1)
    case .ping(let reply): reply(1)
    }
  }
}

extension ProcessName where Message == Stuck.Message {
  fileprivate static var stuck: Self { "stuck" }
}
