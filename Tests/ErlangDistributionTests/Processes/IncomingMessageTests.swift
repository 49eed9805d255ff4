import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Messages that other nodes send", .timeLimit(.minutes(1)))
struct IncomingMessageTests {
  @Test("GEN-11: a server with Codable messages is called and cast by name and by pid")
  func calls() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let store = try await Store.start("store") { Store() }
      try rig.send(GenMessage.cast(.tuple([.atom("put"), "tea", 3])).term, to: .name("store"))
      try rig.call(.name("store"), .tuple([.atom("get"), "tea"]), 1)
      try rig.call(.pid(rig.node.pid(of: store.id)), .atom("flush"), 2)
      try rig.call(.name("store"), .tuple([.atom("get"), "tea"]), 3)
      try await node.settle()
      #expect(
        rig.peer.takeSent().map(\.text) == [
          "alias 1 {[alias|\(Term.reference(rig.ref(1)))],3}", "alias 2 {[alias|\(Term.reference(rig.ref(2)))],ok}",
          "alias 3 {[alias|\(Term.reference(rig.ref(3)))],0}",
        ])
    }
  }

  @Test("GS-10: an answer may be given later, and counts once")
  func later() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let store = try await Store.start("store") { Store() }
      try rig.call(.name("store"), .atom("keep"))
      try await node.settle()
      #expect(rig.peer.takeSent().isEmpty)
      store.send(.release)
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["alias 1 {[alias|\(Term.reference(rig.ref()))],1}"])
    }
  }

  @Test("GEN-14: a caller hears at once of an answer that is never given, and of the server's end with its reason")
  func unanswered() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let store = try await Store.start("store") { Store() }
      try rig.call(.name("store"), .atom("drop"), 1)
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["down store 1 no_reply"])
      try rig.call(.name("store"), .atom("fail"), 2)
      #expect(await store.id.exited() == .failure(ErlangExit(.tuple([.atom("boom"), 1]))))
      #expect(rig.peer.takeSent().map(\.text) == ["down store 2 {boom,1}"])
    }
  }

  @Test(
    "GEN-16: a message that the server does not know ends neither; the caller hears of it, others are reported",
    arguments: [Term.atom("what"), .tuple([.atom("get"), 5]), .tuple([.atom("put"), "tea", 1]), .nil])
  func unknown(request: Term) async throws {
    try await withTestNode { node in
      let rig = Rig()
      let store = try await Store.start("store") { Store() }
      try rig.call(.name("store"), request)
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["down store 1 {bad_call,\(request)}"])
      try rig.send(GenMessage.cast(.tuple([.atom("get"), "tea"])).term, to: .name("store"))
      try rig.send(.atom("hello"), to: .name("store"))
      try rig.send(.atom("hello"), to: .name("nobody"))
      try await node.settle()
      #expect(store.id.isAlive && rig.peer.closed.isEmpty)
      #expect(node.reports(of: DistributionReport.self).count { $0.text.contains("was dropped") } == 3)
    }
  }

  @Test("GEN-16: a trap in the decoding of a message ends the server alone, and the caller hears of it")
  func trap() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let fragile = try await Fragile.start("fragile") { Fragile() }
      try rig.call(.name("fragile"), 1)
      let reason = await fragile.id.exited()
      #expect(reason.fault != nil)
      #expect(
        rig.peer.takeSent().map(\.text).first?.hasPrefix("down fragile 1 {swift_fault,<<\"trap\">>,<<\"Fatal error")
          == true)
    }
  }

  @Test("SIG-7: a process with a mailbox takes what comes from elsewhere in its own order")
  func mailbox() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn(receiving: Int.self) { inbox in
        let second = try await inbox.next { $0 == 2 }
        #expect(second == 2)
        let answer1 = try await inbox.next()
        #expect(answer1 == 1)
        let answer2 = try await inbox.next(within: .seconds(1))
        #expect(answer2 == 3)
      }
      let own = ProcessTarget.pid(rig.node.pid(of: process))
      for term: Term in [1, .atom("no number"), 2] { try rig.send(term, to: own) }
      try await node.settle()
      try rig.send(GenMessage.cast(3).term, to: own)
      #expect(await process.exited() == .normal)
    }
  }

  @Test("GEN-11: what is no term closes the connection, once somebody looks at it")
  func undecodable() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let store = try await Store.start("store") { Store() }
      rig.receive(.sendToName(from: rig.remotePid(), to: "nobody", Payload(bytes: [255])))
      try await node.settle()
      #expect(rig.peer.closed.isEmpty)
      rig.receive(.sendToName(from: rig.remotePid(), to: "store", Payload(bytes: [255])))
      try await node.settle()
      #expect(rig.peer.closed.count == 1 && store.id.isAlive)
    }
  }

  @Test("GS-48: GenServer.stop and sys of another node: state, status, an order to end")
  func system() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let store = try await Store.start("store") { Store() }
      let caller = GenMessage.Caller(
        pid: rig.remotePid(), tag: .improperList([.atom("alias")], tail: .reference(rig.ref())))
      func ask(_ request: Term) async throws -> String {
        try rig.send(.tuple([.atom("system"), caller.term, request]), to: .name("store"))
        try await node.settle()
        return rig.peer.takeSent().map(\.text).joined()
      }
      let answer3 = try await ask(.atom("get_state"))
      #expect(answer3.contains("description"))
      let answer4 = try await ask(.atom("get_status"))
      #expect(answer4.contains("{status,"))
      let answer5 = try await ask(.atom("what"))
      #expect(answer5.contains("unknown_system_msg"))
      let answer6 = try await ask(.tuple([.atom("terminate"), .atom("shutdown")]))
      #expect(answer6.hasSuffix("ok}"))
      #expect(await store.id.exited() == .shutdown)
    }
  }

  @Test("SUP-90: a supervisor answers Elixir's Supervisor: its children, one more, one less")
  func supervisor() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.node.exportChild("Elixir.Store", "start_link") { _ in ChildSpec { Store() } }
      _ = try await Supervisor.start(strategy: .oneForOne, name: "sup") { ChildSpec(id: "a") { Store() } }
      func ask(_ request: Term) async throws -> Term {
        try rig.call(.name("sup"), request)
        try await node.settle()
        rig.receive(.demonitor(from: rig.remotePid(), .name("sup"), rig.ref()))
        guard case .sendToAlias(_, _, let payload)? = rig.peer.takeSent().last else { return .nil }
        return try payload.term().elements?.last ?? .nil
      }
      let spec = Term.map([
        .atom("id"): .atom("b"), .atom("restart"): .atom("transient"),
        .atom("start"): .tuple([.atom("Elixir.Store"), .atom("start_link"), .list([])]),
      ])
      let answer7 = try await ask(.atom("count_children"))
      #expect(answer7.list?.first == .tuple([.atom("specs"), 1]))
      let answer8 = try await ask(.tuple([.atom("start_child"), spec]))
      #expect(answer8.elements?.first == .atom("ok"))
      let answer9 = try await ask(.tuple([.atom("start_child"), spec]))
      #expect(answer9.elements?.last?.elements?.first == .atom("already_started"))
      let children = try await ask(.atom("which_children")).list ?? []
      #expect(children.map { $0.elements?.first } == [.atom("b"), .atom("a")])
      let answer10 = try await ask(.tuple([.atom("delete_child"), .atom("b")]))
      #expect(answer10 == .tuple([.atom("error"), .atom("running")]))
      let answer11 = try await ask(.tuple([.atom("terminate_child"), .atom("b")]))
      #expect(answer11 == .atom("ok"))
      let answer12 = try await ask(.tuple([.atom("restart_child"), .atom("b")]))
      #expect(answer12.elements?.first == .atom("ok"))
      let answer13 = try await ask(.tuple([.atom("terminate_child"), .atom("b")]))
      #expect(answer13 == .atom("ok"))
      let answer14 = try await ask(.tuple([.atom("delete_child"), .atom("b")]))
      #expect(answer14 == .atom("ok"))
      let answer15 = try await ask(.tuple([.atom("delete_child"), .atom("b")]))
      #expect(answer15 == .tuple([.atom("error"), .atom("not_found")]))
      let unknown = Term.map([.atom("id"): 1, .atom("start"): .tuple([.atom("m"), .atom("f"), .list([])])])
      let answer16 = try await ask(.tuple([.atom("start_child"), unknown]))
      #expect(answer16.elements?.first == .atom("error"))
    }
  }

  @Test("GEN-11: exported functions run in a process of their own; others are undef, or not started at all")
  func functions() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.node.export("calc", "add", arity: 2) { .integer(($0[0].int ?? 0) + ($0[1].int ?? 0)) }
      func ask(_ module: Atom, _ function: Atom, _ arguments: [Term]) async throws -> [String] {
        let pid = rig.remotePid()
        rig.receive(
          .spawnRequest(
            SpawnRequest(
              id: rig.ref(), from: pid, groupLeader: pid, module: module, function: function, arity: arguments.count,
              options: [.atom("monitor")], arguments: try Payload(.list(arguments)))))
        try await node.settle()
        return rig.peer.takeSent().map(\.text)
      }
      let call: [Term] = [.atom("r"), .atom("calc"), .atom("add"), [1, 2]]
      let answer17 = try await ask("erpc", "execute_call", call)
      #expect(answer17 == ["spawned", "down here 1 {r,return,3}"])
      let undefined: [Term] = [.atom("r"), .atom("os"), .atom("cmd"), [1]]
      let answer18 = try await ask("erpc", "execute_call", undefined)
      #expect(answer18 == ["spawned", "down here 1 {r,error,undef,[{os,cmd,[1],[]}]}"])
      let answer19 = try await ask("os", "cmd", ["id"])
      #expect(answer19 == ["spawned notsup"])
    }
  }
}

/// Its messages are decoded by code that traps.
struct Fragile: GenServer {
  struct Message: Codable, Sendable {
    init(from decoder: any Decoder) throws {
      let empty: [Int] = []
      _ = empty[1]
    }
    func encode(to encoder: any Encoder) throws {}
  }

  func handle(_ message: Message) {}
}
