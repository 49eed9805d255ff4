import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Sys between two nodes of this library", .timeLimit(.minutes(1)))
struct TwoNodesSysTests {
  /// Two nodes over a network in memory, whose processes are the same.
  private func nodes(_ body: (ErlangNode) async throws -> Void) async throws {
    let network = MemoryNetwork(isAutomatic: true)
    let nodes = (["b@h", "a@h"] as [Atom]).map { name in
      let distribution = Distribution(NodeIdentity(name: name, creation: 9), on: .current)
      distribution.network = network.node(name, creation: 9, events: distribution)
      return ErlangNode(distribution)
    }
    // The last one made is the one that the names of this program's processes are looked up by.
    try await body(nodes[1])
    withExtendedLifetime(nodes) {}
  }

  // The network delivers in real time, so nothing waits in virtual time here.
  @Test("SYS-2, SYS-4, SYS-5, SYS-6, SYS-14: a server there is looked at, suspended, resumed and ended as one here")
  func server() async throws {
    try await withTestNode { node in
      try await nodes { _ in
        let here = try await Till.start("till") { Till() }
        let till = ProcessName<Till.Message>("till", node: "b@h")
        try await Sys.suspend(till, timeout: nil)
        till.send(.add(4))
        let suspended = try await Sys.getStatus(of: till, timeout: nil)
        #expect(suspended.activity == .suspended && suspended.behaviour == "GenServer" && suspended.kind == "Till")
        #expect(suspended.name == "till" && suspended.state == "#{amounts => []}")
        try await Sys.resume(till, timeout: nil)
        let term = try await Sys.getState(of: till, timeout: nil)
        #expect(term == .map([.atom("amounts"): [4]]))
        let copy = try await Sys.getState(of: till, as: Till.self, timeout: nil)
        let original = try await Sys.getState(of: here, as: Till.self)
        #expect("\(copy)" == "\(original)")
        // The term of a server here, as others see it.
        let own = try await Sys.getState(of: here)
        #expect(own == term)
        try await Sys.terminate(till, reason: .shutdown, timeout: nil)
        #expect(await here.id.exited() == .shutdown)
      }
    }
  }

  @Test("SYS-2, SYS-14: a state machine there, and a supervisor; a process that is no server")
  func kinds() async throws {
    try await withTestNode { node in
      try await nodes { a in
        let gate = try await Gate.start("gate") { Gate() }
        _ = try await Supervisor.start(strategy: .oneForAll, name: "sup") { ChildSpec(id: "a") { Till() } }
        let (state, data) = try await Sys.getState(
          of: ProcessName<Gate.Message>("gate", node: "b@h"), as: Gate.self, timeout: nil)
        #expect(state == .closed && "\(data)".contains("3"))
        let status = try await Sys.getStatus(of: ProcessName<Never>("sup", node: "b@h"), timeout: nil)
        #expect(status.behaviour == "GenServer" && status.kind.contains("Supervisor"))
        let supervisor = try await Sys.getState(of: ProcessName<Never>("sup", node: "b@h"), timeout: nil)
        #expect(supervisor[.atom("strategy")] == .atom("one_for_all"))
        let plain = spawn(receiving: Int.self) { inbox in _ = try await inbox.next() }
        try ProcessName<Int>("plain").register(ProcessRef(unsafelyTyped: plain))
        do {
          try await Sys.suspend(ProcessName<Int>("plain", node: "b@h"), timeout: nil)
          Issue.record("it was suspended")
        } catch {
          #expect("\(error)".contains("answers no system messages"))
        }
        plain.exit(.kill)
        gate.id.exit(.kill)
      }
    }
  }

  @Test("SYS-7, SYS-9, SYS-14: events there are counted and kept")
  func events() async throws {
    try await withTestNode { node in
      try await nodes { _ in
        let here = try await Till.start("till") { Till() }
        let till = ProcessName<Till.Message>("till", node: "b@h")
        try await Sys.startStatistics(of: till, timeout: nil)
        try await Sys.startLog(of: till, last: 3, timeout: nil)
        here.send(.add(1))
        here.send(.add(2))
        let statistics = try #require(try await Sys.statistics(of: till, timeout: nil))
        #expect(statistics.messagesIn == 2 && statistics.messagesOut == 0)
        let log = try await Sys.log(of: till, timeout: nil)
        let own = try await Sys.log(of: here)
        #expect(log.map(\.description) == own.map(\.description))
        #expect(log.count == 3)
        try await Sys.noDebug(till, timeout: nil)
        let none = try await Sys.statistics(of: till, timeout: nil)
        #expect(none == nil)
      }
    }
  }

  @Test("SYS-3, SYS-15: the state of a server of this node is replaced as a term too, or not, as the closure says")
  func here() async throws {
    try await withTestNode { node in
      try await nodes { _ in
        let till = try await Till.start("till") { Till() }
        let old = try await Sys.replaceState(of: till) { state -> Term in
          defer { state = .map([.atom("amounts"): [7]]) }
          return state
        }
        #expect(old == .map([.atom("amounts"): []]))
        try await Sys.replaceState(of: till, decoding: [String: [Int]].self) { $0["amounts"]?.append(8) }
        await #expect(throws: SysError.self) { try await Sys.replaceState(of: till) { $0 = 5 } }
        await #expect(throws: SysError.self) {
          try await Sys.replaceState(of: till) { _ in throw ExitReason.timeout }
        }
        let term = try await Sys.getState(of: till)
        #expect(term == .map([.atom("amounts"): [7, 8]]))
      }
    }
  }
}
