import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Two nodes over a network in memory", .timeLimit(.minutes(1)))
struct TwoNodesTests {
  private static func node(_ name: Atom, creation: UInt32, _ network: MemoryNetwork) -> (ErlangNode, MemoryNode) {
    let distribution = Distribution(NodeIdentity(name: name, creation: creation), on: .current)
    let node = ErlangNode(distribution)
    let memory = network.node(name, creation: creation, events: distribution)
    distribution.network = memory
    return (node, memory)
  }

  // The network delivers in real time, so nothing waits in virtual time here.
  @Test("GEN-11: a call dials, is answered, and a lost node ends what waits; then it is dialled again")
  func calls() async throws {
    try await withTestNode { node in
      let network = MemoryNetwork(isAutomatic: true)
      let (there, _) = Self.node("b@h", creation: 9, network)
      defer { withExtendedLifetime(there) {} }
      // The last one made is the one that the names of this program's processes are looked up by.
      let (here, memory) = Self.node("a@h", creation: 8, network)
      let store = try await Store.start("store") { Store() }
      let remote = ProcessName<Store.Message>("store", node: "b@h")
      remote.send(.put(key: "tea", 3))
      let value1 = try await remote.call(timeout: nil) { .get(key: "tea", $0) }
      #expect(value1 == 3)
      try await remote.call(timeout: nil) { .flush($0) }
      let value2 = try await remote.call(timeout: nil) { .get(key: "tea", $0) }
      #expect(value2 == 0)
      #expect(here.connectedNodes == ["b@h"])

      let waiting = spawn {
        do {
          let _: Int = try await remote.call(timeout: nil) { .keep($0) }
        } catch let error as CallError {
          guard error.reason == .noConnection else { throw error }
        }
      }
      try await node.settle()
      for connection in memory.connections { connection.close(.disconnected) }
      #expect(await waiting.exited() == .normal)
      let value3 = try await remote.call(timeout: nil) { .get(key: "tea", $0) }
      #expect(value3 == 0)
      #expect(store.id.isAlive)
    }
  }

  @Test("GEN-13: a caller's message may be passed on to another node, which answers it")
  func forwarding() async throws {
    try await withTestNode { _ in
      let network = MemoryNetwork(isAutomatic: true)
      let (there, _) = Self.node("b@h", creation: 9, network)
      defer { withExtendedLifetime(there) {} }
      let (here, _) = Self.node("a@h", creation: 8, network)
      defer { withExtendedLifetime(here) {} }
      _ = try await Store.start("store") { Store() }
      let front = try await Front.start("front") { Front(back: ProcessName("store", node: "b@h")) }
      front.send(.put(key: "tea", 5))
      let value4 = try await front.call(timeout: nil) { .get(key: "tea", $0) }
      #expect(value4 == 5)
    }
  }

  @Test("PID-1: an id that goes to another node and comes back is the same id")
  func ids() async throws {
    try await withTestNode { _ in
      let network = MemoryNetwork(isAutomatic: true)
      let (there, _) = Self.node("b@h", creation: 9, network)
      defer { withExtendedLifetime(there) {} }
      let (here, _) = Self.node("a@h", creation: 8, network)
      defer { withExtendedLifetime(here) {} }
      _ = try await Mirror.start("mirror") { Mirror() }
      let process = spawn { try await suspendForever() }
      let back = try await ProcessName<Mirror.Message>("mirror", node: "b@h").call(timeout: nil) { .show(process, $0) }
      #expect(back == process)
    }
  }
}

/// Passes on what it gets.
struct Front: GenServer {
  typealias Message = Store.Message

  let back: ProcessName<Store.Message>

  func handle(_ message: Message) { back.send(message) }
}

/// Sends back what it is shown.
struct Mirror: GenServer {
  enum Message: Codable, Sendable { case show(ProcessID, ReplyTo<ProcessID>) }

  func handle(_ message: Message) {
    if case .show(let process, let reply) = message { reply(process) }
  }
}
