import Supervision
import SupervisionTesting
import Testing

/// What becomes of entries when their processes end (Elixir's registry_test.exs).
@Suite("Registry: ends of processes", .timeLimit(.minutes(5)))
struct RegistryEndTests {
  static let reasons: [ExitReason] = [.normal, .shutdown, .kill, .failure(Failure("x"))]

  @Test("REG-18: clean up registry on process crash, whatever the reason", arguments: reasons, [1, 8])
  func cleansUp(_ reason: ExitReason, _ partitions: Int) async throws {
    try await withTestNodes(seeds: 0..<30) { _ in
      let unique = ProcessRegistry<Int, String>(partitions: partitions)
      let duplicate = DuplicateRegistry<Int, String>(partitions: partitions)
      let clerk = try await Clerk.start { Clerk() }
      try await clerk.perform {
        for key in 0..<20 {
          try unique.register(key, "a")
          for _ in 1...2 { try duplicate.register(key % 3, "b") }
        }
      }
      try #require(unique.count == 20 && duplicate.count == 40)
      await clerk.end(reason)
      try #require(unique.count == 0 && duplicate.count == 0 && unique.select().isEmpty)
      try #require(unique.keys(of: clerk.id).isEmpty && duplicate.keys(of: clerk.id).isEmpty)
      try #require(unique.lookup(3) == nil && duplicate.lookup(0).isEmpty)
    }
  }

  @Test("REG-18, REG-9: whoever hears of the end finds the entry gone, and a trap ends a process as well")
  func beforeLinksHear() async throws {
    let registry = ProcessRegistry<Int, Void>()
    let heard = Probe<Bool>()
    spawn(receiving: Never.self) { inbox in
      CurrentProcess.trapsExits = true
      for key in 0..<50 {
        try spawnLink {
          try registry.register(key)
          if key == 49 { _ = Array<Int>()[key] }
          throw ExitReason.shutdown
        }
        _ = try await inbox.signal()
        heard.ref.send(registry.whereis(key) == nil)
      }
    }
    for _ in 0..<50 { #expect(try await heard.next()) }
  }

  @Test("REG-18: a process that is dead registers nothing")
  func fenced() async throws {
    try await withTestNode { node in
      let registry = ProcessRegistry<String, Void>()
      let said = Probe<String>()
      let outside = said.ref
      let process = spawn {
        do {
          try await CurrentProcess.sleep(for: .seconds(60))
        } catch {
          do throws(RegistryError) {
            try registry.register("late")
          } catch {
            Late.error = error
          }
        }
      }
      try await node.settle()
      process.exit(.kill)
      try await node.settle()
      try #require(Late.error?.kind == .noProcess(process) && registry.count == 0)
      outside.send("end")
    }
  }

  @Test("REG-1: each test node has its own entries in a registry of the program")
  func nodes() async throws {
    let registry = ProcessRegistry<String, Int>()
    try await withTestNode { _ in
      try registry.register("it", 1)
      try #require(registry.count == 1)
      try await withTestNode { _ in
        try #require(registry.lookup("it") == nil && registry.count == 0 && registry.select().isEmpty)
        try registry.register("it", 2)
        try #require(registry.lookup("it")?.value == 2)
      }
      try #require(registry.lookup("it")?.value == 1)
    }
    #expect(registry.lookup("it") == nil)
  }

  @Test("REG-2, REG-18: many processes that fight for few keys, on all cores")
  func stress() async throws {
    let registry = ProcessRegistry<Int, Int>(partitions: 2)
    let crowd = DuplicateRegistry<Int, Int>(partitions: 2)
    let done = Probe<Bool>()
    for number in 0..<200 {
      spawn {
        var isRight = true
        for round in 0..<50 {
          let key = (number + round) % 7
          do throws(RegistryError) {
            try registry.register(key, number)
            isRight = isRight && registry.lookup(key)?.value == number
            if round % 2 == 0 { registry.unregister(key) }
          } catch {
            isRight = isRight && error.kind != .outsideProcess
          }
          try crowd.register(key, number)
          if round % 3 == 0 { crowd.unregister(key) }
        }
        done.ref.send(isRight)
        if number % 2 == 0 { throw ExitReason.shutdown }
        CurrentProcess.id?.exit(.kill)
      }
    }
    for _ in 0..<200 { #expect(try await done.next(within: .seconds(60))) }
    for _ in 0..<2_000 where registry.count + crowd.count > 0 { try await CurrentProcess.sleep(for: .milliseconds(5)) }
    #expect(registry.count == 0 && crowd.count == 0)
  }
}

/// What a dead process was told: it can tell nobody.
private enum Late {
  nonisolated(unsafe) static var error: RegistryError?
}
