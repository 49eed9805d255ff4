@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Ending a process at once", .timeLimit(.minutes(5)))
struct EndAtOnceTests {
  private static func linked(trapsExits: Bool = false) async throws -> ProcessID {
    let child = try spawnLink {
      CurrentProcess.trapsExits = trapsExits
      try await suspendForever()
    }
    try await CurrentProcess.sleep(for: .zero)
    return child
  }

  @Test("XSG-3: it ends as by an exit signal, and nothing comes back over the link")
  func ends() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let done = spawn(receiving: Int.self) { inbox in
        let me = try CurrentProcess.sure("test")
        CurrentProcess.trapsExits = true
        let child = try await Self.linked()
        try CurrentProcess.monitor(child)
        #expect(child.cell.endAtOnce(by: me, .shutdown) == .shutdown)
        #expect(!child.isAlive)
        #expect(CurrentProcess.links == [])
        let first = try await inbox.signal(within: .seconds(1))
        guard case .down(_, child, .shutdown) = first else { throw UnexpectedSignal(signal: first) }
        await #expect(throws: MailboxError.timeout) { try await inbox.signal(within: .seconds(1)) }
        #expect(child.cell.endAtOnce(by: me, .shutdown) == .shutdown)
      }
      #expect(await done.exited() == .normal)
    }
  }

  @Test("XSG-3: one that traps exits is left alone, but for a kill")
  func traps() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let done = spawn {
        let me = try CurrentProcess.sure("test")
        let child = try await Self.linked(trapsExits: true)
        #expect(child.cell.endAtOnce(by: me, .shutdown) == nil)
        #expect(child.isAlive)
        #expect(CurrentProcess.links == [child])
        #expect(child.cell.endAtOnce(by: me, .kill) == .killed)
        #expect(!child.isAlive)
        #expect(CurrentProcess.links == [])
      }
      #expect(await done.exited() == .normal)
    }
  }

  @Test("XSG-3: who is dead ends nobody")
  func fenced() async throws {
    try await withTestNode { node in
      let (child, dead) = (spawn { try await suspendForever() }, spawn {})
      _ = await dead.exited()
      #expect(child.cell.endAtOnce(by: dead.cell, .shutdown) == nil)
      #expect(child.isAlive)
    }
  }

  private struct UnexpectedSignal: Error { let signal: Signal }
}

extension Stress {
  @Suite("Ending at once")
  struct EndAtOnce {
    @Test("LNK-8: an end at once and an end by itself race: either is heard of once")
    func race() async throws {
      let failures = try await onWorkers {
        let failures = Journal<String>()
        let judge = spawn(receiving: Int.self) { inbox in
          let me = try CurrentProcess.sure("test")
          CurrentProcess.trapsExits = true
          for round in 0..<2_000 {
            let child = try spawnLink {}
            if round % 2 == 0 { await Task.yield() }
            let ended = child.cell.endAtOnce(by: me, .shutdown)
            let reason = await child.exited()
            let signal = try? await inbox.signal(within: .zero)
            // Its own end may have been under way: then that one's signal comes.
            switch (ended, reason, signal) {
            case (.shutdown?, .shutdown, nil): break
            case (nil, .normal, .exit(child, .normal)?), (.normal?, .normal, .exit(child, .normal)?): break
            default:
              failures.note("round \(round): \(String(describing: ended)), \(reason), \(String(describing: signal))")
            }
          }
        }
        let reason = await judge.exited()
        if reason != .normal { failures.note("\(reason)") }
        return failures.entries
      }
      #expect(failures == [])
    }
  }
}
