import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("What other nodes may do", .timeLimit(.minutes(1)))
struct PermissionTests {
  private func options(_ change: (inout ErlangNode.Permissions) -> Void = { _ in }) -> ErlangNode.Options {
    var options = ErlangNode.Options()
    options.permissions = .none
    change(&options.permissions)
    return options
  }

  @Test("GEN-11: a name that is not allowed is nobody's, and said once")
  func names() async throws {
    try await withTestNode { node in
      let rig = Rig(
        options: options {
          $0.names = .only(["shop"])
          $0.monitors = true
        })
      _ = try await Store.start("shop") { Store() }
      let secret = try await Store.start("secret") { Store() }
      try rig.call(.name("shop"), .tuple([.atom("get"), "tea"]), 1)
      for number: UInt32 in 2...4 { try rig.call(.name("secret"), .atom("fail"), number) }
      try rig.call(.pid(rig.node.pid(of: secret.id)), .atom("fail"), 5)
      try await node.settle()
      let sent = rig.peer.takeSent().map(\.text)
      #expect(sent.filter { $0.hasPrefix("down secret") } == (2...4).map { "down secret \($0) noproc" })
      #expect(sent.contains { $0.hasPrefix("alias 1 ") } && secret.id.isAlive)
      let refused = node.reports(of: DistributionReport.self).filter { $0.text.contains("was refused") }
      #expect(refused.count == 2)
    }
  }

  @Test("SIG-9: links, monitors and exit signals that are not allowed find the dead, or nobody")
  func ties() async throws {
    try await withTestNode { node in
      let rig = Rig(options: options())
      let store = try await Store.start("store") { Store() }
      let own = rig.node.pid(of: store.id)
      rig.receive(.link(from: rig.remotePid(), to: own))
      rig.receive(.monitor(from: rig.remotePid(), .pid(own), rig.ref()))
      rig.receive(.exitSignal(from: rig.remotePid(), to: own, reason: .atom("kill")))
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["exit 1 noproc", "down here 1 noproc"])
      #expect(store.id.isAlive)
      rig.receive(.monitor(from: rig.remotePid(), .name("net_kernel"), rig.ref(2)))
      #expect(rig.peer.takeSent().map(\.text) == ["down net_kernel 2 noproc"])
    }
  }

  @Test("SYS-1: sys, and changes of a supervisor's children, are refused with not_allowed; looking at them is not")
  func supervision() async throws {
    try await withTestNode { node in
      let rig = Rig(
        options: options {
          $0.names = .all
          $0.monitors = true
        })
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "sup") {
        ChildSpec(id: "a") { Store() }
      }
      try rig.call(.name("sup"), .tuple([.atom("terminate_child"), .atom("a")]), 1)
      try rig.call(.name("sup"), .atom("count_children"), 2)
      try await node.settle()
      let answers = rig.takeAnswers()
      #expect(answers.contains(.tuple([.atom("error"), .atom("not_allowed")])) && answers.count == 2)
      let caller = GenMessage.Caller(
        pid: rig.remotePid(), tag: .improperList([.atom("alias")], tail: .reference(rig.ref(3))))
      rig.receive(.monitor(from: rig.remotePid(), .name("sup"), rig.ref(3)))
      try rig.send(
        .tuple([.atom("system"), caller.term, .tuple([.atom("terminate"), .atom("normal")])]), to: .name("sup"))
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["down sup 3 not_allowed"])
      let counts = try await supervisor.countChildren()
      #expect(counts.active == 1)
    }
  }

  @Test(
    "GEN-11: functions that are not allowed are not there, not even exported ones; one peer may have its own permissions"
  )
  func functions() async throws {
    try await withTestNode { node in
      var options = options()
      options.peerPermissions["c@h"] = .all
      for (peer, answer) in [("b@h", "spawned notsup"), ("c@h", "spawned")] {
        let rig = Rig(ScriptedPeer(Atom(peer)), options: options)
        rig.node.export("calc", "zero", arity: 0) { _ in 0 }
        rig.receive(try rig.spawnRequest("calc", "zero", [], 1))
        try await node.settle()
        #expect(rig.peer.takeSent().map(\.text) == [answer])
      }
    }
  }

  @Test("H-23: os:cmd is refused and not executed, in whatever form it is asked for")
  func commands() async throws {
    try await withTestNode { node in
      let rig = Rig()
      rig.receive(try rig.spawnRequest("os", "cmd", [.charlist("true")], 1))
      rig.receive(
        try rig.spawnRequest(
          "erpc", "execute_call", [.atom("r"), .atom("os"), .atom("cmd"), .list([.charlist("true")])], 2))
      rig.receive(
        try rig.spawnRequest(
          "erlang", "apply", [.atom("os"), .atom("cmd"), .list([.charlist("true")])], 3))
      try await node.settle()
      let sent = rig.peer.takeSent().map(\.text)
      #expect(sent.filter { $0 == "spawned notsup" }.count == 2)
      #expect(sent.contains { $0.hasPrefix("down here 2 {r,error,undef") })
    }
  }

  @Test("H-25: monitors, links and processes beyond the limit are refused with system_limit, and room comes back")
  func limits() async throws {
    try await withTestNode { node in
      var options = ErlangNode.Options()
      options.peerLimits = ErlangNode.PeerLimits(monitors: 2, links: 2, processes: 2)
      let rig = Rig(options: options)
      let store = try await Store.start("store") { Store() }
      let own = rig.node.pid(of: store.id)
      for number: UInt32 in 1...3 {
        rig.receive(.monitor(from: rig.remotePid(number), .pid(own), rig.ref(number)))
        rig.receive(.link(from: rig.remotePid(number), to: own))
      }
      #expect(rig.peer.takeSent().map(\.text) == ["down here 3 system_limit", "exit 3 system_limit"])
      rig.receive(.demonitor(from: rig.remotePid(1), .pid(own), rig.ref(1)))
      rig.receive(.monitor(from: rig.remotePid(4), .pid(own), rig.ref(4)))
      #expect(rig.peer.takeSent().isEmpty)

      rig.node.export("a", "wait", arity: 0) { _ in
        try await CurrentProcess.sleep(for: .seconds(1))
        return 0
      }
      for number: UInt32 in 5...7 { rig.receive(try rig.spawnRequest("a", "wait", [], number)) }
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["spawned", "spawned", "spawned system_limit"])
      try await CurrentProcess.sleep(for: .seconds(2))
      rig.receive(try rig.spawnRequest("a", "wait", [], 8))
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["spawned"])
    }
  }

  @Test("GEN-16: where the node's policy says so, a call or a cast of what a server does not know ends it, as in OTP")
  func crash() async throws {
    try await withTestNode { node in
      var options = ErlangNode.Options()
      options.unknownMessages = .crash
      let rig = Rig(options: options)
      for (number, isCall) in [(UInt32(1), true), (2, false)] {
        let till = try await Till.start("till") { Till() }
        try rig.send(.atom("hello"), to: .name("till"))
        try await node.settle()
        #expect(till.id.isAlive)
        if isCall {
          try rig.call(.name("till"), .atom("what"), number)
        } else {
          try rig.send(GenMessage.cast(.atom("what")).term, to: .name("till"))
        }
        let callback = isCall ? "handle_call" : "handle_cast"
        let reason = "{function_clause,[{'Elixir.Till',\(callback),[what],[]}]}"
        #expect(await till.id.exited().error.map { "\($0)" } == reason)
        #expect(rig.peer.takeSent().map(\.text) == (isCall ? ["down till 1 \(reason)"] : []))
      }
      // Not before it is resumed.
      let till = try await Till.start("till") { Till() }
      try await Sys.suspend(till)
      try rig.send(GenMessage.cast(.atom("what")).term, to: .name("till"))
      try await node.settle()
      #expect(till.id.isAlive)
      try await Sys.resume(till)
      #expect(await till.id.exited().error != nil)
      // A supervisor is not the user's.
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "sup") {}
      try rig.send(GenMessage.cast(.atom("what")).term, to: .name("sup"))
      try await node.settle()
      #expect(supervisor.id.isAlive)
    }
  }
}

extension Rig {
  func spawnRequest(
    _ module: Atom, _ function: Atom, _ arguments: [Term], _ number: UInt32
  ) throws -> ControlMessage {
    let pid = remotePid()
    let isCall = module == "erpc"
    return .spawnRequest(
      SpawnRequest(
        id: ref(number), from: pid, groupLeader: pid, module: module, function: function, arity: arguments.count,
        options: isCall ? [.atom("monitor")] : [], arguments: try Payload(.list(arguments))))
  }
}
