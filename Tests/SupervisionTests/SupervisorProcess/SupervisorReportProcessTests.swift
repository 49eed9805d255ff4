import Logging
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: reports", .timeLimit(.minutes(1)))
struct SupervisorReportProcessTests {
  private struct Shop: SupervisorBehaviour {
    let stage: Stage
    var children: [ChildSpec] { stage.child("till", restart: .transient, shutdown: .timeout(.milliseconds(50))) }
  }

  @Test("LOG-1, LOG-2, LOG-3, LOG-33: a child's end: values for machines, and the words that an Elixir user knows")
  func childTerminated() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(Shop(stage: stage), name: "shop")
      let old = try #require(stage["till"])
      stage.tell("till", .crash)
      _ = await old.exited()
      _ = try await supervisor.children()
      let report = try #require(node.reports(of: SupervisorErrorReport.self).first)
      #expect(report.level == .error)
      #expect(report.supervisor == "shop")
      #expect(report.process == supervisor.id)
      #expect(report.report.context == .childTerminated)
      #expect(report.report.reason == .failure(Crash()))
      let offender = report.report.offender
      #expect(offender.id == "till")
      #expect(offender.process == old)
      #expect(offender.restart == .transient)
      #expect(offender.shutdown == .timeout(.milliseconds(50)))
      #expect(offender.kind == .worker)
      #expect(!offender.significant)
      #expect(
        report.text == """
          Child "till" of Supervisor shop terminated
          ** (exit) Crash: Crash()
          Pid: \(old)
          Restart: transient
          Shutdown: 0.05 seconds
          Type: worker
          """)
      #expect(report.metadata["supervisor"] == "shop")
      #expect(report.metadata["supervisor.context"] == "child_terminated")
      #expect(report.metadata["child.id"] == "till")
      #expect(report.metadata["process.id"] == "\(old)")
      #expect(report.metadata["exit.reason"] == "Crash: Crash()")
    }
  }

  @Test("LOG-4, LOG-34: progress is info; what somebody asked for is debug")
  func progress() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(Shop(stage: stage), name: "shop")
      stage["till"]?.exit(.kill)
      _ = try await supervisor.children()
      try await supervisor.startChild(stage.child("added"))
      try await supervisor.terminateChild("added")
      try await supervisor.restartChild("added")
      let reports = node.reports(of: ProgressReport.self)
      #expect(reports.map(\.child.id.text) == ["till", "till", "added", "added"])
      #expect(reports.map(\.cause) == [.supervisor, .supervisor, .request, .request])
      #expect(reports.map(\.level) == [.info, .info, .debug, .debug])
      let last = try #require(stage["added"])
      #expect(reports.last?.text == "Child \"added\" of Supervisor shop started\nPid: \(last)")
      #expect(reports.last?.metadata["process.id"] == "\(last)")
      #expect(reports.allSatisfy { $0.process == supervisor.id })
    }
  }

  @Test("SUP-111, DYN-20: a supervisor without a name is called by its process and its type")
  func names() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let first = try await Supervisor.start(strategy: .oneForOne) { stage.child("a") }
      let second = try await Supervisor.start(Shop(stage: stage))
      let third = try await DynamicSupervisor.start()
      let fourth = try await DynamicSupervisor.start(name: "fourth")
      let (third1, fourth1) = (
        try await third.startChild(stage.child("c")), try await fourth.startChild(stage.child("d"))
      )
      for process in [stage["a"], stage["till"], third1, fourth1] { process?.exit(.kill) }
      _ = try await (first.children(), second.children(), third.children(), fourth.children())
      let names = Set(node.reports(of: SupervisorErrorReport.self).map(\.supervisor))
      let expected: Set = [
        "\(first.id) (Supervisor)", "\(second.id) (Shop)", "\(try #require(third.process)) (DynamicSupervisor)",
        "fourth",
      ]
      #expect(names == expected)
    }
  }

  @Test("LOG-2, LOG-5, LOG-33: each context has its words; giving up names the refused child, and no process")
  func contexts() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(
        strategy: .oneForOne, intensity: .restarts(1, within: .seconds(5)), autoShutdown: .anySignificant, name: "top"
      ) {
        stage.child("deaf", .deaf, restart: .temporary, shutdown: .timeout(.zero), significant: true)
        stage.child("b", shutdown: .brutalKill, kind: .supervisor)
      }
      stage.next("b", .fails)
      stage["b"]?.exit(.kill)
      #expect(await supervisor.id.exited() == .shutdown)
      let texts = node.reports(of: SupervisorErrorReport.self).map { $0.text.split(separator: "\n").map(String.init) }
      #expect(
        texts.map { $0[0] } == [
          #"Child "b" of Supervisor top terminated"#, #"Child "b" of Supervisor top failed to start"#,
          #"Child "b" of Supervisor top caused shutdown"#, #"Child "deaf" of Supervisor top shut down abnormally"#,
        ])
      #expect(
        texts[2].dropFirst() == [
          "** (exit) \(ExitReason.reachedMaxRestartIntensity.description)", "Restart: permanent",
          "Shutdown: brutal kill",
          "Type: supervisor",
        ])
      #expect(texts[3].last == "Significant: true")
    }
  }

  @Test("LOG-4, DYN-17: a dynamic supervisor reports no progress")
  func dynamicProgress() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      let child = try await workers.startChild(stage.child("a"))
      child.exit(.kill)
      _ = try await workers.children()
      #expect(node.reports(of: ProgressReport.self).isEmpty)
      #expect(node.trouble == ["child_terminated a: killed"])
    }
  }

  @Test("LOG-33: a supervisor whose parent crashes says what it is, not all that it holds")
  func crash() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let parent = spawn {
        _ = try await Supervisor.startLink(Shop(stage: stage), name: "shop")
        throw Crash()
      }
      let shop = try await ProcessName<Never>("shop").registered(within: .seconds(1))
      #expect(await shop.exited() == .failure(Crash()))
      _ = await parent.exited()
      let report = try #require(node.reports(of: CrashReport.self).first { $0.process == shop })
      #expect(report.state?.hasPrefix("Supervisor with specs") == true)
      #expect(!report.text.contains("ChildTable"))
    }
  }
}
