import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// Keys of a registry as names.
@Suite("Registry: names", .timeLimit(.minutes(5)))
struct RegistryNameTests {
  @Test("REG-16, NAM-11, GS-61: via callbacks: start, call, send, whereis and stop go through the registry")
  func via() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<Int, Void>()
      let name = ProcessName<Command>.via(registry, 42)
      try #require(
        name.whereis == nil && name.rawValue == "42" && name == .via(registry, 42) && name != .via(registry, 43))
      try #require(
        await outcome { () async throws(CallError) -> Int in try await name.call { .get($0) } } == "noProcess")
      let flavour = Flavour.allCases[0]
      let server = try await flavour.start(name)
      try #require(
        name.whereis == server.id && registry.whereis(42) == server.id && registry.keys(of: server.id) == [42])
      name.send(.add(7))
      try #require(try await name.call { .get($0) } == 7)
      try #require(
        await startOutcome { () async throws(StartError) in try await flavour.start(name) }
          == "alreadyStarted(\(server.id))")
      try await name.stop()
      try #require(name.whereis == nil && registry.count == 0)
      try await name.unregistered(within: .seconds(1))
    }
  }

  @Test("REG-16: uses value provided in via")
  func value() async throws {
    try await withTestNode { _ in
      let registry = ProcessRegistry<String, Int>()
      let clerk = try await Clerk.startLink(.via(registry, "clerk", value: 3)) { Clerk() }
      try #require(registry.lookup("clerk")?.process == clerk.id && registry.lookup("clerk")?.value == 3)
      let again = await startOutcome { () async throws(StartError) in
        try await Clerk.start(.via(registry, "clerk", value: 4)) { Clerk() }
      }
      try #require(again == "alreadyStarted(\(clerk.id))" && registry.lookup("clerk")?.value == 3)
    }
  }

  @Test("REG-16, REG-18: a supervised server has its key again when it has been restarted")
  func supervised() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Void>()
      let clerk = ProcessName<Clerk.Message>.via(registry, "clerk")
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(9, within: .seconds(1))) {
        ChildSpec(clerk) { Clerk() }
      }
      let id = try await supervisor.children().first?.id
      try #require(id == "clerk")
      for _ in 1...5 {
        let before = try #require(clerk.whereis)
        before.exit(.kill)
        let after = try await clerk.registered(otherThan: before, within: .seconds(1))
        try #require(after != before && registry.count == 1)
        try #require(try await clerk.call { .run($0) { "\(CurrentProcess.id == after)" } } == "true")
      }
      try await supervisor.stop()
      try await clerk.unregistered(within: .seconds(1))
      try #require(registry.count == 0)
    }
  }

  @Test("REG-16: a dynamic supervisor starts many under keys, and refuses those that are taken")
  func dynamic() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<Int, Void>()
      let supervisor = try await DynamicSupervisor.start()
      for number in 1...3 { _ = try await supervisor.startChild(.via(registry, number)) { Clerk() } }
      let error = await #expect(throws: SupervisorError.self) {
        try await supervisor.startChild(.via(registry, 2)) { Clerk() }
      }
      let holder = try #require(registry.whereis(2))
      try #require(error == .alreadyStarted(holder))
      try await supervisor.terminateChild(holder)
      try #require(registry.select().map(\.key) == [1, 3])
      _ = try await supervisor.startChild(.via(registry, 2)) { Clerk() }
      try #require(registry.count == 3)
    }
  }

  @Test("REG-16: a key is monitored as any name, and messages to it may be delayed")
  func monitorsAndTimers() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Void>()
      let name = ProcessName<Command>.via(registry, "it")
      let log = Probe<Signal>()
      @Sendable func watch() {
        spawn(receiving: Never.self) { inbox in
          try CurrentProcess.monitor(name)
          log.ref.send(try await inbox.signal())
        }
      }
      watch()
      guard case .down(let ref, _, .noProcess) = try await log.next() else { throw Failure("nobody has it yet") }
      try #require(ref.name == "it")
      let server = try await Flavour.allCases[0].start(name)
      name.send(.add(5), after: .seconds(3))
      try await CurrentProcess.sleep(for: .seconds(4))
      try #require(try await server.get() == 5)
      watch()
      try await CurrentProcess.sleep(for: .seconds(1))
      server.id.exit(.shutdown)
      guard case .down(_, server.id, .shutdown) = try await log.next() else { throw Failure("it has ended") }
    }
  }

  @Test("REG-16, SIG-3: the registration is there when init runs, and gone when it has failed")
  func duringInit() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Void>()
      let name = ProcessName<Clerk.Message>.via(registry, "clerk")
      let seen = Probe<Bool>()
      let start = await startOutcome { () async throws(StartError) in
        try await Clerk.start(name) {
          seen.ref.send(name.whereis == CurrentProcess.id && CurrentProcess.id != nil)
          throw Failure("no")
        }
      }
      try #require(start == "failed(Failure: no)" && name.whereis == nil)
      try #require(try await seen.next())
    }
  }

  @Test("REG-16, NAM-11: supervisors of all kinds have names of a registry too")
  func supervisors() async throws {
    try await withTestNode { _ in
      let registry = ProcessRegistry<String, Void>()
      let root = ProcessName<Never>.via(registry, "root")
      let workers = ProcessName<Never>.via(registry, "workers")
      let jobs = ProcessName<Never>.via(registry, "jobs")
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: root) {
        DynamicSupervisor.child(name: workers)
        TaskSupervisor.child(name: jobs)
      }
      try #require(registry.whereis("root") == supervisor.id && registry.count == 3)
      let ids = try await supervisor.children().map(\.id)
      try #require(ids == ["jobs", "workers"])
      _ = try await DynamicSupervisor.named(workers).startChild { Clerk() }
      let task = try await TaskSupervisor.named(jobs).async { 3 }
      let value = try await task.await()
      try #require(value == 3)
      try await supervisor.stop()
      try #require(registry.count == 0)
    }
  }

  @Test("NAM-12: any type that finds, enters and removes processes gives names")
  func ownRegistry() async throws {
    try await everySeed { _ in
      let drawer = Drawer()
      let name = ProcessName<Clerk.Message>.via(drawer, "clerk")
      let clerk = try await Clerk.start(name) { Clerk() }
      try #require(name.whereis == clerk.id)
      try #require(try await name.call { .run($0) { "here" } } == "here")
      try #require(
        await startOutcome { () async throws(StartError) in try await Clerk.start(name) { Clerk() } }
          == "alreadyStarted(\(clerk.id))")
      spawn {
        try await CurrentProcess.sleep(for: .seconds(1))
        try name.unregister()
        drawer.namesChanged()
      }
      try await name.unregistered(within: .seconds(2))
      try #require(clerk.id.isAlive)
      try name.register(clerk)
      try #require(name.whereis == clerk.id)
    }
  }

  @Test("REG-16: who has a key can be told the kind of its messages from its id")
  func typedReference() async throws {
    try await withTestNode { _ in
      let registry = ProcessRegistry<String, Void>()
      let clerk = try await Clerk.start(.via(registry, "clerk")) { Clerk() }
      let found = try #require(registry.whereis("clerk"))
      try #require(ProcessRef<Clerk.Message>(found) == clerk && ProcessRef<Command>(found) == nil)
      let wrong = await outcome { () async throws(CallError) -> Int in
        try await ProcessName<Command>.via(registry, "clerk").call { .get($0) }
      }
      try #require(wrong == "wrongMessageType(\"Message\")")
    }
  }
}

/// A registry of the user's own.
final class Drawer: NameRegistry {
  private let entries = Mutex<[String: ProcessID]>([:])

  static func == (a: Drawer, b: Drawer) -> Bool { a === b }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  func whereisName(_ key: String) -> ProcessID? {
    entries.withLock { $0[key] }.flatMap { $0.isAlive ? $0 : nil }
  }

  func registerName(_ key: String, _ process: ProcessID) throws(NameError) {
    let holder = entries.withLock { entries -> ProcessID? in
      if let holder = entries[key], holder.isAlive { return holder }
      entries[key] = process
      return nil
    }
    if let holder { throw NameError(.taken(holder), name: key) }
  }

  func unregisterName(_ key: String) throws(NameError) {
    guard entries.withLock({ $0.removeValue(forKey: key) }) != nil else { throw NameError(.notRegistered, name: key) }
  }
}
