@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Exit signals", .timeLimit(.minutes(5)))
struct ExitSignalTests {
  /// A row of the table XSG-3.
  struct Row: Sendable, CustomTestStringConvertible {
    enum Sender: Sendable { case other, oneself, link }
    let sender: Sender
    let reason: ExitReason
    let traps: Bool
    /// Nil: the receiver lives on.
    var endsWith: ExitReason?
    /// Whether the signal becomes a message.
    var isMessage = false

    var testDescription: String { "\(sender), \(reason), \(traps ? "trapping" : "not trapping")" }
  }

  static let others: [ExitReason] = [.shutdown, .shutdown("why"), .killed, .noProcess, .timeout, .failure(Broken())]

  static let table: [Row] =
    [
      Row(sender: .other, reason: .kill, traps: false, endsWith: .killed),
      Row(sender: .other, reason: .kill, traps: true, endsWith: .killed),
      Row(sender: .oneself, reason: .kill, traps: false, endsWith: .killed),
      Row(sender: .oneself, reason: .kill, traps: true, endsWith: .killed),
      Row(sender: .other, reason: .normal, traps: false),
      Row(sender: .other, reason: .normal, traps: true, isMessage: true),
      Row(sender: .oneself, reason: .normal, traps: false, endsWith: .normal),
      Row(sender: .oneself, reason: .normal, traps: true, isMessage: true),
      Row(sender: .link, reason: .normal, traps: false),
      Row(sender: .link, reason: .normal, traps: true, isMessage: true),
      Row(sender: .link, reason: .kill, traps: false, endsWith: .kill),
      Row(sender: .link, reason: .kill, traps: true, isMessage: true),
    ]
    + others.flatMap { reason in
      [Row.Sender.other, .oneself, .link].flatMap { sender in
        [
          Row(sender: sender, reason: reason, traps: false, endsWith: reason),
          Row(sender: sender, reason: reason, traps: true, isMessage: true),
        ]
      }
    }

  @Test("XSG-3, EXR-2: what each exit signal does to its receiver", arguments: table)
  func decision(_ row: Row) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let seen = Probe<Signal>()
      let ready = Probe<ProcessID>()
      let receiver = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = row.traps
        if row.sender == .oneself { CurrentProcess.id?.exit(row.reason) }
        ready.ref.send(inbox.ref.id)
        while true { seen.ref.send(try await inbox.signal()) }
      }
      try await node.settle()
      var sender = receiver
      switch row.sender {
      case .oneself: break
      case .other:
        sender = spawn { receiver.exit(row.reason) }
        _ = await sender.exited()
      case .link:
        sender = spawn {
          try CurrentProcess.link(receiver)
          throw row.reason
        }
        #expect(await sender.exited() == row.reason)
      }
      try await node.settle()
      #expect(receiver.isAlive == (row.endsWith == nil))
      if let end = row.endsWith { #expect(await receiver.exited() == end) }
      if row.isMessage {
        guard case .exit(sender, row.reason) = try await seen.signalMessage() else {
          Issue.record("no exit message")
          return
        }
      }
      #expect(seen.isEmpty)
      receiver.exit(.kill)
    }
  }

  @Test("XSG-3: an exit over a link that is gone is dropped", arguments: [true, false], [ExitReason.kill, .shutdown])
  func inactiveLink(_ traps: Bool, _ reason: ExitReason) async throws {
    try await withTestNodes(seeds: 0..<50) { node in
      let result = Probe<Int>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = traps
        let peer = try spawnLink {
          try await CurrentProcess.sleep(for: .seconds(1))
          throw reason
        }
        CurrentProcess.unlink(peer)
        #expect(await peer.exited() == reason)
        result.ref.send(try await inbox.queuedSignals().count)
      }
      try await result.expect(0)
    }
  }

  @Test("XSG-1: an exit may be sent to the dead, and from outside of processes")
  func alwaysSucceeds() async throws {
    let process = sleeper()
    process.exit(.normal)
    #expect(process.isAlive)
    process.exit(.shutdown)
    process.exit(.kill)
    #expect(await process.exited() == .shutdown)
  }

  @Test("XSG-2: a thrown reason is an error that can be caught, and no signal")
  func thrownIsCaught() async throws {
    try await withTestNode { node in
      let process = spawn {
        do {
          throw ExitReason.kill
        } catch {
          throw ExitReason.timeout
        }
      }
      #expect(await process.exited() == .timeout)
    }
  }

  @Test("XSG-4, EXR-3: killed, sent by hand, is a reason like others; only a kill makes it")
  func killedByHand() async throws {
    try await withTestNode { node in
      let seen = Probe<Signal>()
      let process = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        seen.ref.send(try await inbox.signal())
        CurrentProcess.trapsExits = false
        try await suspendForever()
      }
      try await node.settle()
      process.exit(.killed)
      let signal = try await seen.next()
      #expect(signal.exitReason == .killed)
      process.exit(.killed)
      #expect(await process.exited() == .killed)
      #expect(await spawn { throw ExitReason.kill }.exited() == .kill)
    }
  }

  @Test(
    "XSG-5: kill becomes killed along a chain; a process that leaves with kill gives kill", arguments: [1, 2, 9, 10],
    [true, false])
  func chain(_ length: Int, _ isKilled: Bool) async throws {
    try await withTestNodes(seeds: 0..<25) { node in
      let head = spawn {
        try await CurrentProcess.sleep(for: .seconds(1))
        throw ExitReason.kill
      }
      var last = head
      for _ in 1..<max(1, length) {
        let next = sleeper()
        _ = last.cell.link(to: next.cell)
        last = next
      }
      try await node.settle()
      if isKilled { head.exit(.kill) }
      #expect(await last.exited() == (isKilled ? .killed : .kill))
      let trapper = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let child = try spawnLink { throw ExitReason.kill }
        guard case .exit(child, .kill) = try await inbox.signal() else { throw Broken() }
      }
      #expect(await trapper.exited() == .normal)
    }
  }

  @Test("XSG-6: an exit signal to oneself cannot be caught")
  func notCaught() async throws {
    try await withTestNode { node in
      let process = spawn {
        do {
          CurrentProcess.id?.exit(.failure(Broken()))
          try await suspendForever()
        } catch {
          throw ExitReason.normal
        }
      }
      #expect(await process.exited() == .failure(Broken()))
    }
  }

  @Test("XSG-7, SIG-5: what is sent before an exit may be handled, what is sent after it never")
  func order() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let seen = Probe<Int>()
      let process = spawn(receiving: Int.self) { inbox in
        while true { seen.ref.send(try await inbox.next()) }
      }
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      if Bool.random() { try await node.settle() }
      ref.send(1)
      process.exit(.shutdown)
      ref.send(2)
      try await node.settle()
      if !seen.isEmpty { try await seen.expect(1) }
      #expect(seen.isEmpty)
    }
  }

  @Test("XSG-7: to a process that traps exits, an exit stands between the messages around it")
  func orderWhenTrapping() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let seen = Probe<String>()
      let process = spawn(receiving: Int.self) { inbox in
        CurrentProcess.trapsExits = true
        while true {
          switch try await inbox.receive() {
          case .message(let number): seen.ref.send("\(number)")
          case .signal(let signal): seen.ref.send(signal.text)
          }
        }
      }
      try await node.settle()
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      ref.send(1)
      process.exit(.normal)
      ref.send(2)
      process.exit(.shutdown)
      var texts: [String] = []
      for _ in 0..<4 { texts.append(try await seen.next()) }
      #expect(texts == ["1", "exit normal", "2", "exit shutdown"])
    }
  }

  @Test("XSG-9: of two exit signals the first decides")
  func exitTwice() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = sleeper()
      if Bool.random() { try await node.settle() }
      process.exit(.timeout)
      process.exit(.shutdown)
      process.exit(.kill)
      #expect(await process.exited() == .timeout)
    }
  }

  @Test("XSG-10: trapping counts when the signal arrives")
  func trappingIsReadOnArrival() async throws {
    try await withTestNode { node in
      let seen = Probe<String>()
      let process = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        CurrentProcess.id?.exit(.shutdown)
        CurrentProcess.trapsExits = false
        seen.ref.send(try await inbox.signal().text)
        CurrentProcess.id?.exit(.shutdown)
        CurrentProcess.trapsExits = true
        try await suspendForever()
      }
      try await seen.expect("exit shutdown")
      #expect(await process.exited() == .shutdown)
    }
  }

  @Test("XSG-11: the trap flag can be read before it is changed, and starts as false")
  func trapFlag() async throws {
    try await withTestNode { node in
      #expect(!CurrentProcess.trapsExits)
      CurrentProcess.trapsExits = true
      #expect(CurrentProcess.trapsExits)
      #expect(CurrentProcess.id?.info?.trapsExits == true)
      CurrentProcess.trapsExits = false
    }
    CurrentProcess.trapsExits = true
    #expect(!CurrentProcess.trapsExits, "outside of processes there is no flag")
  }

  @Test("XSG-12: trapping exits does not stop a kill, nor one's own error")
  func untrappable() async throws {
    try await withTestNode { node in
      let victim = spawn {
        CurrentProcess.trapsExits = true
        try await suspendForever()
      }
      try await node.settle()
      victim.exit(.kill)
      #expect(await victim.exited() == .killed)
      let broken = spawn {
        CurrentProcess.trapsExits = true
        throw Broken()
      }
      #expect(await broken.exited() == .failure(Broken()))
    }
  }
}

extension Probe where Message == Signal {
  /// The next signal that was sent to the probe as a message.
  func signalMessage() async throws -> Signal { try await next(within: .seconds(1)) }
}
