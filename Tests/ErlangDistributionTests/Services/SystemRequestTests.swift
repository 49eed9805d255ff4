import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("What sys asks of servers from other nodes", .timeLimit(.minutes(1)))
struct SystemRequestTests {
  @Test(
    "SYS-4: a server that another node suspends leaves messages of all nodes waiting, and handles them in order after")
  func suspended() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let till = try await Till.start("till") { Till() }
      try rig.ask("till", .atom("suspend"))
      try await node.settle()
      #expect(rig.takeAnswers() == [.atom("ok")])
      try rig.send(GenMessage.cast(.tuple([.atom("add"), 1])).term, to: .name("till"))
      till.send(.add(2))
      try rig.call(.name("till"), .atom("get"), 7)
      try rig.ask("till", .atom("get_state"), 2)
      try rig.ask("till", .atom("get_status"), 3)
      try await node.settle()
      let shown = rig.takeAnswers()
      #expect(shown.first == .map([.atom("amounts"): []]))
      #expect(shown.last?.elements?.last?.list?[1] == .atom("suspended"))
      try rig.ask("till", .atom("resume"), 4)
      try await node.settle()
      #expect(rig.takeAnswers() == [.atom("ok"), [1, 2]])
      try rig.ask("till", .atom("get_status"), 5)
      try await node.settle()
      #expect(rig.takeAnswers().first?.elements?.last?.list?[1] == .atom("running"))
    }
  }

  @Test("SYS-5: a suspended server ends when another node orders it, and its callers hear of it")
  func terminated() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let till = try await Till.start("till") { Till() }
      try rig.ask("till", .atom("suspend"))
      try rig.call(.name("till"), .atom("get"), 7)
      try rig.ask("till", .tuple([.atom("terminate"), .atom("shutdown")]), 2)
      #expect(await till.id.exited() == .shutdown)
      #expect(rig.peer.takeSent().map(\.text).last == "down till 7 shutdown")
    }
  }

  @Test("SYS-3: replace_state has the asker's node run its function, and takes what that makes if it is a state")
  func replaced() async throws {
    try await withTestNode { node in
      let rig = Rig()
      _ = try await Till.start("till") { Till() }
      func replace(with new: Term, _ number: UInt32) async throws -> Term? {
        try rig.ask("till", .tuple([.atom("replace_state"), .atom("function")]), number)
        try await node.settle()
        guard case .spawnRequest(let request)? = rig.peer.takeSent().last, let parts = try request.arguments.term().list
        else { return nil }
        #expect(parts[1...2] == [.atom("erlang"), .atom("apply")])
        #expect(parts[3].list?.first == .atom("function"))
        let result = Term.tuple([parts[0], .atom("return"), new])
        rig.receive(
          .spawnReply(id: request.id, to: request.from, .spawned(rig.remotePid(50), isLinked: false, isMonitored: true))
        )
        rig.receive(.monitorExit(from: .pid(rig.remotePid(50)), to: request.from, request.id, reason: result))
        try await node.settle()
        return rig.takeAnswers().last
      }
      let new = Term.map([.atom("amounts"): [5, 6]])
      let answer = try await replace(with: new, 1)
      #expect(answer == new)
      let refused = try await replace(with: .atom("nonsense"), 2)
      #expect(refused?.elements?.first == .atom("error"))
      #expect(refused?.elements?.last?.elements?.first == .atom("callback_failed"))
      try rig.ask("till", .atom("get_state"), 3)
      try await node.settle()
      #expect(rig.takeAnswers() == [new])
    }
  }

  @Test("SYS-3: nobody but the asker's node is asked to run a function")
  func deputy() async throws {
    try await withTestNode { node in
      let rig = Rig()
      _ = try await Till.start("till") { Till() }
      let third = Term.Pid(node: "third@h", id: 1, serial: 0, creation: 1)
      let caller = GenMessage.Caller(pid: third, tag: .improperList([.atom("alias")], tail: .reference(rig.ref())))
      try rig.send(
        .tuple([.atom("system"), caller.term, .tuple([.atom("replace_state"), .atom("f")])]), to: .name("till"))
      try await node.settle()
      let sent = rig.peer.takeSent().map(\.text)
      #expect(sent.count == 1 && sent.first?.contains("not_allowed") == true)
      try rig.ask("till", .atom("get_state"))
      try await node.settle()
      #expect(rig.takeAnswers() == [.map([.atom("amounts"): []])])
    }
  }

  @Test("SYS-7, SYS-9: statistics and log count what comes from then on; what is not known is unknown_debug")
  func debug() async throws {
    try await withTestNode { node in
      let rig = Rig()
      _ = try await Till.start("till") { Till() }
      func debug(_ command: Term) async throws -> Term? {
        try rig.ask("till", .tuple([.atom("debug"), command]))
        try await node.settle()
        return rig.takeAnswers().last
      }
      let none = try await debug(.tuple([.atom("statistics"), .atom("get")]))
      #expect(none == .tuple([.atom("ok"), .atom("no_statistics")]))
      for command in ["statistics", "log"] {
        let answer = try await debug(.tuple([.atom(Atom(command)), .atom("true")]))
        #expect(answer == .atom("ok"))
      }
      try rig.call(.name("till"), .atom("get"), 7)
      try await node.settle()
      let counted = try await debug(.tuple([.atom("statistics"), .atom("get")]))?.elements?.last?.list ?? []
      #expect(
        counted.compactMap { $0.elements?.first?.atom?.name } == [
          "start_time", "current_time", "reductions", "messages_in", "messages_out",
        ])
      #expect(counted.dropLast().last == .tuple([.atom("messages_in"), 1]))
      let log = try await debug(.tuple([.atom("log"), .atom("get")]))?.elements?.last?.list ?? []
      #expect(log.count == 2)
      let file = try await debug(.tuple([.atom("log_to_file"), .charlist("/tmp/x")]))
      #expect(file == .tuple([.atom("error"), .atom("open_file")]))
      let unknown = try await debug(.atom("what"))
      #expect(unknown == .atom("unknown_debug"))
      let off = try await debug(.atom("no_debug"))
      #expect(off == .atom("ok"))
    }
  }

  @Test(
    "SYS-2: a state machine shows state and data, a supervisor its strategy and children, a plain process is refused")
  func kinds() async throws {
    try await withTestNode { node in
      let rig = Rig()
      _ = try await Gate.start("gate") { Gate() }
      _ = try await Supervisor.start(strategy: .oneForAll, name: "sup") { ChildSpec(id: "a") { Till() } }
      let plain = spawn(receiving: Int.self) { inbox in _ = try await inbox.next() }
      try ProcessName<Int>("plain").register(ProcessRef(unsafelyTyped: plain))
      try rig.ask("gate", .atom("get_state"), 1)
      try rig.ask("sup", .atom("get_state"), 2)
      try await node.settle()
      let states = rig.takeAnswers()
      #expect(states.contains(.tuple(["closed", .map([.atom("visitors"): 3])])))
      let supervisor = states.compactMap(\.map).first { $0[.atom("strategy")] != nil }
      #expect(supervisor?[.atom("strategy")] == .atom("one_for_all"))
      #expect(supervisor?[.atom("children")]?.list?.first?.elements?.first == .atom("a"))
      let caller = GenMessage.Caller(
        pid: rig.remotePid(), tag: .improperList([.atom("alias")], tail: .reference(rig.ref(9))))
      rig.receive(.monitor(from: rig.remotePid(), .name("plain"), rig.ref(9)))
      try rig.send(.tuple([.atom("system"), caller.term, .atom("suspend")]), to: .name("plain"))
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["down plain 9 not_a_server"])
      plain.exit(.kill)
    }
  }

  @Test(
    "SYS-2: times are written as Erlang's calendar does",
    arguments: [
      (0, "{{1970,1,1},{0,0,0}}"), (951_782_399, "{{2000,2,28},{23,59,59}}"), (951_782_400, "{{2000,2,29},{0,0,0}}"),
      (4_107_542_400, "{{2100,3,1},{0,0,0}}"), (1_767_225_599, "{{2025,12,31},{23,59,59}}"),
    ])
  func calendar(seconds: Int64, text: String) {
    #expect(CalendarTime(seconds: seconds).term.description == text)
  }
}

/// Adds amounts up, and shows them.
struct Till: GenServer, Codable {
  enum CodingKeys: String, CodingKey { case amounts }

  enum Message: Codable, Sendable {
    case add(Int)
    case get(ReplyTo<[Int]>)
  }

  private var amounts: [Int] = []

  mutating func handle(_ message: Message) {
    switch message {
    case .add(let amount): amounts.append(amount)
    case .get(let reply): reply(amounts)
    }
  }
}

struct Gate: StateMachine, Codable {
  enum Message: Codable, Sendable { case open }
  enum State: String, Codable, Sendable { case closed, open }
  enum CodingKeys: String, CodingKey { case visitors }

  var initialState: State { .closed }
  private var visitors = 3

  mutating func handle(_ event: Event, in state: State) -> Transition { .next(.open) }
}
