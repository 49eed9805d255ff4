@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Names", .timeLimit(.minutes(5)))
struct NameTests {
  static func receiver() throws -> ProcessRef<Int> {
    try spawnMonitor(receiving: Int.self) { inbox in
      while true { _ = try await inbox.next() }
    }.process
  }

  @Test("NAM-1: the dead, a taken name, and a process that has a name cannot be registered")
  func refusals() async throws {
    try await withTestNode { node in
      let (name, other) = (ProcessName<Int>("one"), ProcessName<Int>("two"))
      let (first, second, dead) = (try Self.receiver(), try Self.receiver(), try Self.receiver())
      dead.id.exit(.kill)
      try name.register(first)
      #expect(name.whereis == first.id)
      #expect(first.id.info?.name == "one")
      let taken = #expect(throws: NameError.self) { try name.register(second) }
      #expect(taken?.kind == .taken(first.id))
      let again = #expect(throws: NameError.self) { try name.register(first) }
      #expect(again?.kind == .taken(first.id))
      let named = #expect(throws: NameError.self) { try other.register(first) }
      #expect(named?.kind == .processHasName("one"))
      let gone = #expect(throws: NameError.self) { try other.register(dead) }
      #expect(gone?.kind == .noProcess(dead.id))
      #expect(other.whereis == nil)
    }
  }

  @Test("NAM-1: a name that was given up, by its process or by its death, can be registered again")
  func again() async throws {
    try await withTestNode { node in
      let (name, other) = (ProcessName<Int>("one"), ProcessName<Int>("two"))
      let (first, second) = (try Self.receiver(), try Self.receiver())
      try name.register(first)
      try name.unregister()
      try other.register(first)
      try name.register(second)
      second.id.exit(.kill)
      try name.register(try Self.receiver())
    }
  }

  @Test("NAM-2: taking away a name that nobody has is an error")
  func unregister() async throws {
    try await withTestNode { node in
      let name = ProcessName<Int>("one")
      #expect(throws: NameError.self) { try name.unregister() }
      let ref = try Self.receiver()
      try name.register(ref)
      try name.unregister()
      #expect(name.whereis == nil)
      #expect(ref.id.info?.name == nil)
      #expect(ref.id.isAlive)
      try name.register(ref)
      ref.id.exit(.kill)
      let error = #expect(throws: NameError.self) { try name.unregister() }
      #expect(error?.kind == .notRegistered)
    }
  }

  @Test("NAM-3: looking up never finds the dead")
  func whereis() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let name = ProcessName<Int>("one")
      let ref = try Self.receiver()
      try name.register(ref)
      spawn {
        try await CurrentProcess.sleep(for: .zero)
        ref.id.exit(.kill)
      }
      for _ in 0..<5 {
        if let found = name.whereis { #expect(found.isAlive) }
        try await CurrentProcess.sleep(for: .zero)
      }
      #expect(name.whereis == nil)
    }
  }

  @Test("NAM-5: any process may register and unregister any other")
  func byOthers() async throws {
    try await withTestNode { node in
      let name = ProcessName<Int>("one")
      let ref = try Self.receiver()
      #expect(await spawn { try name.register(ref) }.exited() == .normal)
      #expect(name.whereis == ref.id)
      #expect(await spawn { try name.unregister() }.exited() == .normal)
      #expect(name.whereis == nil)
    }
  }

  @Test("NAM-6: what was sent by a name arrives though the name is given up meanwhile")
  func inFlight() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let name = ProcessName<Int>("one")
      let probe = Probe<Int>()
      try name.register(probe.ref)
      name.send(1)
      try name.unregister()
      name.send(2)
      try await probe.expect(1)
      try await probe.expectNothing(node)
    }
  }

  @Test("NAM-7: sending to a name that nobody has is an error that can be asked for, and else dropped")
  func unknown() async throws {
    try await withTestNode { node in
      let name = ProcessName<Int>("one")
      name.send(1)
      let error = #expect(throws: NameError.self) { try name.trySend(1) }
      #expect(error?.kind == .notRegistered)
      #expect(error?.description == "nobody has the name \"one\"; start the process that registers it first")
      let other = ProcessName<String>("one")
      try name.register(try Self.receiver())
      let wrong = #expect(throws: NameError.self) { try other.trySend("1") }
      #expect(wrong?.kind == .wrongMessageType("Int"))
    }
  }
}
