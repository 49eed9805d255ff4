import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Monitors between nodes", .timeLimit(.minutes(1)))
struct RemoteMonitorTests {
  @Test("MON-3: a monitor of another node's process tells the real reason")
  func down() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn(receiving: Never.self) { inbox in
        let monitor = try CurrentProcess.monitor(rig.remote())
        guard case .down(monitor, let from, .shutdown) = try await inbox.signal() else { throw ExitReason.timeout }
        #expect(from == rig.remote())
      }
      try await node.settle()
      guard case .monitor(let from, .pid(rig.remotePid()), let ref)? = rig.peer.takeSent().first else {
        throw ExitReason.timeout
      }
      rig.receive(.monitorExit(from: .pid(rig.remotePid()), to: from, ref, reason: .atom("shutdown")))
      rig.receive(.monitorExit(from: .pid(rig.remotePid()), to: from, ref, reason: .atom("shutdown")))
      #expect(await process.exited() == .normal)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("MON-4: of a node that is lost, or cannot be reached, the reason is noConnection", arguments: [true, false])
  func noConnection(isConnected: Bool) async throws {
    try await withTestNode { node in
      let rig = Rig(isConnected: isConnected)
      let process = spawn(receiving: Never.self) { inbox in
        let monitors = [
          try CurrentProcess.monitor(rig.remote()),
          try CurrentProcess.monitor(ProcessName<ErlangMessage>("cache", node: "b@h")),
        ]
        for monitor in monitors {
          guard case .down(monitor, _, .noConnection) = try await inbox.signal() else { throw ExitReason.timeout }
        }
      }
      try await node.settle()
      if isConnected { rig.lose() }
      #expect(await process.exited() == .normal)
    }
  }

  @Test("MON-4: monitoring a dead process or an unknown name is answered with noproc, as it was addressed")
  func noProcess() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      let process = spawn {}
      _ = await process.exited()
      rig.receive(.monitor(from: rig.remotePid(), .pid(rig.node.pid(of: process)), rig.ref(1)))
      rig.receive(.monitor(from: rig.remotePid(), .name("nobody"), rig.ref(2)))
      #expect(rig.peer.takeSent().map(\.text) == ["down here 1 noproc", "down nobody 2 noproc"])
    }
  }

  @Test("MON-7: a name is resolved when it is monitored, and the answer has the name")
  func byName() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      let name = ProcessName<ErlangMessage>("echo")
      let first = try await Echo.start(name) { Echo() }
      rig.receive(.monitor(from: rig.remotePid(), .name("echo"), rig.ref()))
      try name.unregister()
      _ = try await Echo.start(name) { Echo() }
      #expect(rig.peer.takeSent().isEmpty)
      first.id.exit(.kill)
      #expect(rig.peer.takeSent().map(\.text) == ["down echo 1 killed"])
    }
  }

  @Test("MON-9: after demonitor nothing comes, on either side")
  func demonitor() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn(receiving: Never.self) { inbox in
        let monitor = try CurrentProcess.monitor(rig.remote())
        #expect(CurrentProcess.demonitor(monitor))
        do {
          _ = try await inbox.signal(within: .seconds(1))
          throw ExitReason.shutdown
        } catch MailboxError.timeout {}
      }
      try await node.settle()
      let sent = rig.peer.takeSent()
      #expect(sent.map(\.text) == ["monitor 1", "demonitor 1"])
      guard case .monitor(let from, let target, let ref)? = sent.first else { throw ExitReason.timeout }
      rig.receive(.monitorExit(from: target, to: from, ref, reason: .atom("oops")))
      #expect(await process.exited() == .normal)

      let watched = spawn { try await suspendForever() }
      rig.receive(.monitor(from: rig.remotePid(), .pid(rig.node.pid(of: watched)), rig.ref()))
      #expect(watched.info?.monitoredBy == [rig.remote()])
      rig.receive(.demonitor(from: rig.remotePid(), .pid(rig.node.pid(of: watched)), rig.ref()))
      #expect(watched.info?.monitoredBy == [])
      watched.exit(.kill)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("MON-13: a watcher's end takes its monitors back, there too")
  func watcherEnds() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        try CurrentProcess.monitor(rig.remote()); try await suspendForever()
      }
      try await node.settle()
      process.exit(.kill)
      #expect(rig.peer.takeSent().map(\.text) == ["monitor 1", "demonitor 1"])
    }
  }

  @Test("MON-13: monitors of a lost node are forgotten; its processes hear nothing more")
  func watcherLost() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      let process = spawn { try await suspendForever() }
      rig.receive(.monitor(from: rig.remotePid(), .pid(rig.node.pid(of: process)), rig.ref()))
      rig.lose()
      #expect(process.info?.monitoredBy == [])
      rig.connect()
      process.exit(.kill)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("MON-2: whatever comes first, an end there or a lost connection, there is one down signal")
  func once() async throws {
    try await withTestNodes(seeds: 1...100) { node in
      let rig = Rig()
      let process = spawn(receiving: Never.self) { inbox in
        try CurrentProcess.monitor(rig.remote())
        _ = try await inbox.signal()
        do {
          _ = try await inbox.signal(within: .seconds(1))
          throw ExitReason.shutdown
        } catch MailboxError.timeout {}
      }
      try await node.settle()
      guard case .monitor(let from, let target, let ref)? = rig.peer.takeSent().first else { throw ExitReason.timeout }
      spawn { rig.lose() }
      spawn { rig.receive(.monitorExit(from: target, to: from, ref, reason: .atom("oops"))) }
      #expect(await process.exited() == .normal)
    }
  }

  @Test("PID-1: one process of another node has one id; its node's name can be asked")
  func identity() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      #expect(rig.remote() == rig.remote() && rig.remote(1) != rig.remote(2))
      #expect(rig.node.process(of: rig.remotePid(creation: 8)) != rig.remote())
      #expect(rig.remote().remoteNode == "b@h" && "\(rig.remote())" == "<1.1.0>")
      #expect(rig.node.pid(of: rig.remote()) == rig.remotePid())
      let own = spawn { try await suspendForever() }
      #expect(rig.node.process(of: rig.node.pid(of: own)) == own && own.remoteNode == nil)
    }
  }
}

/// Answers what it is asked.
struct Echo: GenServer {
  typealias Message = ErlangMessage

  func handle(_ message: ErlangMessage) {
    if case .call(let request, let reply) = message { reply(request) }
  }
}
