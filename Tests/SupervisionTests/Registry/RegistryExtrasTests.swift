import Supervision
import SupervisionTesting
import Testing

/// Listeners, metadata and locks.
@Suite("Registry: listeners, metadata, locks", .timeLimit(.minutes(5)))
struct RegistryExtrasTests {
  @Test("REG-19: allows listeners, who hear what processes do, and not that they end")
  func listeners() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let registry = ProcessRegistry<String, Int>(listeners: [{ log.ref.send("\($0)") }])
      let clerk = try await Clerk.start { Clerk() }
      try await clerk.perform {
        try registry.register("hello", 1)
        try? registry.register("hello", 2)
        registry.unregister("none")
        registry.unregister("hello")
        try registry.register("world", 3)
      }
      await clerk.end(.normal)
      try #require(
        try await log.all(node) == [
          "registered(\"hello\", \(clerk.id), 1)", "unregistered(\"hello\", \(clerk.id))",
          "registered(\"world\", \(clerk.id), 3)",
        ])
    }
  }

  @Test("REG-19: a listener that has gone does no harm (Elixir: an error)")
  func absentListener() async throws {
    try await withTestNode { _ in
      let nobody = ProcessName<RegistryEvent<String, Void>>("nobody")
      let registry = DuplicateRegistry<String, Void>(listeners: [{ nobody.send($0) }])
      try registry.register("hello")
      try #require(registry.count == 1)
    }
  }

  @Test("REG-20: metadata is kept under a name and a type")
  func metadata() {
    let unique = ProcessRegistry<String, Void>()
    let duplicate = DuplicateRegistry<String, Void>()
    #expect(unique.metadata(.patience) == nil && duplicate.metadata(.patience) == nil)
    unique.setMetadata(.patience, 3)
    duplicate.setMetadata(.patience, 4)
    #expect(unique.metadata(.patience) == 3 && duplicate.metadata(.patience) == 4)
    #expect(unique.metadata(RegistryMetadataKey<String>("patience")) == nil)
    unique.setMetadata(.patience, 5)
    #expect(unique.metadata(.patience) == 5)
    unique.deleteMetadata(.patience)
    duplicate.deleteMetadata(.patience)
    #expect(unique.metadata(.patience) == nil && duplicate.metadata(.patience) == nil)
  }

  @Test("REG-21: lock: does not lock when using different keys")
  func differentKeys() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Void>()
      let log = Probe<String>()
      for key in ["a", "b"] {
        spawn {
          try await registry.lock(key) {
            log.ref.send("in")
            try await CurrentProcess.sleep(for: .seconds(10))
          }
        }
      }
      for _ in 1...2 { try #require(try await log.next(within: .seconds(1)) == "in") }
    }
  }

  @Test("REG-21: lock: locks when using the same key, one after the other")
  func sameKey() async throws {
    try await everySeed { node in
      let registry = DuplicateRegistry<String, Void>()
      let log = Probe<String>()
      for number in 1...4 {
        spawn {
          let result = try await registry.lock("a") {
            log.ref.send("in")
            try await CurrentProcess.sleep(for: .seconds(number))
            log.ref.send("out")
            return number
          }
          if result != number { log.ref.send("wrong") }
        }
      }
      try await CurrentProcess.sleep(for: .seconds(11))
      try #require(try await log.all(node) == (1...4).flatMap { _ in ["in", "out"] })
    }
  }

  @Test("REG-21: lock: is given back when the holder throws, or ends, and skips a waiter that has ended")
  func givenBack() async throws {
    for reason: ExitReason? in [nil, .kill, .shutdown] {
      try await everySeed { node in
        let registry = ProcessRegistry<String, Void>()
        let log = Probe<String>()
        let holder = spawn {
          do {
            try await registry.lock("a") {
              log.ref.send("holds")
              try await CurrentProcess.sleep(for: .seconds(5))
              throw Failure("raised")
            }
          } catch is Failure {
            try await CurrentProcess.sleep(for: .seconds(60))
          }
        }
        try #require(try await log.next() == "holds")
        let waiters = (1...3).map { number in
          spawn { try await registry.lock("a") { log.ref.send("\(number)") } }
        }
        try await node.settle()
        waiters[1].exit(.kill)
        try await node.settle()
        try #require(log.isEmpty)
        if let reason { holder.exit(reason) } else { try await CurrentProcess.sleep(for: .seconds(5)) }
        try #require(try await log.all(node).sorted() == ["1", "3"])
        try #require(holder.isAlive == (reason == nil))
      }
    }
  }

  @Test("REG-21: who is no process cannot hold a lock")
  func outside() async {
    let registry = ProcessRegistry<String, Void>()
    await #expect(throws: RegistryError.self) { try await registry.lock("a") {} }
  }
}

extension RegistryMetadataKey where Value == Int {
  static var patience: Self { "patience" }
}
