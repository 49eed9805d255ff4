import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Groups of several nodes", .timeLimit(.minutes(1)))
struct GroupSharingTests {
  /// A member's text is the number of its pid.
  private func texts(_ rig: Rig) -> [String] { rig.peer.takeSent().map(\.text) }

  private func scope(_ rig: Rig, _ groups: ProcessGroups<Atom>) async throws -> Term.Pid {
    _ = try await Supervisor.start(strategy: .oneForOne) { rig.node.sharing(groups) }
    let pg = rig.node.distribution.whereis("pg")
    return rig.node.pid(of: try #require(pg).id)
  }

  @Test("PG-10: a scope finds those of connected nodes, tells who is in its groups, and who comes and goes")
  func tells() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let groups = ProcessGroups<Atom>()
      let member = spawn { try await CurrentProcess.sleep(for: .seconds(100)) }
      groups.join("work", [member])
      let scope = try await scope(rig, groups)
      try await node.settle()
      #expect(texts(rig) == ["send pg {discover,\(Term.pid(scope))}"])
      let theirs = rig.remotePid(9)
      try rig.send(.tuple([.atom("discover"), .pid(theirs)]), to: .name("pg"))
      try await node.settle()
      let own = Term.pid(rig.node.pid(of: member))
      #expect(
        texts(rig) == [
          "send 9 {'$gen_cast',{sync,\(Term.pid(scope)),[{work,[\(own)]}]}}", "monitor 9",
          "send 9 {discover,\(Term.pid(scope))}",
        ])
      groups.join("more", [member])
      groups.leave("work", [member])
      member.exit(.kill)
      try await node.settle()
      #expect(
        texts(rig) == [
          "send 9 {join,\(Term.pid(scope)),more,\(own)}", "send 9 {leave,\(Term.pid(scope)),\(own),[work]}",
          "send 9 {leave,\(Term.pid(scope)),\(own),[more]}",
        ])
    }
  }

  @Test("PG-11: members of another node are members here until they leave or the node goes, and monitors hear of it")
  func hears() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let groups = ProcessGroups<Atom>()
      let scope = try await scope(rig, groups)
      let heard = Mutex<[String]>([])
      let watcher = spawn {
        _ = groups.monitor("work") { event in
          switch event {
          case .joined(_, let process): heard.withLock { $0.append("joined \(process == rig.remote(1) ? 1 : 2)") }
          case .left(_, let process): heard.withLock { $0.append("left \(process == rig.remote(1) ? 1 : 2)") }
          }
        }
        try await CurrentProcess.sleep(for: .seconds(100))
      }
      try await node.settle()
      let theirs = Term.pid(rig.remotePid(9))
      func say(_ parts: [Term]) async throws {
        try rig.send(.tuple(parts), to: .pid(scope))
        try await node.settle()
      }
      let (one, two) = (Term.pid(rig.remotePid(1)), Term.pid(rig.remotePid(2)))
      // Of a scope that is not known.
      try await say([.atom("join"), theirs, .atom("work"), one])
      #expect(groups.members("work").isEmpty)
      try rig.send(
        GenMessage.cast(.tuple([.atom("sync"), theirs, .list([.tuple([.atom("work"), .list([one])])])])).term,
        to: .pid(scope))
      try await node.settle()
      #expect(groups.members("work") == [rig.remote(1)] && groups.localMembers("work").isEmpty)
      #expect(groups.groups == ["work"])
      let third = Term.pid(Term.Pid(node: "third@h", id: 1, serial: 0, creation: 1))
      try await say([.atom("join"), theirs, .atom("work"), .list([two, third])])
      #expect(groups.members("work") == [rig.remote(1), rig.remote(2)])
      try await say([.atom("leave"), theirs, one, .list([.atom("work")])])
      #expect(groups.members("work") == [rig.remote(2)])
      rig.lose()
      try await node.settle()
      #expect(groups.members("work").isEmpty && groups.groups.isEmpty)
      #expect(heard.withLock { $0 } == ["joined 1", "joined 2", "left 1", "left 2"])
      watcher.exit(.kill)
      #expect(rig.peer.takeSent().allSatisfy { !$0.text.contains("join") })
    }
  }
}
