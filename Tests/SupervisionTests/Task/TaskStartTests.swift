import Logging
import Supervision
import SupervisionTesting
import Testing

/// Elixir's task_test.exs: starts.
@Suite("Task: starting", .timeLimit(.minutes(5)))
struct TaskStartTests {
  @Test("TASK-1: start/1 is unlinked, start_link/1 is linked, and neither leaves a message")
  func startForms() async throws {
    try await withTestNodes(seeds: 0..<30) { _ in
      let seen = Probe<[Bool]>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let me = CurrentProcess.id
        let log = Probe<Bool>()
        spawn { log.ref.send(CurrentProcess.links.contains { $0 == me }) }
        try spawnLink { log.ref.send(CurrentProcess.links.contains { $0 == me }) }
        var links = [try await log.next(), try await log.next()].sorted { !$0 && $1 }
        guard case .exit(_, .normal) = try await inbox.signal() else { throw Failure("no exit") }
        do {
          _ = try await inbox.signal(within: .seconds(1))
          links.append(true)
        } catch MailboxError.timeout {}
        seen.ref.send(links)
      }
      try #require(try await seen.next() == [false, true])
    }
  }

  @Test("TASK-2, TASK-3: async/1: linked to its owner, which gets the result; then the task ends as normal")
  func async() async throws {
    try await everySeed { _ in
      let task = try SupervisedTask.async {
        try await CurrentProcess.sleep(for: .seconds(1))
        return 42
      }
      let process = try #require(task.process)
      try #require(process.info?.links == [try #require(CurrentProcess.id)] && task.owner == CurrentProcess.id)
      try #require("\(task)" == "SupervisedTask(\(process), owner: \(task.owner?.description ?? ""))")
      try #require(try await task.await() == 42)
      try #require(!process.isAlive)
      try #require(CurrentProcess.links.isEmpty)
    }
  }

  @Test("TASK-2: who is no process cannot be linked to a task")
  func outside() async {
    let error = #expect(throws: TaskError.self) { try SupervisedTask.async { 1 } }
    #expect(error?.description.contains("or use asyncNoLink") == true)
  }

  @Test("TASK-4: a failing task ends an owner that does not trap exits, with its reason")
  func failureTravels() async throws {
    try await everySeed { _ in
      let owner = spawn {
        let task = try SupervisedTask.async { () async throws -> Int in throw Failure("x") }
        _ = try? await task.await()
        try await suspendForever()
      }
      try #require(await owner.exited() == .failure(Failure("x")))
    }
  }

  @Test("TASK-4: an owner that traps exits gets the exit, and the failure as well")
  func failureIsTrapped() async throws {
    try await everySeed { _ in
      let log = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let task = try SupervisedTask.async { () async throws -> Int in throw Failure("x") }
        log.ref.send(await taskOutcome { () async throws(TaskError) in try await task.await() })
        guard case .exit(let process, let reason) = try await inbox.signal(), process == task.process else { return }
        log.ref.send("exit \(reason)")
      }
      try #require(try await log.next() == "exited(Failure: x)")
      try #require(try await log.next() == "exit Failure: x")
    }
  }

  @Test("TASK-5, TSUP-10: async with $callers: a task knows on whose behalf it works, and who has started it")
  func callers() async throws {
    try await everySeed { _ in
      let me = try #require(CurrentProcess.id)
      let tasks = try await TaskSupervisor.start()
      let supervisor = try #require(tasks.process)
      typealias Family = (callers: [ProcessID], parents: [ProcessID])
      let family: @Sendable () -> Family = {
        (CurrentProcess.callers, Array((CurrentProcess.id?.info?.ancestors ?? []).prefix(1)))
      }
      try #require(CurrentProcess.callers.isEmpty)
      for isSupervised in [false, true] {
        let outer: @Sendable () async throws -> (ProcessID?, Family, Family) = {
          let inner = isSupervised ? try await tasks.asyncNoLink(family) : try SupervisedTask.async { family() }
          return (CurrentProcess.id, family(), try await inner.await())
        }
        let task = isSupervised ? try await tasks.async(outer) : try SupervisedTask.async { try await outer() }
        let (process, first, second) = try await task.await()
        let middle = try #require(process)
        try #require(first.callers == [me] && second.callers == [middle, me])
        try #require(first.parents == [isSupervised ? supervisor : me])
        try #require(second.parents == [isSupervised ? supervisor : middle])
      }
      let seen = Probe<[ProcessID]>()
      try await tasks.startChild { seen.ref.send(CurrentProcess.callers) }
      try #require(try await seen.next() == [me])
    }
  }

  @Test("TASK-6: what a task ends with is what it throws")
  func reasons() async throws {
    try await withTestNode { _ in
      let tasks = try await TaskSupervisor.start()
      for reason in [ExitReason.normal, .shutdown, .shutdown("x"), .timeout, .failure(Failure("x"))] {
        let task = try await tasks.asyncNoLink { () async throws -> Int in throw reason }
        try #require(await taskOutcome { () async throws(TaskError) in try await task.await() } == "exited(\(reason))")
      }
    }
  }

  @Test("TASK-6: a trap in a task is a failure like another")
  func trap() async throws {
    let tasks = try await TaskSupervisor.start()
    let task = try await tasks.asyncNoLink { () async throws -> Int in [Int]()[Int.random(in: 3...4)] }
    let error = await #expect(throws: TaskError.self) { try await task.await() }
    #expect(error?.reason.fault != nil)
    try await tasks.stop()
  }

  @Test("TASK-7: can be supervised directly: a task is a child that is not restarted unless that is asked for")
  func child() async throws {
    try await withTestNode { node in
      let runs = Probe<Int>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.task("once", restart: .temporary) { runs.ref.send(1) }
        TaskSupervisor.child(name: "tasks")
      }
      try #require(try await runs.next() == 1)
      try await node.settle()
      try #require(try await supervisor.children().map(\.id) == ["tasks"] && runs.isEmpty)
      let task = try await TaskSupervisor.named("tasks").async { 2 }
      try #require(try await task.await() == 2)
      try await supervisor.stop()
      let late = await taskOutcome { () async throws(TaskError) in try await TaskSupervisor.named("tasks").async { 2 } }
      try #require(late == "noProcess")
    }
  }

  @Test("TASK-8, TASK-32: completed/1: a result without a process")
  func completed() async throws {
    try await withTestNode { _ in
      try #require(try await SupervisedTask.completed(1).await() == 1)
      try #require(try await SupervisedTask.completed(1).yield().text() == "ok 1")
      try #require(try await SupervisedTask.completed(1).shutdown().text() == "ok 1")
      let task = SupervisedTask.completed(1)
      try #require(try task.ignore().text() == "ok 1" && task.process == nil)
      try #require(try await task.yield() == nil)
    }
  }

  @Test("LOG-30: logs a terminated task, with who has asked for it, its label and its place; none for a clean end")
  func report() async throws {
    try await withTestNode { node in
      let me = try #require(CurrentProcess.id)
      let tasks = try await TaskSupervisor.start()
      for reason in [ExitReason.normal, .shutdown, .shutdown(1)] {
        _ = await (try await tasks.startChild { throw reason }).exited()
      }
      try #require(node.reports(of: CrashReport.self).isEmpty)
      let line: UInt = #line + 1
      let task = try await tasks.asyncNoLink {
        CurrentProcess.label = "mine"
        throw Failure("oops")
      }
      _ = try await task.yield() as Result<Void, ExitReason>?
      let report = try #require(node.reports(of: CrashReport.self).first)
      let process = try #require(task.process)
      try #require(
        report.text == """
          Task \(process) started from \(me) terminating
          ** (Failure) oops
          Process Label: mine
          Function: SupervisionTests/TaskStartTests.swift:\(line)
          """)
      try #require(report.reason == .failure(Failure("oops")) && report.starter == "\(me)" && report.level == .error)
      try #require(report.behaviour == "Task" && report.label == "mine")
      let plain = try await tasks.asyncNoLink { throw ExitReason.timeout }
      _ = try await plain.yield() as Result<Void, ExitReason>?
      try #require(node.reports(of: CrashReport.self).count == 2)
    }
  }
}
