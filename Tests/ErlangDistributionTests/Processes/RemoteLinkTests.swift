import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Links and exits between nodes", .timeLimit(.minutes(1)))
struct RemoteLinkTests {
  @Test("LNK-12: a process that ends tells the linked process of another node, and the other way round")
  func exits() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        try? CurrentProcess.link(rig.remote()); try await suspendForever()
      }
      try await node.settle()
      #expect(rig.peer.takeSent().map(\.text) == ["link 1"])
      process.exit(.shutdown)
      #expect(rig.peer.takeSent().map(\.text) == ["exit 1 shutdown"])

      let trapping = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        guard case .exit(let from, let reason) = try await inbox.signal() else { return }
        #expect(from == rig.remote() && reason == .failure(ErlangExit(.tuple([.atom("oops"), 1]))))
      }
      try await node.settle()
      rig.receive(.link(from: rig.remotePid(), to: rig.node.pid(of: trapping)))
      rig.receive(.exit(from: rig.remotePid(), to: rig.node.pid(of: trapping), reason: .tuple([.atom("oops"), 1])))
      #expect(await trapping.exited() == .normal)
      #expect(rig.peer.takeSent().isEmpty, "a link that has fired is over")
    }
  }

  @Test("LNK-6: who links to a process that cannot be reached gets the exit noConnection")
  func unreachable() async throws {
    try await withTestNode { _ in
      let rig = Rig(isConnected: false)
      let process = spawn {
        try CurrentProcess.link(rig.remote()); try await suspendForever()
      }
      #expect(await process.exited() == .noConnection)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("LNK-6: when the connection is lost, links fire with noConnection, and the same id is linked again later")
  func lost() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        for _ in 1...2 {
          try CurrentProcess.link(rig.remote())
          guard case .exit(let from, .noConnection) = try await inbox.signal() else { return }
          #expect(from == rig.remote())
          #expect(CurrentProcess.links.isEmpty)
          rig.connect()
        }
      }
      for _ in 1...2 {
        try await node.settle()
        #expect(rig.peer.takeSent().map(\.text) == ["link 1"])
        rig.lose()
      }
      #expect(await process.exited() == .normal)
    }
  }

  @Test("LNK-8: of two unlinks at the same time each is acknowledged, and no exit comes of the link")
  func simultaneousUnlink() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn(receiving: Never.self) { inbox in
        try CurrentProcess.link(rig.remote())
        CurrentProcess.unlink(rig.remote())
        _ = try await inbox.signal()
      }
      try await node.settle()
      let own = rig.node.pid(of: process)
      rig.receive(.unlink(id: 9, from: rig.remotePid(), to: own))
      rig.receive(.exit(from: rig.remotePid(), to: own, reason: .atom("oops")))
      rig.receive(.unlinkAcknowledged(id: 1, from: rig.remotePid(), to: own))
      #expect(rig.peer.takeSent().map(\.text) == ["link 1", "unlink 1 id 1", "ack 1 id 9"])
      #expect(process.isAlive)
      process.exit(.kill)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("LNK-5: a link to a dead process is answered with noproc, and so is one to a process of an earlier incarnation")
  func dead() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {}
      _ = await process.exited()
      rig.receive(.link(from: rig.remotePid(), to: rig.node.pid(of: process)))
      var stale = rig.node.pid(of: spawn { try await suspendForever() })
      stale.creation = 4
      rig.receive(.link(from: rig.remotePid(2), to: stale))
      #expect(rig.peer.takeSent().map(\.text) == ["exit 1 noproc", "exit 2 noproc"])

      let old = rig.node.process(of: rig.remotePid(3, creation: 6))
      let linking = spawn {
        try CurrentProcess.link(old); try await suspendForever()
      }
      #expect(await linking.exited() == .noProcess)
      #expect(rig.peer.takeSent().isEmpty, "nothing is sent to a process of an earlier incarnation")
    }
  }

  @Test("XSG-3: exit signals cross: kill is killed, normal does nothing, and one who traps gets a message")
  func signals() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn { try await suspendForever() }
      let own = rig.node.pid(of: process)
      rig.receive(.exitSignal(from: rig.remotePid(), to: own, reason: .atom("normal")))
      try await node.settle()
      #expect(process.isAlive)
      rig.receive(.exitSignal(from: rig.remotePid(), to: own, reason: .atom("kill")))
      #expect(await process.exited() == .killed)
      rig.remote().exit(.failure(ErlangExit(.atom("enough"))))
      #expect(rig.peer.takeSent().map(\.text) == ["signal 1 enough"])
    }
  }

  @Test("LNK-6: thousands of links over one connection all fire when it is lost", arguments: [1, 2])
  func many(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let rig = Rig()
      let processes = (1...3_000).map { number in
        spawn {
          try CurrentProcess.link(rig.remote(UInt32(number))); try await suspendForever()
        }
      }
      try await node.settle()
      rig.lose()
      for process in processes { #expect(await process.exited() == .noConnection) }
    }
  }

  @Test("LNK-13: however a lost connection and the end of a linked process meet, one reason wins, and nothing is left")
  func lostWhileEnding() async throws {
    try await withTestNodes(seeds: 1...100) { node in
      let rig = Rig()
      let process = spawn {
        try CurrentProcess.link(rig.remote()); try await suspendForever()
      }
      try await node.settle()
      let ender = spawn { process.exit(.shutdown) }
      let loser = spawn { rig.lose() }
      _ = await (ender.exited(), loser.exited())
      let reason = await process.exited()
      #expect([.shutdown, .noConnection].contains(reason))
      let sent = rig.peer.takeSent().map(\.text)
      #expect(sent == (reason == .shutdown ? ["link 1", "exit 1 shutdown"] : ["link 1"]))
    }
  }
}
