import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Senders, and a connection that is busy", .timeLimit(.minutes(1)))
struct BusyConnectionTests {
  typealias Server = ProcessName<Int>

  /// A process that sends 1 with a limit, and ends with the result as its reason.
  private static func sender(within limit: Duration?) -> ProcessID {
    spawn {
      let result = await Server("server", node: "b@h").send(1, within: limit)
      throw Outcome(result: result)
    }
  }

  private struct Outcome: Error, Equatable { let result: SendResult }

  private static func outcome(_ reason: ExitReason) -> SendResult? {
    (reason.error as? Outcome)?.result
  }

  @Test("WIRE-17: a sender that can wait waits until the peer has read; one that cannot goes on at once")
  func waits() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.peer.isBusy = true
      let sender = Self.sender(within: nil)
      try await node.settle()
      #expect(rig.peer.waitingCount == 1 && rig.peer.takeSent().isEmpty && sender.isAlive)
      Server("server", node: "b@h").send(2)
      let tried = try Server("server", node: "b@h").trySend(3)
      #expect(tried == .accepted)
      #expect(rig.peer.takeSent().count == 2)
      rig.peer.isBusy = false
      let reason = await sender.exited()
      #expect(Self.outcome(reason) == .accepted)
      #expect(rig.peer.takeSent().count == 1)
    }
  }

  @Test("WIRE-17: a sender waits no longer than it wants, and has sent nothing then")
  func timeout() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.peer.isBusy = true
      let sender = Self.sender(within: .seconds(3))
      try await node.settle()
      #expect(rig.peer.waitingCount == 1)
      try await CurrentProcess.sleep(for: .seconds(2))
      #expect(sender.isAlive)
      let reason = await sender.exited()
      #expect(Self.outcome(reason) == .rejected)
      #expect(rig.peer.takeSent().isEmpty && rig.peer.waitingCount == 0)
      let hasty = await Self.sender(within: .zero).exited()
      #expect(Self.outcome(hasty) == .rejected)
    }
  }

  @Test("WIRE-17: a sender that waits learns that the connection is lost")
  func lost() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.peer.isBusy = true
      let sender = Self.sender(within: .seconds(3))
      try await node.settle()
      rig.peer.close(.closedByPeer)
      rig.lose()
      let reason = await sender.exited()
      #expect(Self.outcome(reason) == .noProcess)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("WIRE-17: a sender that is killed while it waits waits no more, and sends nothing")
  func killed() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.peer.isBusy = true
      let sender = Self.sender(within: nil)
      try await node.settle()
      sender.exit(.kill)
      let reason = await sender.exited()
      #expect(reason == .killed)
      try await node.settle()
      #expect(rig.peer.waitingCount == 0)
      rig.peer.isBusy = false
      try await node.settle()
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("WIRE-17: a call waits too, as long as its answer may take, and ends with the connection")
  func calls() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.peer.isBusy = true
      let cache = ProcessName<Store.Message>("cache", node: "b@h")
      let patient = spawn { _ = try await cache.call(timeout: nil) { .get(key: "tea", $0) } }
      let hasty = spawn { _ = try await cache.call(timeout: .seconds(1)) { .get(key: "tea", $0) } }
      try await node.settle()
      #expect(rig.peer.waitingCount == 2 && rig.peer.takeSent().isEmpty)
      let reason = await hasty.exited()
      #expect("\(reason)".contains("timeout"), "\(reason)")
      rig.peer.isBusy = false
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text).contains("monitor cache"))
      #expect(patient.isAlive)
      patient.exit(.kill)
      _ = await patient.exited()
      rig.peer.isBusy = true
      let unlucky = spawn { _ = try await cache.call { .get(key: "tea", $0) } }
      try await node.settle()
      rig.peer.close(.closedByPeer)
      let lost = await unlucky.exited()
      #expect("\(lost)".contains("no connection"), "\(lost)")
    }
  }
}
