import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

/// Calling a supervisor from a place that it waits for.
///
/// OTP waits for ever; here the caller is told at once.
@Suite("Supervisor processes: circles", .timeLimit(.minutes(1)))
struct SupervisorDeadlockTests {
  /// A child whose init asks something of somebody.
  private struct Curious: GenServer {
    enum Message: Sendable {}
    init(_ ask: @Sendable () async throws -> Void) async throws { try await ask() }
    func handle(_ message: Message) {}
  }

  /// A server that asks the supervisor on behalf of others.
  private struct Broker: GenServer {
    enum Message: Sendable { case ask(ReplyTo<SupervisorError?>) }
    let supervisor: Supervisor
    func handle(_ message: Message) async {
      switch message {
      case .ask(let reply):
        reply(await error { () async throws(SupervisorError) in try await supervisor.children() })
      }
    }
  }

  private static func supervisor(_ name: ProcessName<Never>) throws -> Supervisor {
    Supervisor(id: try #require(name.whereis))
  }

  @Test("SUP-114: a child that calls its supervisor from its init fails to start, and the error shows the circle")
  func fromInit() async throws {
    try await withTestNode { node in
      let error = await startError { () async throws(StartError) in
        try await Supervisor.start(strategy: .oneForOne, name: "top") {
          ChildSpec(id: "a") { try await Curious { _ = try await Self.supervisor("top").children() } }
        }
      }
      let failure = error?.reason.shutdownDetail as? ChildStartFailure
      #expect(failure?.id == "a")
      let cause = failure?.reason.error as? SupervisorError
      #expect(
        cause?.description.hasPrefix("deadlock: each waits for the next: <0.") == true, "\(String(describing: error))")
      #expect(cause?.description.hasSuffix("a child cannot call its supervisor while that starts or stops it") == true)
      #expect(node.elapsed < .seconds(1))
      #expect(node.processes.count == 1)
    }
  }

  @Test(
    "SUP-114: the same through another process, on a restart, and with a dynamic supervisor",
    arguments: 0..<100 as Range<UInt64>)
  func fromAfar(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {}
      let broker = try await Broker.start { Broker(supervisor: supervisor) }
      let error = await error { () async throws(SupervisorError) in
        try await supervisor.startChild(
          ChildSpec(id: "a") {
            try await Curious {
              if let error = try await broker.call(Broker.Message.ask) { throw error }
            }
          })
      }
      #expect((error?.reason?.error as? SupervisorError)?.description.hasPrefix("deadlock") == true)
      // It has lost nothing by it.
      #expect(try await supervisor.children() == [])
      #expect(try await broker.call(Broker.Message.ask) == nil)
      let workers = try await DynamicSupervisor.start(name: "workers")
      let second = await SupervisionTests.error { () async throws(SupervisorError) in
        try await workers.startChild {
          try await Curious { _ = try await DynamicSupervisor.named("workers").startChild { Greeter() } }
        }
      }
      #expect((second?.reason?.error as? SupervisorError)?.description.hasPrefix("deadlock") == true)
      #expect(try await workers.countChildren().specs == 0)
      #expect(node.elapsed < .seconds(1))
    }
  }

  @Test("SUP-114: a supervisor's own process that calls itself is told so; a running child may call its supervisor")
  func running() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a") }
      let counts = Probe<Supervisor.Counts>()
      stage.tell("a", .perform { counts.ref.send(try await supervisor.countChildren()) })
      #expect(try await counts.next().active == 1)
      let errors = Probe<SupervisorError>()
      let start: @Sendable () async throws -> ProcessID? = {
        let answer = await error { () async throws(SupervisorError) in try await supervisor.children() }
        if let answer { errors.ref.send(answer) }
        return nil
      }
      let ignored = await error { () async throws(SupervisorError) in
        try await supervisor.startChild(ChildSpec(id: "itself", start: start))
      }
      #expect(ignored == .ignored)
      #expect(try await errors.next() == .callingSelf)
    }
  }
}
