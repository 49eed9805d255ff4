import Logging
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Shutdown with a deadline", .timeLimit(.minutes(1)))
struct ShutdownDeadlineTests {
  private struct Inner: SupervisorBehaviour {
    let stage: Stage
    var children: [ChildSpec] {
      stage.child("x", .tidy)
      stage.child("deaf", .deaf, shutdown: .infinity)
      stage.child("y", .slow(.seconds(1)))
    }
  }

  private struct Tree: SupervisorBehaviour {
    let stage: Stage
    var children: [ChildSpec] {
      stage.child("first", .tidy)
      ChildSpec(Inner(stage: stage))
      stage.child("last", .tidy)
    }
  }

  @Test(
    "STP-1, STP-2, STP-4: what is left at the deadline is killed, and named: its path, since when it was asked, who was not"
  )
  func stragglers() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(Tree(stage: stage), name: "tree")
      _ = stage.take()
      let began = node.elapsed
      let report = try await supervisor.stop(reason: .shutdown, deadline: .seconds(10))
      #expect(node.elapsed - began >= .seconds(10))
      #expect(node.elapsed - began < .milliseconds(10_001))
      #expect(stage.take() == ["stop last", "stop y"])
      #expect(
        report.stragglers.map(\.path) == [["tree", "Inner", "deaf"], ["tree", "Inner", "x"], ["tree", "first"]])
      #expect(report.stragglers.map(\.phase) == [.asked(.seconds(9)), .notAsked, .notAsked])
      #expect(report.stragglers.map(\.process) == [stage["deaf"], stage["x"], stage["first"]])
      #expect(!report.isInTime)
      #expect(node.processes.count == 1)
      let logged = try #require(node.reports(of: ShutdownReport.self).first)
      #expect(logged == report)
      #expect(logged.level == .error)
      #expect(
        logged.text.hasPrefix(
          "Shutdown of tree took longer than 10.0 seconds; what had not stopped was killed:\n  tree/Inner/deaf <0."))
      #expect(logged.text.contains(" (process): asked to stop 9.0 seconds ago; 1 in its mailbox\n"))
      #expect(logged.metadata["shutdown.stragglers.count"] == "3")
    }
  }

  @Test("STP-3: a shutdown in time names nothing and reports nothing")
  func inTime() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a", .slow(.seconds(4))) }
      let report = try await supervisor.stop(deadline: .seconds(5))
      #expect(report.isInTime)
      #expect(node.reports(of: ShutdownReport.self).isEmpty)
      #expect(supervisor.id.reasonIfDead == .normal)
    }
  }

  @Test("STP-2: the message that a straggler was handling, and how many wait")
  func message() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .tidy, shutdown: .timeout(.seconds(60)))
      }
      stage.tell("a", .perform { try await CurrentProcess.sleep(for: .seconds(1_000)) })
      try await node.settle()
      let report = try await supervisor.stop(deadline: .seconds(2))
      let straggler = try #require(report.stragglers.first)
      #expect(straggler.message == "perform")
      #expect(straggler.kind == "Player")
      #expect(straggler.status == .waiting)
      #expect(straggler.mailboxLength == 1)
      #expect(straggler.description.hasSuffix("asked to stop 2.0 seconds ago; handling perform; 1 in its mailbox"))
    }
  }

  @Test("STP-1, STP-2: the children of a dynamic supervisor are asked together, and known by what they are")
  func dynamic() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await DynamicSupervisor.start(name: "crowd")
      for id in ["a", "b", "c"] as [ChildSpec.ID] {
        try await supervisor.startChild(stage.child(id, id == "b" ? .tidy : .deaf, shutdown: .infinity))
      }
      let report = try await supervisor.stop(deadline: .seconds(7))
      #expect(report.stragglers.map(\.process) == [stage["c"], stage["a"]])
      #expect(report.stragglers.map(\.phase) == [.asked(.seconds(7)), .asked(.seconds(7))])
      #expect(report.stragglers.map(\.path) == [["crowd", "process"], ["crowd", "process"]])
    }
  }

  @Test("STP-1: nothing that is killed at the deadline is started again", arguments: 0..<100 as Range<UInt64>)
  func noRestart(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(Tree(stage: stage))
      _ = stage.take()
      try await supervisor.stop(deadline: .milliseconds(500))
      try await CurrentProcess.sleep(for: .seconds(60))
      #expect(stage.take() == ["stop last"])
      #expect(node.processes.count == 1)
    }
  }

  @Test("STP-1, STP-2: a chain of processes that have started one another may be long")
  func longChain() async throws {
    @Sendable func link(_ left: Int, _ last: Probe<ProcessID?>) async throws {
      if left == 0 { last.ref.send(CurrentProcess.id) } else { try spawnLink { try await link(left - 1, last) } }
      try await suspendForever()
    }
    try await withTestNode { node in
      let last = Probe<ProcessID?>()
      let before = node.processes.count
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "top") {
        ChildSpec.task("chain", shutdown: .infinity) {
          CurrentProcess.trapsExits = true
          try await link(3_000, last)
        }
      }
      let end = try #require(try await last.next())
      let report = try await supervisor.stop(deadline: .seconds(1))
      #expect(report.stragglers.map(\.process) == [end])
      #expect(report.stragglers.first?.path.count == 3_002)
      try await node.settle()
      #expect(node.processes.count == before)
    }
  }

  @Test("STP-2: a child that has removed the link to its supervisor is a straggler all the same")
  func unlinkedChild() async throws {
    try await withTestNode { _ in
      let children = Probe<ProcessID?>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "top") {
        ChildSpec.task("loose", shutdown: .infinity) {
          CurrentProcess.trapsExits = true
          if let parent = CurrentProcess.id?.info?.parent { CurrentProcess.unlink(parent) }
          children.ref.send(CurrentProcess.id)
          try await suspendForever()
        }
      }
      let child = try #require(try await children.next())
      let report = try await supervisor.stop(deadline: .seconds(1))
      #expect(report.stragglers.map(\.path) == [["top", "loose"]])
      #expect(!child.isAlive)
    }
  }

  @Test("STP-4: a supervisor that is busy with something else is found out all the same")
  func busy() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "busy") {
        stage.child("a", .tidy)
        stage.child("b", .deaf, shutdown: .infinity)
      }
      spawn { try await supervisor.terminateChild("b") }
      try await CurrentProcess.sleep(for: .seconds(3))
      let report = try await supervisor.stop(deadline: .seconds(2))
      #expect(report.stragglers.map(\.process) == [stage["b"], stage["a"]])
      #expect(report.stragglers.first?.path == ["busy", "b"])
      #expect(report.stragglers.map(\.phase) == [.asked(.seconds(5)), .notAsked])
    }
  }

  @Test("STP-5: Supervisor.run kills what is left at its deadline, and the end is that of the order")
  func run() async throws {
    let stage = Stage()
    let task = Task {
      try await Supervisor.run(Tree(stage: stage), name: "deadline tree", shutdownDeadline: .milliseconds(20))
    }
    let tree = Supervisor(id: try await ProcessName<Never>("deadline tree").registered(within: .seconds(10)))
    #expect(try await tree.countChildren().active == 3)
    task.cancel()
    let end = try await task.value
    #expect("\(end)" == "stopped because its task was cancelled")
    #expect(end.exitStatus == 0)
    #expect(end.stragglers.contains { $0.path == ["deadline tree", "Inner", "deaf"] || $0.path.last == "y" })
    #expect(!tree.id.isAlive)
  }

  @Test("STP-6: a dead process whose code does not return is named in the end")
  func disowned() async throws {
    let pipe = Gate()
    let stuck = spawn { pipe.wait() }
    pipe.waitUntilEntered()
    stuck.exit(.kill)
    struct Empty: SupervisorBehaviour {
      var autoShutdown: Supervisor.AutoShutdown { .anySignificant }
      let stuck: ProcessID
      var children: [ChildSpec] {
        // The monitor of turns has to have seen it.
        ChildSpec.task("look", restart: .transient, significant: true) {
          while !Node.shared.lingeringProcesses.contains(stuck) {
            try await CurrentProcess.sleep(for: .milliseconds(1))
          }
        }
      }
    }
    let end = try await Supervisor.run(Empty(stuck: stuck))
    #expect(end.stragglers.contains { $0.process == stuck && $0.phase == .disowned })
    #expect(end.exitStatus == 0)
    pipe.open()
  }
}

/// Holds a thread until it is opened.
private final class Gate: Sendable {
  private let ends: [Int32]

  init() {
    var ends: [Int32] = [-1, -1, -1, -1]
    ends.withUnsafeMutableBufferPointer { buffer in
      _ = pipe(buffer.baseAddress!)
      _ = pipe(buffer.baseAddress! + 2)
    }
    self.ends = ends
  }

  func wait() {
    var byte: UInt8 = 1
    _ = write(ends[3], &byte, 1)
    _ = read(ends[0], &byte, 1)
  }

  func waitUntilEntered() {
    var byte: UInt8 = 0
    _ = read(ends[2], &byte, 1)
  }

  func open() {
    var byte: UInt8 = 1
    _ = write(ends[1], &byte, 1)
  }
}
