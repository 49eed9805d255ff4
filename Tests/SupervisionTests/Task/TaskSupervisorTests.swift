import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// Elixir's task/supervisor_test.exs.
@Suite("TaskSupervisor", .timeLimit(.minutes(5)))
struct TaskSupervisorTests {
  @Test("TSUP-1, TSUP-7: counts and returns children, which are alive")
  func children() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start(name: "tasks")
      try #require(try await tasks.children().isEmpty && tasks.process == ProcessName<Never>("tasks").whereis)
      let first = try await tasks.startChild { try await suspendForever() }
      let second = try await tasks.startChild { try await suspendForever() }
      try await tasks.startChild {}
      try await node.settle()
      try #require(Set(try await TaskSupervisor.named("tasks").children()) == [first, second])
      try #require("\(TaskSupervisor.named("tasks"))" == "TaskSupervisor(name: \"tasks\")")
    }
  }

  @Test("TSUP-2, TASK-3: async/1: spawns tasks under the supervisor, linked to the caller too")
  func async() async throws {
    try await everySeed { _ in
      let tasks = try await TaskSupervisor.start()
      let task = try await tasks.async {
        try await CurrentProcess.sleep(for: .seconds(1))
        return 1
      }
      let process = try #require(task.process)
      try #require(Set(process.info?.links ?? []) == [try #require(CurrentProcess.id), try #require(tasks.process)])
      try #require(try await tasks.children() == [process])
      try #require(try await task.await() == 1)
    }
  }

  @Test("TSUP-2: async/1: a failure ends the caller, and the supervisor stays")
  func asyncFails() async throws {
    try await everySeed { _ in
      let tasks = try await TaskSupervisor.start()
      let owner = spawn {
        _ = try await tasks.async { throw Failure("x") }
        try await suspendForever()
      }
      try #require(await owner.exited() == .failure(Failure("x")) && tasks.process?.isAlive == true)
      let other = spawn {
        let task = try await tasks.async { try await suspendForever() }
        throw Failure(task.process.map { "\($0.isAlive)" } ?? "")
      }
      try #require(await other.exited() == .failure(Failure("true")))
      try #require(try await tasks.children().isEmpty)
    }
  }

  @Test("TSUP-2: async_nolink/1: spawns a task under the supervisor without linking to the caller")
  func noLink() async throws {
    try await everySeed { _ in
      let tasks = try await TaskSupervisor.start()
      let task = try await tasks.asyncNoLink { () async throws -> Int in
        try await CurrentProcess.sleep(for: .seconds(1))
        throw Failure("x")
      }
      try #require(task.process?.info?.links == [try #require(tasks.process)] && CurrentProcess.links.isEmpty)
      try #require(await taskOutcome { () async throws(TaskError) in try await task.await() } == "exited(Failure: x)")
    }
  }

  @Test("TSUP-3: async tasks are not started again, however they end")
  func temporary() async throws {
    try await withTestNode { node in
      let tasks = try await TaskSupervisor.start()
      let runs = Probe<Int>()
      for reason in [ExitReason.normal, .shutdown, .failure(Failure("x"))] {
        let task = try await tasks.asyncNoLink { () async throws -> Int in
          runs.ref.send(1)
          throw reason
        }
        _ = try await task.yield()
        _ = try await runs.next()
      }
      try await node.settle()
      try #require(runs.isEmpty)
      try #require(try await tasks.children().isEmpty)
    }
  }

  @Test("TSUP-3, TSUP-9: with custom shutdown: how long the supervisor waits when it ends", arguments: [false, true])
  func shutdown(_ links: Bool) async throws {
    try await everySeed { node in
      for (shutdown, expected) in [
        (ChildSpec.Shutdown.brutalKill, Duration.zero), (.timeout(.seconds(2)), .seconds(2)),
        (.timeout(.seconds(5)), .seconds(5)),
      ] {
        let tasks = try await TaskSupervisor.start()
        let task = try await trapping {
          links
            ? try await tasks.async(shutdown: shutdown, stubborn())
            : try await tasks.asyncNoLink(shutdown: shutdown, stubborn())
        }
        // The owner's end is an exit that the task traps.
        try await node.settle()
        let began = node.elapsed
        try await tasks.stop()
        try #require(task.process?.isAlive == false)
        try #require(node.elapsed - began >= expected && node.elapsed - began < expected + .milliseconds(10))
      }
    }
  }

  @Test("TSUP-4: raises when :max_children is reached")
  func maxChildren() async throws {
    try await everySeed { _ in
      let tasks = try await TaskSupervisor.start(maxChildren: 1)
      try await tasks.startChild { try await suspendForever() }
      let texts = [
        await taskOutcome { () async throws(TaskError) in try await tasks.async { 1 } },
        await taskOutcome { () async throws(TaskError) in try await tasks.asyncNoLink { 1 } },
        await taskOutcome { () async throws(TaskError) in try await tasks.startChild {} },
      ]
      try #require(texts == ["maxChildren", "maxChildren", "maxChildren"])
      let error = await #expect(throws: TaskError.self) { try await tasks.startChild {} }
      try #require(error?.description.hasPrefix("reached the maximum number of tasks for this task supervisor") == true)
    }
  }

  @Test("TSUP-5: start_child/1 with custom restart: transient and permanent tasks run again")
  func restarts() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start(intensity: .restarts(100, within: .seconds(1)))
      for (restart, reason, runs) in [
        (ChildSpec.Restart.temporary, ExitReason.failure(Failure("x")), 1), (.transient, .normal, 1),
        (.transient, .shutdown, 1),
        (.transient, .failure(Failure("x")), 3), (.permanent, .normal, 3),
      ] {
        let log = Probe<ProcessID>()
        let count = Runs()
        // Whoever has started it is gone, which does not matter.
        spawn {
          try await tasks.startChild(restart: restart) {
            guard let process = CurrentProcess.id else { return }
            log.ref.send(process)
            if count.next() == 3 { try await suspendForever() }
            throw reason
          }
        }
        var seen: [ProcessID] = []
        for _ in 0..<runs { seen.append(try await log.next()) }
        try await node.settle()
        try #require(log.isEmpty && Set(seen).count == runs)
      }
    }
  }

  @Test("TSUP-6: a task whose owner has ended before it begins does not begin")
  func ownerEnds() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start()
      let supervisor = try #require(tasks.process)
      let began = Probe<Bool>()
      // The supervisor is busy, so that the request waits.
      try await tasks.startChild {}
      let owner = spawn {
        try CurrentProcess.monitor(supervisor)
        _ = try await tasks.async {
          began.ref.send(true)
          try await suspendForever()
        }
        try await suspendForever()
      }
      try await CurrentProcess.sleep(for: .zero)
      owner.exit(.kill)
      try await node.settle()
      try #require(try await tasks.children().isEmpty)
    }
  }

  @Test("TSUP-7: terminate_child/2: stops a task; an unknown one is not found")
  func terminates() async throws {
    try await withTestNode { _ in
      let tasks = try await TaskSupervisor.start()
      let process = try await tasks.startChild { try await suspendForever() }
      try await tasks.terminateChild(process)
      try #require(!process.isAlive)
      try #require(try await tasks.children().isEmpty)
      let error = await #expect(throws: SupervisorError.self) { try await tasks.terminateChild(process) }
      try #require(error == .notFound)
    }
  }

  @Test("TSUP-9: a supervisor that ends takes its tasks along, linked ones and others")
  func stops() async throws {
    try await everySeed { _ in
      let parent = Probe<TaskSupervisor>()
      let owner = spawn {
        parent.ref.send(try await TaskSupervisor.startLink())
        try await suspendForever()
      }
      let tasks = try await parent.next()
      let first = try await tasks.asyncNoLink(endless())
      let second = try await tasks.startChild { try await suspendForever() }
      owner.exit(.shutdown)
      _ = await tasks.process?.exited()
      try #require(first.process?.isAlive == false && !second.isAlive)
      try #require(await taskOutcome { () async throws(TaskError) in try await first.await() } == "exited(shutdown)")
    }
  }
}

/// Counts the runs of a task.
private final class Runs: Sendable {
  private let count = Atomic(0)
  func next() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
}
