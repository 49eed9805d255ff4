#if Metrics
  import CoreMetrics
  import Foundation
  import MetricsTestKit
  import Supervision
  import SupervisionIntegrations
  import SupervisionTesting
  import Testing

  private struct Slow: GenServer {
    enum Message: Sendable { case work(Duration, ReplyTo<Void>), refuse(ReplyTo<Void>) }

    func handle(_ message: Message) async throws {
      guard case .work(let time, let reply) = message else { return }
      try await CurrentProcess.sleep(for: time)
      reply()
    }
  }

  @Suite("Telemetry", .timeLimit(.minutes(1)))
  struct TelemetryTests {
    private struct Fragile: GenServer {
      enum Message: Sendable { case trap, fail }
      struct Failure: Error {}

      func handle(_ message: Message) throws {
        switch message {
        case .trap: fatalError("as told")
        case .fail: throw Failure()
        }
      }
    }

    private static func value(_ metrics: TestMetrics, _ name: String) throws -> Double {
      try #require(try metrics.expectMeter("supervision_\(name)").lastValue)
    }

    private static func count(_ metrics: TestMetrics, _ name: String, _ dimension: (String, String)) -> Int64 {
      metrics.counterTotal(label: "supervision_\(name)", dimensions: [dimension])
    }

    @Test("TEL-3: at the start and in each interval, the numbers are those of the node")
    func numbers() async throws {
      try await withTestNode { node in
        let metrics = TestMetrics()
        let supervisor = try await Supervisor.start(strategy: .oneForOne) {
          ChildSpec.telemetry(every: .seconds(10), to: metrics)
        }
        try await node.settle()
        let before = try Self.value(metrics, "processes")
        #expect(Int(before) == node.processes.count)
        let idle = spawn(receiving: Int.self) { _ in try await suspendForever() }
        let ref = try #require(ProcessRef<Int>(idle))
        for number in 0..<7 { ref.send(number) }
        try await node.settle()
        #expect(try Self.value(metrics, "processes") == before)
        try await CurrentProcess.sleep(for: .seconds(10))
        #expect(try Self.value(metrics, "processes") == before + 1)
        #expect(try Self.value(metrics, "mailbox_longest_messages") == 7)
        #expect(try Self.value(metrics, "mailbox_messages") >= 7)
        #expect(try Self.value(metrics, "timers") >= 0)
        try await supervisor.stop()
      }
    }

    @Test("TEL-3: restarts, dead letters, alarms and faults are counted, over a restart of the reporter too")
    func events() async throws {
      try await withTestNode { node in
        let metrics = TestMetrics()
        let fragile: ProcessName<Fragile.Message> = "fragile"
        let supervisor = try await Supervisor.start(
          strategy: .oneForOne, intensity: .restarts(100, within: .seconds(1)), name: "store"
        ) {
          ChildSpec.telemetry(every: .seconds(1), to: metrics)
          ChildSpec(fragile) { Fragile() }
        }
        try await node.settle()
        let traps = Self.count(metrics, "faults_total", ("kind", "trap"))
        for message in [Fragile.Message.trap, .fail, .trap] {
          let before = fragile.whereis
          fragile.send(message)
          _ = try await fragile.registered(otherThan: before, within: .seconds(1))
        }
        ProcessName<Int>("nobody").send(1)
        let full = spawn(receiving: Int.self, mailbox: .bounded(2, overflow: .dropNewest)) { _ in
          try await suspendForever()
        }
        let ref = try #require(ProcessRef<Int>(full))
        for number in 0..<5 { ref.send(number) }
        try await CurrentProcess.sleep(for: .seconds(1))
        #expect(Self.count(metrics, "restarts_total", ("supervisor", "store")) == 3)
        #expect(Self.count(metrics, "dead_letters_total", ("reason", "noProcess")) == 1)
        #expect(Self.count(metrics, "dead_letters_total", ("reason", "dropped")) == 3)
        #expect(metrics.counterTotal(label: "supervision_mailbox_alarms_total") == 1)

        // The faults are the program's, and other tests have some too.
        try await eventuallyCounted(2 + traps, metrics)
        let counted = Self.count(metrics, "faults_total", ("kind", "trap"))
        try await supervisor.child("telemetry").process?.exit(.kill)
        try await CurrentProcess.sleep(for: .seconds(2))
        #expect(Self.count(metrics, "faults_total", ("kind", "trap")) < counted * 2)
        let letters = Self.count(metrics, "dead_letters_total", ("reason", "noProcess"))
        ProcessName<Int>("nobody").send(2)
        try await node.settle()
        #expect(Self.count(metrics, "dead_letters_total", ("reason", "noProcess")) == letters + 1)
        try await supervisor.stop()
      }
    }

    /// Faults are noted by a thread of the machine's.
    private func eventuallyCounted(_ least: Int64, _ metrics: TestMetrics) async throws {
      for _ in 0..<2_000 where Self.count(metrics, "faults_total", ("kind", "trap")) < least {
        try await blocking { Thread.sleep(forTimeInterval: 0.001) }
        try await CurrentProcess.sleep(for: .seconds(1))
      }
      #expect(Self.count(metrics, "faults_total", ("kind", "trap")) >= least)
    }

    @Test("TEL-3: on the program's own node, the schedulers' utilisation is between nothing and all")
    func utilisation() async throws {
      let metrics = TestMetrics()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.telemetry(every: .milliseconds(20), to: metrics)
      }
      #if os(Linux)
        try await eventually {
          metrics.meters(label: "supervision_scheduler_utilisation_ratio").first?.values.count ?? 0 > 2
        }
        for value in metrics.meters(label: "supervision_scheduler_utilisation_ratio").first?.values ?? [] {
          #expect(value >= 0 && value <= 1)
        }
      #endif
      try await eventually { !metrics.meters(label: "supervision_schedulers").isEmpty }
      #expect(try Self.value(metrics, "schedulers") >= 1)
      #expect(try Self.value(metrics, "fault_budget_left") > 0)
      try await supervisor.stop()
    }

    @Test(
      "TEL-5: how long a call takes is measured by the server's type, if it is asked for, and while the child lives")
    func calls() async throws {
      @Sendable func times(_ metrics: TestMetrics, _ result: String) -> [Int64] {
        metrics.timers(
          label: "supervision_call_duration_seconds", dimensions: [("server", "Slow"), ("result", result)]
        ).flatMap(\.values)
      }
      try await withTestNode { node in
        let slow = try await Slow.start { Slow() }
        let (off, on) = (TestMetrics(), TestMetrics())
        let supervisor = try await Supervisor.start(strategy: .oneForOne) {
          ChildSpec.telemetry("off", to: off)
          ChildSpec.telemetry("on", to: on, measuresCalls: true)
        }
        try await slow.call { .work(.milliseconds(20), $0) }
        try await slow.call { .work(.milliseconds(30), $0) }
        try? await slow.call { .refuse($0) }
        #expect(times(on, "answered") == [20_000_000, 30_000_000])
        #expect(times(on, "failed").count == 1)
        #expect(off.timers.isEmpty)

        try await supervisor.child("on").process?.exit(.kill)
        try await node.settle()
        try await slow.call { .work(.milliseconds(40), $0) }
        #expect(times(on, "answered") == [20_000_000, 30_000_000, 40_000_000], "once, by the new one")
        try await supervisor.stop()
        try await slow.call { .work(.milliseconds(50), $0) }
        #expect(times(on, "answered").count == 3)
      }
    }

    @Test("TEL-3: the metrics that there are, those of the article and those of the dashboard are the same")
    func names() async throws {
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
      func names(in path: String) throws -> Set<String> {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        // What Prometheus makes of a timer has several names.
        return Set(
          text.matches(of: /supervision_[a-z_]+/).map { String($0.0.replacing(/_(bucket|count|sum)$/, with: "")) })
      }
      let article = try names(in: "Sources/SupervisionIntegrations/SupervisionIntegrations.docc/Telemetry.md")
      let board = try names(in: "Documentation/Telemetry/grafana-dashboard.json")
      _ = try JSONSerialization.jsonObject(
        with: Data(contentsOf: root.appending(path: "Documentation/Telemetry/grafana-dashboard.json")))
      let metrics = TestMetrics()
      let supervisor = try await Supervisor.start(
        strategy: .oneForOne, intensity: .restarts(1_000_000, within: .seconds(1)), name: "telemetry-names"
      ) {
        ChildSpec.telemetry(every: .milliseconds(5), to: metrics, measuresCalls: true)
        ChildSpec.task("idle") { try await suspendForever() }
      }
      try await eventually {
        try await supervisor.child("idle").process?.exit(.kill)
        return metrics.counterTotal(label: "supervision_restarts_total") > 0
      }
      #if os(Linux)
        try await eventually { !metrics.meters(label: "supervision_scheduler_utilisation_ratio").isEmpty }
        let made = Set((metrics.meters.map(\.label) + metrics.counters.map(\.label)) + metrics.timers.map(\.label))
        #expect(made == article)
      #endif
      #expect(board == article)
      try await supervisor.stop()
    }
  }
#endif
