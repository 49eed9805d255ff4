import Supervision
import SupervisionTesting
import Testing

@Suite("Exit reasons", .timeLimit(.minutes(5)))
struct ExitReasonTests {
  static let reserved: [(ExitReason, String)] = [
    (.normal, "normal"), (.shutdown, "shutdown"), (.kill, "kill"), (.killed, "killed"), (.noProcess, "no process"),
    (.noConnection, "no connection"), (.timeout, "timeout"),
  ]

  @Test("EXR-1: the reserved reasons are each their own")
  func reservedAreDistinct() {
    #expect(Set(Self.reserved.map(\.0)).count == Self.reserved.count)
    for (index, (reason, text)) in Self.reserved.enumerated() {
      #expect(reason.description == text)
      for (other, _) in Self.reserved.dropFirst(index + 1) { #expect(reason != other) }
    }
  }

  @Test("EXR-1: anything may be a reason: any error, any word with a shutdown, a fault")
  func anyReason() {
    struct Opaque: Error {}
    #expect(ExitReason.failure(Broken()) == .failure(Broken()))
    #expect(ExitReason.failure(Broken()) != .failure(Broken(why: "other")))
    #expect(ExitReason.failure(Opaque()) == .failure(Opaque()))
    #expect(ExitReason.failure(Opaque()) != .failure(Broken()))
    #expect(ExitReason.shutdown(1) == .shutdown(1))
    #expect(ExitReason.shutdown(1) != .shutdown("1"))
    #expect(ExitReason.shutdown(1) != .shutdown)
    #expect(ExitReason.failure(ExitReason.timeout) == .timeout, "a reason stays itself")
    #expect(ExitReason.failure(Broken()).error as? Broken == Broken())
    #expect(ExitReason.shutdown(1).shutdownDetail as? Int == 1)
    #expect(ExitReason.normal.error == nil && ExitReason.normal.fault == nil && ExitReason.normal.shutdownDetail == nil)
  }

  @Test("EXR-1: equal reasons hash equally, even if they print differently")
  func hashing() {
    struct Loose: Error, Hashable, CustomStringConvertible {
      let number: Int
      let note: String
      var description: String { note }
      static func == (a: Self, b: Self) -> Bool { a.number == b.number }
      func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }
    let (a, b) = (ExitReason.failure(Loose(number: 1, note: "a")), ExitReason.failure(Loose(number: 1, note: "b")))
    #expect(a == b)
    #expect(a.hashValue == b.hashValue)
    struct OnlyEquatable: Error, Equatable { let number: Int }
    #expect(Set([ExitReason.failure(OnlyEquatable(number: 1)), .failure(OnlyEquatable(number: 1))]).count == 1)
    #expect(Set([ExitReason.shutdown("x"), .shutdown("x"), .shutdown("y")]).count == 2)
  }

  @Test("EXR-1: faults are equal by kind and message; where they happened does not count")
  func faults() {
    let fault = Fault(message: "Index out of range", backtrace: ["main"])
    #expect(fault == Fault(message: "Index out of range", backtrace: []))
    #expect(fault.hashValue == Fault(message: "Index out of range").hashValue)
    #expect(fault != Fault(message: "overflow"))
    #expect(ExitReason.fault(fault) == .fault(fault))
    #expect(ExitReason.fault(fault).fault?.backtrace == ["main"])
    #expect(ExitReason.fault(fault).description == "trap: Index out of range")
  }

  @Test(
    "EXR-2: normal stops at links, shutdown does not", arguments: [ExitReason.shutdown, .shutdown("why"), .timeout])
  func propagation(_ reason: ExitReason) async throws {
    try await withTestNodes(seeds: 0..<50) { node in
      let survivor = spawn {
        try spawnLink {}
        try await suspendForever()
      }
      let follower = spawn {
        try spawnLink { throw reason }
        try await suspendForever()
      }
      #expect(await follower.exited() == reason)
      try await node.settle()
      #expect(survivor.isAlive)
    }
  }

  @Test(
    "EXR-4, EXR-5: clean ends are silent, errors are reported",
    arguments: [
      (ExitReason.normal, true), (.shutdown, true), (.shutdown("why"), true), (.failure(Broken()), false),
    ])
  func logging(_ reason: ExitReason, _ isClean: Bool) async throws {
    #expect(reason.isClean == isClean)
    try await withTestNode { node in
      _ = await spawn { throw reason }.exited()
      #expect(node.reports(of: CrashReport.self).map(\.reason) == (isClean ? [] : [reason]))
    }
  }

  @Test("EXR-4: who ends by another's exit signal has not crashed, and is not reported")
  func signalsAreSilent() async throws {
    try await withTestNode { node in
      let victims = (0..<3).map { _ in sleeper() }
      victims[0].exit(.kill)
      victims[1].exit(.failure(Broken()))
      victims[2].exit(.timeout)
      try await node.settle()
      #expect(node.reports.isEmpty)
    }
  }
}
