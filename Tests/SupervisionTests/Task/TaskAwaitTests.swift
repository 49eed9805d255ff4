import Supervision
import SupervisionTesting
import Testing

/// Elixir's task_test.exs: await and yield.
@Suite("Task: await and yield", .timeLimit(.minutes(5)))
struct TaskAwaitTests {
  @Test("TASK-10: await/2: exits on timeout, and no late result comes; the task goes on")
  func timeout() async throws {
    try await everySeed { node in
      let done = Probe<Bool>()
      let task = try SupervisedTask.async {
        try await CurrentProcess.sleep(for: .seconds(8))
        done.ref.send(true)
        return 1
      }
      let began = node.elapsed
      try #require(await taskOutcome { () async throws(TaskError) in try await task.await() } == "timeout")
      try #require(node.elapsed - began == .seconds(5) && task.process?.isAlive == true)
      try #require(try await done.next())
      try #require(await taskOutcome { () async throws(TaskError) in try await task.await() } == "handled")
      try #require(try await task.yield() == nil)
    }
  }

  @Test("TASK-10: await/2: exits on normal exit, on task error and on task exit, with the task's reason")
  func failures() async throws {
    try await everySeed { _ in
      let texts = try await trapping {
        var texts: [String] = []
        for reason in [ExitReason.normal, .shutdown, .failure(Failure("x"))] {
          let task = try SupervisedTask.async { () async throws -> Int in throw reason }
          texts.append(await taskOutcome { () async throws(TaskError) in try await task.await() })
        }
        return texts
      }
      try #require(texts == ["exited(normal)", "exited(shutdown)", "exited(Failure: x)"])
    }
  }

  @Test("TASK-12: await, yield, shutdown, ignore and their many: raise when invoked from a non-owner process")
  func owners() async throws {
    try await everySeed { _ in
      let task = try SupervisedTask.async { 1 }
      let me = try #require(CurrentProcess.id)
      let texts = try await SupervisedTask.async {
        [
          await taskOutcome { () async throws(TaskError) in try await task.await() },
          await taskOutcome { () async throws(TaskError) in try await task.yield() },
          await taskOutcome { () async throws(TaskError) in try await task.shutdown() },
          await taskOutcome { () async throws(TaskError) in try task.ignore() },
          await taskOutcome { () async throws(TaskError) in try await SupervisedTask.awaitMany([task]) },
          await taskOutcome { () async throws(TaskError) in try await SupervisedTask.yieldMany([task]) },
        ]
      }.await()
      try #require(texts == Array(repeating: "notOwner", count: 6))
      let error = try await SupervisedTask.async {
        do throws(TaskError) { return "\(try await task.await())" } catch {
          return "\(error) / \(CurrentProcess.id as Any)"
        }
      }.await()
      try #require(
        error.hasPrefix("task \(task.process?.description ?? "") must be queried from the owner \(me) but was"))
      try #require(try await task.await() == 1)
    }
  }

  @Test("TASK-12: a task of nobody is asked outside of processes")
  func nobody() async throws {
    let tasks = try await TaskSupervisor.start()
    let task = try await tasks.asyncNoLink { 5 }
    let inside = Probe<String>()
    spawn { inside.ref.send(await taskOutcome { () async throws(TaskError) in try await task.await() }) }
    #expect(try await inside.next() == "notOwner")
    #expect(try await task.await() == 5)
    try await tasks.stop()
  }

  @Test("TASK-13: a result is had once: who awaits again fails, at once")
  func once() async throws {
    try await withTestNode { node in
      let task = try SupervisedTask.async { 1 }
      try #require(try await task.await() == 1)
      let began = node.elapsed
      try #require(await taskOutcome { () async throws(TaskError) in try await task.await() } == "handled")
      try #require(node.elapsed == began)
    }
  }

  @Test("TASK-14: await_many/2: returns replies in input order ignoring response order")
  func many() async throws {
    try await everySeed { node in
      let tasks = try (0..<10).map { number in
        try SupervisedTask.async {
          try await CurrentProcess.sleep(for: .milliseconds(100 - number * 10))
          return number
        }
      }
      try #require(try await SupervisedTask.awaitMany(tasks) == Array(0..<10))
      try #require(node.elapsed < .milliseconds(110))
      let none = try await SupervisedTask<Int>.awaitMany([])
      try #require(none.isEmpty)
    }
  }

  @Test("TASK-14: await_many/2: one deadline for all, and exits immediately when any task crashes")
  func manyFail() async throws {
    try await everySeed { node in
      let result = try await trapping {
        let slow = try SupervisedTask.async(endless())
        let crash = try SupervisedTask.async { () async throws -> Int in
          try await CurrentProcess.sleep(for: .seconds(1))
          throw Failure("x")
        }
        let began = node.elapsed
        let text = await taskOutcome { () async throws(TaskError) in
          try await SupervisedTask.awaitMany([slow, crash], timeout: nil)
        }
        let others = [try SupervisedTask.async { 1 }, try SupervisedTask.async(endless())]
        let late = await taskOutcome { () async throws(TaskError) in try await SupervisedTask.awaitMany(others) }
        let isAlive = slow.process?.isAlive == true
        return "\(text) \(late) \(node.elapsed - began < .milliseconds(6_100)) \(isAlive)"
      }
      try #require(result == "exited(Failure: x) timeout true true")
    }
  }

  @Test("TASK-20: yield/2: returns nil on timeout, and may be asked again; return exit on normal exit")
  func yields() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start()
      let task = try await tasks.asyncNoLink {
        try await CurrentProcess.sleep(for: .seconds(8))
        return 3
      }
      let began = node.elapsed
      try #require(try await task.yield(timeout: .zero) == nil && node.elapsed == began)
      try #require(try await task.yield() == nil && node.elapsed - began == .seconds(5))
      try #require(try await task.yield().text() == "ok 3")
      for reason in [ExitReason.normal, .failure(Failure("x"))] {
        let failing = try await tasks.asyncNoLink { () async throws -> Int in throw reason }
        try #require(try await failing.yield().text() == "exit \(reason)")
      }
    }
  }

  @Test("TASK-20, TASK-31: a result that came before the timeout is not lost by it")
  func sameInstant() async throws {
    try await everySeed { _ in
      let task = try SupervisedTask.async {
        try await CurrentProcess.sleep(for: .seconds(5))
        return 1
      }
      let first = try await task.yield(timeout: .seconds(5))
      let second = try await task.yield(timeout: .seconds(1))
      try #require([first.text(), second.text()].contains("ok 1"))
    }
  }

  @Test("TASK-21: yield_many/2: returns results from multiple tasks, nil on timeout by default")
  func yieldMany() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start()
      let all = [
        try await tasks.asyncNoLink { 1 }, try await tasks.asyncNoLink { throw Failure("x") },
        try await tasks.asyncNoLink(endless()),
      ]
      let results = try await SupervisedTask.yieldMany(all)
      try #require(results.map { $0.text() } == ["ok 1", "exit Failure: x", "nil"] && node.elapsed >= .seconds(5))
      try #require(all[2].process?.isAlive == true)
      let again = try await SupervisedTask.yieldMany(all, timeout: .seconds(1), onTimeout: .killTask)
      try #require(again.map { $0.text() } == ["nil", "nil", "nil"] && all[2].process?.isAlive == false)
    }
  }

  @Test("TASK-21: yield_many/2: ignores on timeout when configured, and waits for all without a limit of time")
  func yieldManyIgnores() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start()
      let task = try await tasks.asyncNoLink {
        try await CurrentProcess.sleep(for: .seconds(60))
        return 1
      }
      try #require(try await SupervisedTask.yieldMany([task], onTimeout: .ignore).map { $0.text() } == ["nil"])
      try #require(task.process?.isAlive == true)
      try #require(await taskOutcome { () async throws(TaskError) in try await task.await() } == "handled")
      let slow = try await tasks.asyncNoLink {
        try await CurrentProcess.sleep(for: .seconds(600))
        return 2
      }
      try #require(try await SupervisedTask.yieldMany([slow], timeout: nil).map { $0.text() } == ["ok 2"])
    }
  }

  @Test("TASK-21: yield_many/2: returns results from multiple tasks with limit, and does not wait for more")
  func yieldManyLimit() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start()
      var all: [SupervisedTask<Int>] = []
      for number in 1...4 {
        all.append(
          try await tasks.asyncNoLink {
            try await CurrentProcess.sleep(for: .seconds(number))
            return number
          })
      }
      let first = try await SupervisedTask.yieldMany(all, limit: 2, onTimeout: .killTask)
      try #require(first.map { $0.text() } == ["ok 1", "ok 2", "nil", "nil"] && node.elapsed < .milliseconds(2_100))
      try #require(all[3].process?.isAlive == true)
      let below = try await SupervisedTask.yieldMany(all, limit: 9)
      try #require(below.map { $0.text() } == ["nil", "nil", "ok 3", "ok 4"])
      let late = [try await tasks.asyncNoLink { 1 }, try await tasks.asyncNoLink(endless())]
      let killed = try await SupervisedTask.yieldMany(late, limit: 2, onTimeout: .killTask)
      try #require(killed.map { $0.text() } == ["ok 1", "nil"] && late[1].process?.isAlive == false)
    }
  }
}
