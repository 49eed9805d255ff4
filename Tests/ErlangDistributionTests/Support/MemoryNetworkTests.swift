import ErlangDistribution
import ErlangTerms
import Testing

@Suite("A network in memory, as tests of processes use it", .timeLimit(.minutes(1)))
struct MemoryNetworkTests {
  @Test("messages arrive in order, between one connected and one disconnected")
  func order() async throws {
    let network = MemoryNetwork(isAutomatic: true)
    let events = (RecordingEvents(), RecordingEvents())
    let here = network.node("a@h", events: events.0)
    let there = network.node("b@h", creation: 7, events: events.1)
    let connection = try await here.connect(to: "b@h")
    let pid = Term.Pid(node: "a@h", id: 1, serial: 0, creation: 1)
    for number in 1...3 {
      #expect(connection.send(.sendToName(from: pid, to: "x", try Payload(.integer(number)))) == .accepted)
    }
    network.remove(there)
    while events.0.reasons.isEmpty || events.1.reasons.isEmpty { await Task.yield() }
    #expect(connection.peer.node == NodeIdentity(name: "b@h", creation: 7))
    let numbers = try events.1.received.map { message in
      guard case .sendToName(_, _, let payload) = message else { return Term.nil }
      return try payload.term()
    }
    #expect(numbers == [1, 2, 3])
    #expect(events.0.reasons == [.closedByPeer] && events.1.reasons == [.nodeStopped])
    #expect(connection.send(.link(from: pid, to: pid)) == .closed)
    #expect(here.connection(to: "b@h") == nil)
  }
}
