import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Sys towards servers of other nodes", .timeLimit(.minutes(1)))
struct RemoteSysTests {
  private let till = ProcessName<Till.Message>("till", node: "b@h")

  /// What has just been asked of the peer's server; nil if nothing was.
  private func takeRequest(_ rig: Rig) throws -> (caller: GenMessage.Caller, request: Term)? {
    let sent = rig.peer.takeSent()
    guard sent.count == 2, case .monitor(_, _, let ref) = sent[0] else { return nil }
    let payload: Payload
    switch sent[1] {
    case .sendToName(_, _, let it), .send(_, _, let it): payload = it
    default: return nil
    }
    guard let parts = try payload.term().elements, parts.count == 3, parts[0] == .atom("system"),
      let caller = GenMessage.Caller(parts[1]), caller.alias == ref
    else { return nil }
    return (caller, parts[2])
  }

  private func answer(_ rig: Rig, _ caller: GenMessage.Caller, _ value: Term) throws {
    let alias = try #require(caller.alias)
    rig.receive(.sendToAlias(from: rig.remotePid(), to: alias, try Payload(caller.reply(value))))
  }

  /// Has the peer answer what `ask` asks.
  ///
  /// What was asked.
  @discardableResult
  private func exchange(
    _ node: TestNode, _ rig: Rig, _ value: Term, _ ask: @escaping @Sendable () async throws -> Void
  ) async throws -> Term? {
    let process = spawn { try await ask() }
    try await node.settle()
    let asked = try #require(try takeRequest(rig))
    try answer(rig, asked.caller, value)
    #expect(await process.exited() == .normal)
    #expect(rig.peer.takeSent().map(\.text) == ["demonitor till"])
    return asked.request
  }

  private struct Row: Sendable {
    let request: String
    let ask: @Sendable (ProcessName<Till.Message>) async throws -> Void
  }

  private static let rows = [
    Row(request: "suspend") { try await Sys.suspend($0) }, Row(request: "resume") { try await Sys.resume($0) },
    Row(request: "{terminate,shutdown}") { try await Sys.terminate($0, reason: .shutdown) },
    Row(request: "{debug,{statistics,true}}") { try await Sys.startStatistics(of: $0) },
    Row(request: "{debug,{statistics,false}}") { try await Sys.stopStatistics(of: $0) },
    Row(request: "{debug,{log,{true,7}}}") { try await Sys.startLog(of: $0, last: 7) },
    Row(request: "{debug,{log,false}}") { try await Sys.stopLog(of: $0) },
    Row(request: "{debug,no_debug}") { try await Sys.noDebug($0) },
  ]

  @Test("SYS-14: each operation is asked of a server of another node as sys asks it: monitored, and by an alias")
  func commands() async throws {
    try await withTestNode { node in
      let rig = Rig()
      for row in Self.rows {
        let asked = try await exchange(node, rig, .atom("ok")) { try await row.ask(till) }
        #expect(asked?.description == row.request)
      }
    }
  }

  @Test("SYS-2, SYS-14: a state of another node is a term, a value, or the server's own type, which a closure looks at")
  func states() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let state = Term.map([.atom("amounts"): [1, 2]])
      let asked = try await exchange(node, rig, state) {
        let term = try await Sys.getState(of: till)
        #expect(term == state)
      }
      #expect(asked == .atom("get_state"))
      try await exchange(node, rig, state) {
        let value = try await Sys.getState(of: till, decoding: [String: [Int]].self)
        #expect(value == ["amounts": [1, 2]])
      }
      try await exchange(node, rig, state) {
        let copy = try await Sys.getState(of: till, as: Till.self)
        #expect("\(copy)".contains("[1, 2]"))
      }
      try await exchange(node, rig, .tuple([.atom("open"), .map([.atom("visitors"): 8])])) {
        let text = try await Sys.getState(of: till, as: Gate.self) { state, gate in "\(state) \(gate)" }
        #expect(text.hasPrefix("open") && text.contains("8"))
      }
      // An error is told as such, and not taken for a state; what only looks like one is one.
      try await exchange(node, rig, .tuple([.atom("error"), .atom("enoent")])) {
        let term = try await Sys.getState(of: till)
        #expect(term.elements?.last == .atom("enoent"))
      }
    }
  }

  @Test("SYS-1, SYS-14: a state that is no such value, or of a type that no term becomes, is an error that says so")
  func wrongStates() async throws {
    try await withTestNode { node in
      let rig = Rig()
      try await exchange(node, rig, 1) {
        let text = await error { _ = try await Sys.getState(of: till, as: Till.self) }
        #expect(text?.contains("the state is no Till") == true)
      }
      try await exchange(node, rig, 1) {
        let text = await error { _ = try await Sys.getState(of: till, as: Secret.self) { $0.number } }
        #expect(text?.contains("it is not Decodable") == true)
      }
      try await exchange(node, rig, 1) {
        let text = await error { _ = try await Sys.getState(of: till, as: Gate.self) { _, _ in } }
        #expect(text?.contains("no {State, Data}") == true)
      }
      try await exchange(node, rig, .map([.atom("amounts"): []])) {
        let text = await error {
          _ = try await Sys.getState(of: till, as: Till.self) { _ -> Int in throw ExitReason.timeout }
        }
        #expect(text?.contains("closure given to a system operation has failed") == true)
      }
    }
  }

  /// The text of what is thrown, if that is an error of ``Sys``.
  private func error(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch {
      return error is SysError ? "\(error)" : nil
    }
  }

  @Test("SYS-1, SYS-14: no such process, a lost node, a refusal, a process that is no server, and silence, told apart")
  func failures() async throws {
    try await withTestNode { node in
      for (reason, text) in [
        ("noproc", "no process"), ("not_a_server", "answers no system messages"),
        ("not_allowed", "b@h does not allow system messages"),
        ("boom", "the process ended before it answered: ErlangExit: boom"),
      ] {
        let rig = Rig()
        let process = spawn {
          let said = await error { try await Sys.suspend(till) }
          #expect(said?.contains(text) == true, "\(said ?? "nothing")")
        }
        try await node.settle()
        let asked = try #require(try takeRequest(rig))
        let ref = try #require(asked.caller.alias)
        rig.receive(.monitorExit(from: .name("till"), to: asked.caller.pid, ref, reason: .atom(Atom(reason))))
        #expect(await process.exited() == .normal)
      }
      let rig = Rig()
      let lost = spawn {
        let said = await error { try await Sys.suspend(till) }
        #expect(said?.contains("no connection") == true)
      }
      try await node.settle()
      rig.lose()
      #expect(await lost.exited() == .normal)
      rig.connect()
      _ = rig.peer.takeSent()
      let late = spawn {
        let said = await error { try await Sys.suspend(till, timeout: .seconds(3)) }
        #expect(said?.contains("no answer in time") == true)
      }
      try await node.settle()
      let asked = try #require(try takeRequest(rig))
      #expect(await late.exited() == .normal)
      #expect(rig.peer.takeSent().map(\.text) == ["demonitor till"])
      // The answer that comes too late goes nowhere.
      try answer(rig, asked.caller, .atom("ok"))
      #expect(rig.peer.takeSent().isEmpty)
      for value in [Term.tuple([.atom("error"), .tuple([.atom("unknown_system_msg"), 1])]), .atom("what"), 5] {
        try await exchange(node, rig, value) {
          let said = await error { try await Sys.suspend(till) }
          #expect(said?.contains("has not answered a system message as servers do: \(value)") == true)
        }
      }
    }
  }

  @Test("SYS-14: functions stay at home: what installs one in a server of another node says so, and asks nothing")
  func functions() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        let texts = [
          await error { try await Sys.trace(till) }, await error { try await Sys.stopTrace(till) },
          await error { try await Sys.install("x", in: till, state: 0) { _, _ in } },
          await error { try await Sys.remove("x", from: till) },
        ]
        #expect(texts.allSatisfy { $0?.contains("functions stay on their node") == true })
      }
      #expect(await process.exited() == .normal)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("SYS-6, SYS-14: the status of a gen_server as OTP has it")
  func status() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let (pid, parent) = (rig.remotePid(60), rig.remotePid(61))
      let logged = Term.list([.tuple([.atom("in"), .atom("hi")]), .tuple([.atom("noreply"), 2])])
      let misc = Term.list([
        .tuple([.atom("header"), .charlist("Status for generic server till")]),
        .tuple([
          .atom("data"),
          .list([.tuple([.charlist("Status"), .atom("suspended")]), .tuple([.charlist("Logged events"), logged])]),
        ]), .tuple([.atom("data"), .list([.tuple([.charlist("State"), .map([.atom("n"): 2])])])]),
      ])
      let items = Term.list([
        .list([
          .tuple([.atom("$ancestors"), .list([.atom("top"), .pid(parent)])]),
          .tuple([.atom("$initial_call"), .tuple([.atom("Elixir.Shop.Till"), .atom("init"), 1])]),
        ]), .atom("suspended"), .pid(parent),
        .list([.tuple([.atom("log"), 1]), .tuple([.atom("trace"), .bool(true)])]), misc,
      ])
      let module = Term.tuple([.atom("module"), .atom("gen_server")])
      let asked = try await exchange(node, rig, .tuple([.atom("status"), .pid(pid), module, items])) {
        let status = try await Sys.getStatus(of: till)
        #expect(status.process == rig.node.process(of: pid) && status.name == "till")
        #expect(status.behaviour == "GenServer" && status.kind == "Shop.Till")
        #expect(status.activity == .suspended && status.parent == rig.node.process(of: parent))
        #expect(status.ancestors.map(\.description) == ["{top, b@h}", "\(rig.node.process(of: parent))"])
        #expect(status.installed == ["trace"] && status.state == "#{n => 2}")
        #expect(status.log.map(\.description) == ["*DBG* till got hi", "*DBG* till new state 2"])
      }
      #expect(asked == .atom("get_status"))
      try await exchange(node, rig, .tuple([.atom("status"), .pid(pid), module, []])) {
        let said = await error { _ = try await Sys.getStatus(of: till) }
        #expect(said?.contains("has not answered") == true)
      }
    }
  }

  @Test("SYS-7, SYS-9, SYS-14: what a gen_server has counted and kept")
  func events() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let counts = try Term(
        """
        {ok, [{start_time, {{2026,2,28},{23,59,0}}}, {current_time, {{2026,3,1},{0,1,0}}}, {reductions, 199},
        {messages_in, 3}, {messages_out, 1}]}
        """, syntax: .erlang)
      let asked = try await exchange(node, rig, counts) {
        let statistics = try #require(try await Sys.statistics(of: till))
        #expect(statistics.start.duration(to: statistics.current) == .seconds(120))
        #expect((statistics.reductions, statistics.messagesIn, statistics.messagesOut) == (199, 3, 1))
      }
      #expect(asked?.description == "{debug,{statistics,get}}")
      try await exchange(node, rig, .tuple([.atom("ok"), .atom("no_statistics")])) {
        let statistics = try await Sys.statistics(of: till)
        #expect(statistics == nil)
      }
      let from = Term.tuple([.pid(rig.remotePid(9)), .atom("tag")])
      let log = Term.list([
        .tuple([.atom("in"), .tuple([.atom("$gen_call"), from, .atom("get")])]),
        .tuple([.atom("out"), 1, from, 4]), .tuple([.atom("in"), .tuple([.atom("$gen_cast"), .atom("x")])]),
        .tuple([.atom("noreply"), 5]), .tuple([.atom("consume"), .atom("a"), .atom("b")]), "*DBG* till said so",
      ])
      try await exchange(node, rig, .tuple([.atom("ok"), log])) {
        let client = "\(rig.remote(9))"
        let events = try await Sys.log(of: till)
        #expect(
          events.map(\.kind) == [
            .received("get", client: client), .replied(client: client, state: "4"), .received("x", client: nil),
            .handled(state: "5"), .other("{consume,a,b}"), .other("*DBG* till said so"),
          ])
        #expect(events.last?.description == "*DBG* till said so")
      }
    }
  }

  @Test(
    "SYS-2: times are read back as Erlang's calendar writes them",
    arguments: [0, 951_782_399, 951_782_400, 4_107_542_400, 1_767_225_599] as [Int64])
  func calendar(seconds: Int64) {
    #expect(CalendarTime(CalendarTime(seconds: seconds).term)?.seconds == seconds)
    #expect(CalendarTime(.tuple([1, 2])) == nil)
  }

  private struct Secret: GenServer {
    enum Message: Sendable {}
    var number = 0
    func handle(_ message: Message) {}
  }
}
