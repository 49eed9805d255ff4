import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Sys.replaceState towards servers of other nodes", .timeLimit(.minutes(1)))
struct RemoteReplaceStateTests {
  private let till = ProcessName<Till.Message>("till", node: "b@h")

  private struct Asked {
    let caller: GenMessage.Caller
    /// What stands for the function.
    let word: Term
  }

  private func takeOrder(_ rig: Rig) throws -> Asked {
    guard case .sendToName(_, _, let payload)? = rig.peer.takeSent().last, let parts = try payload.term().elements,
      parts.count == 3, let caller = GenMessage.Caller(parts[1]), let order = parts[2].elements, order.count == 2,
      order[0] == .atom("replace_state")
    else { throw TestNodeError.unexpected([]) }
    return Asked(caller: caller, word: order[1])
  }

  private func answer(_ rig: Rig, _ asked: Asked, _ value: Term) throws {
    let alias = try #require(asked.caller.alias)
    rig.receive(.sendToAlias(from: rig.remotePid(), to: alias, try Payload(asked.caller.reply(value))))
  }

  /// As `erpc:call(Node, erlang, apply, [Function, [State]])` of the peer asks.
  ///
  /// The result, as `erpc` has it, without what marks it; nil if the process was not made.
  private func apply(
    _ node: TestNode, _ rig: Rig, _ word: Term, _ state: Term, function: Atom = "apply"
  ) async throws -> Term? {
    let mark = Term.reference(rig.ref(70))
    let request = SpawnRequest(
      id: rig.ref(71), from: rig.remotePid(), groupLeader: rig.remotePid(), module: "erpc", function: "execute_call",
      arity: 4, options: [.atom("monitor")],
      arguments: try Payload(.list([mark, .atom("erlang"), .atom(function), .list([word, .list([state])])])))
    rig.receive(.spawnRequest(request))
    try await node.settle()
    for case .monitorExit(_, _, _, let reason) in rig.peer.takeSent() {
      return reason.elements.map { .tuple(Array($0.dropFirst())) }
    }
    return nil
  }

  private func failed(_ reason: Term) -> Term {
    .tuple([
      .atom("error"),
      .tuple([
        .atom("callback_failed"), .tuple([.atom("gen_server"), .atom("system_replace_state")]),
        .tuple([.atom("error"), reason]),
      ]),
    ])
  }

  @Test("SYS-3, SYS-15: a server's node has the closure run here, whatever it may do else, once, and not by guessing")
  func applied() async throws {
    try await withTestNode { node in
      var options = ErlangNode.Options()
      options.permissions = .none
      let rig = Rig(options: options)
      let process = spawn {
        let sum = try await Sys.replaceState(of: till, decoding: [String: [Int]].self) { state -> Int in
          state["amounts", default: []].append(3)
          return state["amounts", default: []].reduce(0, +)
        }
        #expect(sum == 6)
      }
      try await node.settle()
      let asked = try takeOrder(rig)
      let state = Term.map([.string("amounts"): [1, 2]])
      let other = Term.tuple([asked.word.elements?[0] ?? 0, .binary([UInt8](repeating: 0, count: 16))])
      for (word, function) in [(other, "apply"), (asked.word, "halt")] as [(Term, Atom)] {
        #expect(try await apply(node, rig, word, state, function: function) == nil)
      }
      let new = try #require(try await apply(node, rig, asked.word, state)?.elements)
      #expect(new == [.atom("return"), .map([.string("amounts"): [1, 2, 3]])])
      #expect(try await apply(node, rig, asked.word, state) == nil)
      try answer(rig, asked, new[1])
      #expect(await process.exited() == .normal)
    }
  }

  @Test("SYS-15: the word that stands for a closure is nothing to another peer, and nothing when nobody waits any more")
  func others() async throws {
    try await withTestNode { node in
      var options = ErlangNode.Options()
      options.permissions = .none
      let rig = Rig(options: options)
      let process = spawn { _ = try? await Sys.replaceState(of: till, timeout: .seconds(1)) { _ in } }
      try await node.settle()
      let asked = try takeOrder(rig)
      let third = ScriptedPeer("c@h", id: 2)
      rig.node.distribution.connected(third)
      let from = Term.Pid(node: "c@h", id: 1, serial: 0, creation: 7)
      let arguments = Term.list([1, .atom("erlang"), .atom("apply"), .list([asked.word, [0]])])
      let id = Term.Reference(node: "c@h", creation: 7, words: [1, 0, 0])
      let request = SpawnRequest(
        id: id, from: from, groupLeader: from, module: "erpc", function: "execute_call", arity: 4, options: [],
        arguments: try Payload(arguments))
      rig.node.distribution.received(.spawnRequest(request), from: third)
      try await node.settle()
      #expect(third.takeSent().map(\.text) == ["spawned notsup"])
      #expect(await process.exited() == .normal)
      #expect(try await apply(node, rig, asked.word, 0) == nil)
    }
  }

  @Test(
    "SYS-3, SYS-15: a closure that throws, and a state that the server does not take, are errors; so is a lost node")
  func failures() async throws {
    try await withTestNode { node in
      let rig = Rig()
      func ask(_ expected: String, _ body: @escaping @Sendable (inout Term) throws -> Void) -> ProcessID {
        spawn {
          do {
            try await Sys.replaceState(of: till, body)
            Issue.record("it was replaced")
          } catch let error as SysError {
            #expect("\(error)".contains(expected), "\(error)")
          }
        }
      }
      let thrown = ask("has failed, and the server is as it was: timeout") { _ in throw ExitReason.timeout }
      try await node.settle()
      let first = try takeOrder(rig)
      #expect(try await apply(node, rig, first.word, 1)?.elements?.first == .atom("error"))
      try answer(rig, first, failed(.atom("whatever")))
      #expect(await thrown.exited() == .normal)

      let refused = ask("has failed, and the server is as it was: ErlangExit: badstate") { $0 = 2 }
      try await node.settle()
      let second = try takeOrder(rig)
      #expect(try await apply(node, rig, second.word, 1)?.elements == [.atom("return"), 2])
      try answer(rig, second, failed(.atom("badstate")))
      #expect(await refused.exited() == .normal)

      let lost = ask("no connection") { $0 = 2 }
      try await node.settle()
      rig.lose()
      #expect(await lost.exited() == .normal)
    }
  }

  @Test("SYS-15: a server that takes functions only is given one, by its node's interpreter, which calls back")
  func interpreted() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        let old = try await Sys.replaceState(of: till) { state -> Term in
          defer { state = 9 }
          return state
        }
        #expect(old == 8)
      }
      try await node.settle()
      let asked = try takeOrder(rig)
      try answer(rig, asked, failed(.tuple([.atom("badfun"), asked.word])))
      try await node.settle()
      guard case .spawnRequest(let request)? = rig.peer.takeSent().last else { throw TestNodeError.unexpected([]) }
      let parts = try request.arguments.term().list ?? []
      #expect(parts[1...2] == [.atom("erl_eval"), .atom("exprs")])
      let bindings = parts[3].list?.last?.list ?? []
      #expect(
        bindings == [
          .tuple([.atom("P"), .atom("till")]), .tuple([.atom("N"), .atom("a@h")]), .tuple([.atom("W"), asked.word]),
          .tuple([.atom("T"), 5_000]),
        ])
      #expect(try await apply(node, rig, asked.word, 8)?.elements == [.atom("return"), 9])
      rig.receive(
        .spawnReply(id: request.id, to: request.from, .spawned(rig.remotePid(50), isLinked: false, isMonitored: true)))
      let result = Term.tuple([parts[0], .atom("return"), .tuple([.atom("value"), 9, []])])
      rig.receive(.monitorExit(from: .pid(rig.remotePid(50)), to: request.from, request.id, reason: result))
      #expect(await process.exited() == .normal)
    }
  }
}
