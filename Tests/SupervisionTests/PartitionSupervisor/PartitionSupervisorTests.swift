import Supervision
import SupervisionTesting
import Testing

/// Elixir's partition_supervisor_test.exs.
@Suite("PartitionSupervisor", .timeLimit(.minutes(5)))
struct PartitionSupervisorTests {
  static func start(_ name: ProcessName<Never> = "parts", _ partitions: Int = 4) async throws -> PartitionSupervisor {
    try await PartitionSupervisor.start(name, partitions: partitions) { _ in ChildSpec { Clerk() } }
  }

  static func clerk<Key: Hashable & Sendable>(_ key: Key, _ name: ProcessName<Never> = "parts") -> ProcessName<
    Clerk.Message
  > {
    .partition(name, key: key)
  }

  @Test("PART-1, PART-3: on success with atom name: each key has one partition, and all partitions have keys")
  func routes() async throws {
    try await withTestNode { _ in
      let supervisor = try await Self.start()
      var found: [ProcessID: Int] = [:]
      for key in 0..<100 {
        let process = try #require(Self.clerk("key \(key)").whereis)
        try #require(Self.clerk("key \(key)").whereis == process)
        found[process, default: 0] += 1
      }
      let partitions = Set(try await supervisor.children().compactMap(\.process))
      try #require(partitions.count == 4 && Set(found.keys).isSubset(of: partitions) && found.count > 1)
      try #require(try await Self.clerk("x").call { .run($0) { "here" } } == "here")
    }
  }

  @Test("PART-1, PART-3: on success with via name, which is the id of its specification, as any other name is")
  func viaName() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<String, Void>()
      let name = ProcessName<Never>.via(registry, "parts")
      let supervisor = try await Self.start(name)
      let count = try supervisor.partitions()
      try #require(registry.whereis("parts") == supervisor.process && count == 4)
      try #require(Self.clerk(3, name).whereis != nil && Self.clerk(3).whereis == nil)
      try await supervisor.stop()
      try #require(registry.count == 0 && Self.clerk(3, name).whereis == nil)
      let names: [ProcessName<Never>] = [name, "atom"]
      for name in names {
        let spec = PartitionSupervisor.child(name) { _ in ChildSpec { Clerk() } }
        try #require(spec.id == ChildSpec.ID(name.rawValue) && spec.kind == .supervisor)
      }
    }
  }

  @Test("PART-1, PART-3: with_arguments: each partition knows its number; a number's partition is its magnitude's")
  func arguments() async throws {
    try await everySeed { _ in
      try await PartitionSupervisor.start("parts", partitions: 3) { partition in
        Supervision.Agent<Int>.child { partition }
      }
      let keys = [0, 1, 2, 3, 4, -1, -2, Int.min]
      let partitions = [0, 1, 2, 0, 1, 1, 2, 2]
      for (key, partition) in zip(keys, partitions) {
        let agent = Supervision.Agent<Int>.named(.partition("parts", key: key))
        try #require(try await agent.get { $0 } == partition)
      }
    }
  }

  @Test("PART-1: as many partitions as there are cores, unless said otherwise; a child of another supervisor")
  func defaults() async throws {
    try await withTestNode { _ in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        PartitionSupervisor.child("parts") { _ in ChildSpec { Clerk() } }
      }
      let parts = PartitionSupervisor.named("parts")
      let workers = try await parts.countChildren().workers
      try #require(try parts.partitions() == workers)
      try await supervisor.stop()
      try #require(parts.process == nil)
    }
  }

  @Test("PART-2: raises on bad partitions, and leaves nothing behind", arguments: [0, -1])
  func badPartitions(_ partitions: Int) async throws {
    try await withTestNode { _ in
      let text = await startOutcome { () async throws(StartError) in
        try await PartitionSupervisor.start("parts", partitions: partitions) { _ in ChildSpec { Clerk() } }
      }
      try #require(text.contains("partitions is \(partitions); it must be one or more"))
      try #require(ProcessName<Never>("parts").whereis == nil)
    }
  }

  @Test("PART-4: after a restart the same keys find the new process; while it is down nobody")
  func restarts() async throws {
    try await everySeed { node in
      let supervisor = try await Self.start()
      let before = (0..<4).map { Self.clerk($0).whereis }
      before[2]?.exit(.kill)
      try #require(Self.clerk(2).whereis == nil)
      try await node.settle()
      let after = (0..<4).map { Self.clerk($0).whereis }
      try #require(after[2] != nil && after[2] != before[2])
      for index in [0, 1, 3] { try #require(after[index] == before[index]) }
      try #require(try await supervisor.children().contains { $0.id == "2" && $0.process == after[2] })
    }
  }

  @Test("PART-5: raises noproc for unknown partition supervisor: partitions, counts, and calls by key")
  func unknown() async throws {
    try await withTestNode { _ in
      let supervisor = PartitionSupervisor.named("unknown")
      let error = #expect(throws: SupervisorError.self) { try supervisor.partitions() }
      try #require(error == .noProcess)
      let second = await #expect(throws: SupervisorError.self) { try await supervisor.countChildren() }
      try #require(second == .noProcess)
      let text = await outcome { () async throws(CallError) -> String in
        try await Self.clerk(1, "unknown").call { .run($0) { "" } }
      }
      try #require(text == "noProcess")
    }
  }

  @Test("PART-6, PART-7: resizes the number of children: counts and routing follow")
  func resizes() async throws {
    try await withTestNode { _ in
      let supervisor = try await Self.start("parts", 8)
      var before = 8
      for count in [8, 7, 3, 0, 2, 8, 1, 5, 4] {
        try #require(try await supervisor.resize(to: count) == before)
        let counts = try await supervisor.countChildren()
        try #require(counts == Supervisor.Counts(specs: 8, active: count, supervisors: 0, workers: 8))
        try #require(try supervisor.partitions() == count)
        let found = Set((0..<50).compactMap { Self.clerk($0).whereis })
        try #require(found.count == count)
        before = count
      }
    }
  }

  @Test("PART-6: no key has a partition after resizing to zero, and growing back works")
  func zero() async throws {
    try await everySeed { _ in
      let supervisor = try await Self.start()
      try await supervisor.resize(to: 0)
      try #require(Self.clerk("x").whereis == nil)
      try #require(try await supervisor.resize(to: 4) == 0 && Self.clerk("x").whereis != nil)
    }
  }

  @Test("PART-6: raises if trying to increase the number of partitions beyond the first, or below zero")
  func outOfRange() async throws {
    try await withTestNode { _ in
      let supervisor = try await Self.start("parts", 8)
      for count in [9, -1] {
        let error = await #expect(throws: SupervisorError.self) { try await supervisor.resize(to: count) }
        try #require(error == .invalidSettings("partitions is \(count); it must be a number between 0 and 8"))
      }
      try #require(try supervisor.partitions() == 8)
    }
  }

  @Test("PART-6: resizings happen one after the other, from outside of processes too")
  func serialised() async throws {
    try await everySeed { _ in
      let supervisor = try await Self.start("parts", 4)
      let results = Probe<Int>()
      for count in [0, 1, 2, 3, 4] { spawn { results.ref.send(try await supervisor.resize(to: count)) } }
      var seen: [Int] = []
      for _ in 0..<5 { seen.append(try await results.next()) }
      let now = try supervisor.partitions()
      seen.append(now)
      seen.sort()
      try #require(seen == [0, 1, 2, 3, 4, 4])
      try #require(try await supervisor.countChildren().active == now)
    }
    let supervisor = try await Self.start("outside", 2)
    #expect(try await supervisor.resize(to: 1) == 2)
    try await supervisor.stop()
  }

  @Test("PART-8: which_children/1 returns all partitions; stop/1 is synchronous")
  func children() async throws {
    try await everySeed { _ in
      let supervisor = try await Self.start()
      let children = try await supervisor.children()
      try #require(children.map(\.id) == ["3", "2", "1", "0"])
      try #require(children.allSatisfy { $0.kind == .worker })
      try await supervisor.stop()
      try #require(supervisor.process == nil && children.allSatisfy { $0.process?.isAlive == false })
      _ = try await Self.start()
    }
  }

  @Test("PART-7: count_children/1 with supervisors, which are found by key as servers are")
  func supervisors() async throws {
    try await everySeed { _ in
      let supervisor = try await PartitionSupervisor.start("parts", partitions: 3) { partition in
        if partition == 2 { return TaskSupervisor.child(name: "tasks") }
        return DynamicSupervisor.child(name: "part \(partition)")
      }
      let counts = try await supervisor.countChildren()
      try #require(counts == Supervisor.Counts(specs: 3, active: 3, supervisors: 3, workers: 0))
      let clerk = try await DynamicSupervisor.partition("parts", key: 1).startChild { Clerk() }
      try #require(try await DynamicSupervisor.named("part 1").children().map(\.process) == [clerk.id])
      let task = try await TaskSupervisor.partition("parts", key: 2).async { 5 }
      try #require(try await task.await() == 5)
    }
  }

  @Test("PART-9: a partition's name is given by its supervisor alone")
  func reserved() async throws {
    try await withTestNode { _ in
      _ = try await Self.start()
      let clerk = try await Clerk.start { Clerk() }
      let name = Self.clerk(1)
      let first = #expect(throws: NameError.self) { try name.register(clerk) }
      let second = #expect(throws: NameError.self) { try name.unregister() }
      try #require(first?.kind == .reserved && second?.kind == .reserved)
      let text = await startOutcome { () async throws(StartError) in try await Clerk.start(name) { Clerk() } }
      try #require(text.contains("invalid"))
    }
  }
}
