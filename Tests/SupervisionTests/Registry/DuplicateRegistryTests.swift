import Supervision
import SupervisionTesting
import Testing

/// Elixir's registry/duplicate_test.exs.
@Suite("Registry: duplicate keys", .timeLimit(.minutes(5)))
struct DuplicateRegistryTests {
  typealias Registry = DuplicateRegistry<String, Int>

  @Test("REG-6, REG-10: has duplicate registrations: keys and values repeat", arguments: [1, 8])
  func repeats(_ partitions: Int) async throws {
    try await withTestNode { _ in
      let registry = Registry(partitions: partitions)
      let me = try #require(CurrentProcess.id)
      try #require(registry.count == 0 && registry.keys(of: me).isEmpty && registry.lookup("hello").isEmpty)
      try registry.register("hello", 1)
      try registry.register("hello", 2)
      try registry.register("hello", 2)
      try registry.register("world", 3)
      try #require(registry.keys(of: me) == ["hello", "hello", "hello", "world"] && registry.count == 4)
      try #require(registry.values("hello", of: me) == [1, 2, 2] && registry.values("none", of: me) == [])
      try #require(registry.lookup("hello").map(\.value).sorted() == [1, 2, 2])
    }
  }

  @Test("REG-9, REG-10: has duplicate registrations across processes; keys and values are each one's own")
  func across() async throws {
    try await everySeed { _ in
      let registry = Registry()
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      try await one.perform { try registry.register("hello", 1) }
      try await two.perform { try registry.register("hello", 2) }
      try #require(Set(registry.lookup("hello").map(\.process)) == [one.id, two.id])
      try #require(registry.values("hello", of: one.id) == [1] && registry.values("hello", of: two.id) == [2])
      try #require(registry.keys(of: two.id) == ["hello"])
    }
  }

  @Test("REG-7: unregisters by key, all of one's own entries and no other's")
  func unregisters() async throws {
    try await everySeed { _ in
      let registry = Registry()
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      for clerk in [one, two] {
        try await clerk.perform {
          registry.unregister("hello")
          for value in 1...3 { try registry.register("hello", value) }
          try registry.register("world", 4)
        }
      }
      try await one.perform { registry.unregister("hello") }
      try #require(registry.keys(of: one.id) == ["world"])
      try #require(registry.values("hello", of: two.id) == [1, 2, 3] && registry.count == 5)
    }
  }

  @Test("REG-7: unregister_match supports guards: only what matches is removed")
  func unregistersMatching() async throws {
    try await withTestNode { _ in
      let registry = Registry()
      for value in 1...5 { try registry.register("hello", value) }
      registry.unregister("hello") { $0 > 2 && $0 < 5 }
      try #require(registry.lookup("hello").map(\.value).sorted() == [1, 2, 5])
    }
  }

  @Test("REG-12: dispatches to multiple keys in serial, in the caller, and never without entries")
  func dispatches() async throws {
    try await everySeed { _ in
      let registry = DuplicateRegistry<String, ProcessRef<String>>()
      let probes = (0..<3).map { _ in Probe<String>() }
      for probe in probes {
        let clerk = try await Clerk.start { Clerk() }
        try await clerk.perform { try registry.register("room", probe.ref) }
      }
      var callers: [ProcessID?] = []
      registry.dispatch("room") { members in
        callers.append(CurrentProcess.id)
        for member in members { member.value.send("hello") }
      }
      registry.dispatch("unknown") { _ in callers.append(nil) }
      try #require(callers == [CurrentProcess.id])
      for probe in probes { try #require(try await probe.next() == "hello") }
    }
  }

  @Test("REG-13, REG-15: selects and counts all entries (select all, count_match)")
  func selects() async throws {
    try await withTestNode { _ in
      let registry = Registry(partitions: 8)
      try #require(registry.select().isEmpty)
      for value in 1...4 { try registry.register(value % 2 == 0 ? "even" : "odd", value) }
      try #require(registry.select().map(\.value) == [1, 2, 3, 4])
      try #require(registry.select().filter { $0.key == "odd" && $0.value > 1 }.map(\.value) == [3])
      try #require(registry.count == 4)
    }
  }

  @Test("REG-18: of many processes under one key each end removes its own entries alone")
  func ends() async throws {
    try await everySeed { _ in
      let registry = Registry()
      var clerks: [ProcessRef<Clerk.Message>] = []
      for number in 0..<10 {
        let clerk = try await Clerk.start { Clerk() }
        try await clerk.perform { for _ in 1...2 { try registry.register("hello", number) } }
        clerks.append(clerk)
      }
      for clerk in clerks.enumerated().filter({ $0.offset % 3 == 0 }) { await clerk.element.end(.kill) }
      try #require(Set(registry.lookup("hello").map(\.value)) == [1, 2, 4, 5, 7, 8] && registry.count == 12)
    }
  }
}
