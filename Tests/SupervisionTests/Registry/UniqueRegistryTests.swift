import Supervision
import SupervisionTesting
import Testing

/// Elixir's registry/unique_test.exs.
@Suite("Registry: unique keys", .timeLimit(.minutes(5)))
struct UniqueRegistryTests {
  static let partitions = [1, 8]

  @Test("REG-1: any number of partitions, and less than one, keep the same entries", arguments: [-1, 0, 1, 3, 8, 64])
  func partitioning(_ partitions: Int) async throws {
    try await withTestNode { _ in
      let registry = ProcessRegistry<Int, Int>(partitions: partitions)
      try #require(registry.count == 0 && registry.select().isEmpty)
      for key in 0..<100 { try registry.register(key, key * 2) }
      try #require(registry.count == 100)
      for key in 0..<100 { try #require(registry.lookup(key)?.value == key * 2) }
    }
  }

  @Test("REG-2, REG-9: has unique registrations", arguments: partitions)
  func registers(_ partitions: Int) async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, String>(partitions: partitions)
      let clerk = try await Clerk.start { Clerk() }
      try await clerk.perform { try registry.register("hello", "value") }
      try #require(registry.lookup("hello")?.process == clerk.id && registry.lookup("hello")?.value == "value")
      try #require(registry.whereis("hello") == clerk.id && registry.keys(of: clerk.id) == ["hello"])
      try #require(registry.lookup("other") == nil && registry.whereis("other") == nil)
      try await clerk.perform { try registry.register("world", "value") }
      try #require(registry.keys(of: clerk.id) == ["hello", "world"] && registry.count == 2)
    }
  }

  @Test("REG-2: who is no process cannot register")
  func outside() {
    let registry = ProcessRegistry<String, Void>()
    let error = #expect(throws: RegistryError.self) { try registry.register("hello") }
    #expect(error?.kind == .outsideProcess)
    #expect(
      error?.description
        == "a process registers itself: call this within spawn { } or a GenServer, or start the server with a name "
        + ".via(registry, key)")
    #expect(registry.count == 0)
  }

  @Test(
    "REG-3, REG-5: what a process has already is refused, and nothing changes (doesn't grow ets on already_registered)")
  func refusesItself() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Int>()
      let clerk = try await Clerk.start { Clerk() }
      try await clerk.perform { try registry.register("hello", 1) }
      for _ in 1...3 {
        let answer = try await clerk.run {
          try registry.register("hello", 2)
          return "registered"
        }
        try #require(answer == "already registered: \(clerk.id)")
      }
      try #require(registry.value("hello", of: clerk.id) == 1)
      try #require(registry.count == 1 && registry.keys(of: clerk.id) == ["hello"])
    }
  }

  @Test("REG-2, REG-5: has unique registrations across processes, and links nobody")
  func refusesOthers() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Int>()
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      try await one.perform { try registry.register("hello", 1) }
      let answer = try await two.run {
        try registry.register("hello", 2)
        return "registered"
      }
      try #require(answer == "already registered: \(one.id)")
      try #require(registry.keys(of: two.id).isEmpty && registry.keys(of: one.id) == ["hello"])
      for clerk in [one, two] { try #require(clerk.id.info?.links == []) }
    }
  }

  @Test("REG-4: has unique registrations even if the dead holder has not been removed yet")
  func deadHolder() async throws {
    let registry = ProcessRegistry<String, Int>()
    let log = Probe<Bool>()
    for round in 0..<5 {
      let clerk = try await Clerk.start { Clerk() }
      try await clerk.perform { try registry.register("hello", round) }
      // They are told first, and that takes a while.
      for _ in 0..<1_000 {
        spawn(receiving: Never.self) { inbox in
          try CurrentProcess.monitor(clerk.id)
          log.ref.send(true)
          _ = try await inbox.signal()
        }
      }
      for _ in 0..<1_000 { _ = try await log.next(within: .seconds(60)) }
      spawn {
        log.ref.send(true)
        while clerk.id.isAlive {}
        do throws(RegistryError) {
          try registry.register("hello", -round)
          log.ref.send(registry.whereis("hello") == CurrentProcess.id)
        } catch {
          log.ref.send(false)
        }
      }
      _ = try await log.next(within: .seconds(60))
      clerk.id.exit(.kill)
      #expect(try await log.next(within: .seconds(60)))
    }
  }

  @Test("REG-7: unregisters process by key, and nobody else's", arguments: partitions)
  func unregisters(_ partitions: Int) async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Int>(partitions: partitions)
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      try await one.perform { registry.unregister("hello") }  // with no entries
      try await one.perform {
        try registry.register("hello", 1)
        try registry.register("world", 2)
      }
      try await two.perform { registry.unregister("hello") }
      registry.unregister("hello")
      try #require(registry.keys(of: one.id) == ["hello", "world"])
      try await one.perform { registry.unregister("hello") }
      try #require(registry.keys(of: one.id) == ["world"] && registry.lookup("hello") == nil)
      try await two.perform { try registry.register("hello", 3) }
      try #require(registry.whereis("hello") == two.id)
    }
  }

  @Test("REG-7: of a registry without values, too, only the holder's own key is unregistered")
  func unregistersWithoutValues() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Void>()
      let holder = try await Clerk.start { Clerk() }
      try await holder.perform { try registry.register("hello") }
      registry.unregister("hello")
      registry.unregister("nobody's")
      try #require(registry.whereis("hello") == holder.id)
      try await holder.perform { registry.unregister("hello") }
      try #require(registry.whereis("hello") == nil)
    }
  }

  @Test("REG-7: unregister_match supports patterns: only a value that matches is removed")
  func unregistersMatching() async throws {
    try await withTestNode { _ in
      let registry = ProcessRegistry<String, Int>()
      try registry.register("hello", 5)
      registry.unregister("hello") { $0 > 5 }
      try #require(registry.count == 1)
      registry.unregister("hello") { $0 == 5 }
      try #require(registry.count == 0)
    }
  }

  @Test("REG-8: compares using ==, and by nothing but the key")
  func comparesKeys() async throws {
    try await withTestNode { _ in
      let registry = ProcessRegistry<Clash, Int>(partitions: 2)
      for number in 0..<50 { try registry.register(Clash(number), number) }
      for number in 0..<50 { try #require(registry.lookup(Clash(number))?.value == number) }
      for number in stride(from: 0, to: 50, by: 3) { registry.unregister(Clash(number)) }
      for number in 0..<50 {
        try #require(registry.lookup(Clash(number))?.value == (number % 3 == 0 ? nil : number))
      }
    }
  }

  @Test("REG-11: updates current process value, and no other's")
  func updates() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Int>()
      let clerk = try await Clerk.start { Clerk() }
      try await clerk.perform { try registry.register("hello", 1) }
      let updated = try await clerk.run { "\(registry.updateValue("hello") { $0 + 1 } as Any)" }
      try #require(updated == "Optional((new: 2, old: 1))")
      try #require(registry.lookup("hello")?.value == 2)
      for key in ["hello", "unknown"] {
        let isCalled = Probe<Bool>()
        let result = registry.updateValue(key) {
          isCalled.ref.send(true)
          return $0
        }
        try #require(result == nil && isCalled.isEmpty)
      }
      await clerk.end(.normal)
      try #require(registry.count == 0)
    }
  }

  @Test("REG-12: dispatches to a single key, and not at all without entries")
  func dispatches() async throws {
    try await withTestNode { _ in
      let registry = ProcessRegistry<String, Int>()
      var seen: [[Int]] = []
      registry.dispatch("hello") { seen.append($0.map(\.value)) }
      try registry.register("hello", 1)
      registry.dispatch("hello") { seen.append($0.map(\.value)) }
      try #require(seen == [[1]])
    }
  }

  @Test("REG-13, REG-14, REG-15: select gives all entries, for any filter (select all, count_match, match patterns)")
  func selects() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Int>(partitions: 8)
      try #require(registry.select() == [])
      let clerk = try await Clerk.start { Clerk() }
      try registry.register("hello", 1)
      try await clerk.perform { try registry.register("world", 2) }
      try #require(registry.select().map(\.key) == ["hello", "world"])
      try #require(registry.select().map(\.process) == [CurrentProcess.id, clerk.id])
      try #require(registry.select().filter { $0.value > 1 }.map(\.key) == ["world"])
      try #require(registry.select().count { $0.process == clerk.id } == 1 && registry.count == 2)
    }
  }
}

/// All of them have the same hash.
struct Clash: Hashable, Sendable {
  let number: Int
  init(_ number: Int) { self.number = number }
  func hash(into hasher: inout Hasher) {}
}
