import Supervision
import SupervisionTesting
import Testing

/// Elixir's task_test.exs: shutdown and ignore.
@Suite("Task: shutdown and ignore", .timeLimit(.minutes(5)))
struct TaskShutdownTests {
  /// How the task has ended before, and what a shutdown and a brutal one say.
  static let ends: [(ExitReason?, String, String)] = [
    (nil, "ok 1", "ok 1"), (.normal, "exit normal", "exit normal"),
    (.failure(Failure("x")), "exit Failure: x", "exit Failure: x"),
    (.shutdown, "nil", "exit shutdown"), (.kill, "exit killed", "nil"),
  ]

  @Test("TASK-30, TASK-31: shutdown/2: what was there before it wins", arguments: ends)
  func ended(_ reason: ExitReason?, _ polite: String, _ brutal: String) async throws {
    try await withTestNodes(seeds: 0..<30) { _ in
      for (shutdown, expected) in [
        (ChildSpec.Shutdown.timeout(.seconds(5)), polite), (.infinity, polite), (.brutalKill, brutal),
      ] {
        let text = try await trapping {
          let task = try SupervisedTask.async { () async throws -> Int in
            if let reason, reason != .kill { throw reason }
            if reason == .kill { try await suspendForever() }
            return 1
          }
          if reason == .kill { task.process?.exit(.kill) }
          _ = await task.process?.exited()
          return try await task.shutdown(shutdown).text()
        }
        try #require(text == expected)
      }
    }
  }

  @Test("TASK-30: shutdown/2: returns nil on shutting down task, and nil on killing task")
  func running() async throws {
    try await everySeed { node in
      let polite = try SupervisedTask.async(endless())
      try #require(try await polite.shutdown() == nil && polite.process?.isAlive == false)
      let brutal = try SupervisedTask.async(stubborn())
      try await node.settle()
      try #require(try await brutal.shutdown(.brutalKill) == nil && brutal.process?.isAlive == false)
      try #require(node.elapsed < .seconds(1))
    }
  }

  @Test("TASK-30: returns exit on killing task after shutdown timeout")
  func afterTimeout() async throws {
    try await everySeed { node in
      let task = try SupervisedTask.async(stubborn())
      try await node.settle()
      let began = node.elapsed
      try #require(try await task.shutdown(.timeout(.seconds(3))).text() == "exit killed")
      try #require(node.elapsed - began == .seconds(3))
    }
  }

  @Test("TASK-30: a task that traps exits may finish its work, and its result counts")
  func finishes() async throws {
    try await everySeed { node in
      let task = try SupervisedTask.async {
        CurrentProcess.trapsExits = true
        try await CurrentProcess.sleep(for: .seconds(2))
        return 7
      }
      try await node.settle()
      try #require(try await task.shutdown().text() == "ok 7")
    }
  }

  @Test("TASK-31: returns {:exit, :noproc} if task handled")
  func handled() async throws {
    try await withTestNode { _ in
      let task = try SupervisedTask.async { 1 }
      _ = try await task.await()
      try #require(try await task.shutdown().text() == "exit no process")
      try #require(try await task.shutdown(.brutalKill).text() == "exit no process")
    }
  }

  @Test("TASK-32: a shutdown leaves no signal behind, and no link")
  func nothingLeft() async throws {
    try await everySeed { _ in
      let log = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        for isEnded in [true, false] {
          for shutdown in [ChildSpec.Shutdown.timeout(.seconds(1)), .brutalKill] {
            let task = try SupervisedTask.async { () async throws -> Int in
              if isEnded { throw Failure("x") }
              try await suspendForever()
            }
            if isEnded { _ = await task.process?.exited() }
            try await task.shutdown(shutdown)
          }
        }
        do {
          log.ref.send("\(try await inbox.signal(within: .seconds(1)))")
        } catch MailboxError.timeout {
          log.ref.send("nothing, \(CurrentProcess.links.count) links")
        }
      }
      try #require(try await log.next() == "nothing, 0 links")
    }
  }

  @Test("TASK-33: a task is shut down even if its owner is killed while it asks")
  func ownerDies() async throws {
    try await everySeed { node in
      let tasks = try await TaskSupervisor.start()
      let started = Probe<ProcessID>()
      let owner = spawn {
        let task = try await tasks.async {
          CurrentProcess.trapsExits = true
          try await CurrentProcess.sleep(for: .seconds(600))
        }
        try await CurrentProcess.sleep(for: .seconds(1))
        if let process = task.process { started.ref.send(process) }
        try await task.shutdown(.infinity)
      }
      let task = try await started.next()
      try await node.settle()
      owner.exit(.kill)
      try await node.settle()
      // The exit that it traps has come from the request, since the link had gone before.
      try #require(!owner.isAlive && task.info?.mailboxLength == 1 && task.info?.links == [try #require(tasks.process)])
      try await tasks.stop()
      try #require(!task.isAlive)
    }
  }

  @Test("TASK-34: ignore/1: discards on time replies and failures, and tells of them")
  func ignoresEnded() async throws {
    try await everySeed { _ in
      let texts = try await trapping {
        let good = try SupervisedTask.async { 1 }
        let bad = try SupervisedTask.async { () async throws -> Int in throw Failure("x") }
        for task in [good, bad] { _ = await task.process?.exited() }
        let texts = [try good.ignore().text(), try bad.ignore().text(), try good.ignore().text()]
        return texts + [await taskOutcome { () async throws(TaskError) in try await good.await() }]
      }
      try #require(texts == ["ok 1", "exit Failure: x", "nil", "handled"])
    }
  }

  @Test("TASK-34: ignore/1: discards late replies and failures: the owner survives them")
  func ignoresLate() async throws {
    try await everySeed { _ in
      let late = try SupervisedTask.async { () async throws -> Int in
        try await CurrentProcess.sleep(for: .seconds(1))
        throw Failure("x")
      }
      try #require(try late.ignore() == nil && CurrentProcess.links.isEmpty)
      _ = await late.process?.exited()
      try await CurrentProcess.sleep(for: .seconds(1))
      try #require(try await late.yield() == nil)
    }
  }
}
