import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

/// Random scripts, once on a timeline and once on real processes: both must do the same in the same order.
@Suite("Supervisor processes do what the timeline says", .timeLimit(.minutes(2)))
struct TimelineComparisonTests {
  /// What happens in one step, at the same moment.
  private struct Step {
    var kills: [ChildSpec.ID] = []
    var ends: (id: ChildSpec.ID, reason: ExitReason)?
    var failures: (id: ChildSpec.ID, times: Int)?
    var ignored: ChildSpec.ID?
    var calls: [Timeline.Event] = []
  }

  private static let ids: [ChildSpec.ID] = ["a", "b", "c", "d"]

  @Test(
    "SUP-40, SUP-41, SUP-42, SUP-72: random histories, of every strategy, restart type and shutdown",
    arguments: 0..<400 as Range<UInt64>)
  func compare(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      var random = SplitMix(seed: seed)
      let strategy =
        [Supervisor.Strategy.oneForOne, .oneForAll, .restForOne].randomElement(using: &random) ?? .oneForOne
      let automatic =
        [Supervisor.AutoShutdown.never, .anySignificant, .allSignificant].randomElement(using: &random) ?? .never
      let intensity = Supervisor.Intensity.restarts(Int.random(in: 0...6, using: &random), within: .seconds(5))
      let stage = Stage()
      var children: [Timeline.Child] = []
      var specs: [ChildSpec] = []
      for id in Self.ids {
        let restart = ChildSpec.Restart.allCases.randomElement(using: &random) ?? .permanent
        let shutdown: ChildSpec.Shutdown =
          [.brutalKill, .infinity, .timeout(.seconds(5))].randomElement(using: &random) ?? .infinity
        let significant = automatic != .never && restart != .permanent && Bool.random(using: &random)
        children.append(Timeline.Child(id, restart: restart, shutdown: shutdown, significant: significant))
        specs.append(stage.child(id, .tidy, restart: restart, shutdown: shutdown, significant: significant))
      }
      var timeline = Timeline(strategy, intensity: intensity, autoShutdown: automatic, children: children)
      let real = specs
      let supervisor = try await Supervisor.start(strategy: strategy, intensity: intensity, autoShutdown: automatic) {
        real
      }
      #expect(stage.take() == timeline.moves.filter { $0.hasPrefix("start") })
      var script: [String] = []
      for _ in 0..<12 where timeline.exitReason == nil {
        let step = Self.step(of: timeline, children, &random)
        let before = node.trouble.count
        let (events, moves, next) = try Self.play(step, on: timeline)
        timeline = next.timeline
        script += events.map(\.description) + ["·"]
        try await Self.perform(step, stage, supervisor, specs, node)
        let log = stage.take()
        let context = Comment(rawValue: "seed \(seed), \(strategy): \(script.joined(separator: ", "))\n\(timeline)")
        #expect(log == Self.visible(moves, specs), context)
        #expect(Array(node.trouble.dropFirst(before)) == next.reports.map(Self.real), context)
        #expect(supervisor.id.isAlive == (timeline.exitReason == nil), context)
        guard log == Self.visible(moves, specs), timeline.exitReason == nil else { break }
        #expect(try await supervisor.line == timeline.children.map(Self.text), context)
        #expect(try await supervisor.countChildren() == timeline.counts, context)
      }
      if let reason = timeline.exitReason {
        #expect(await supervisor.id.exited() == reason)
        #expect(node.processes.count == 1)
      }
    }
  }

  private static func step(of timeline: Timeline, _ children: [Timeline.Child], _ random: inout SplitMix) -> Step {
    let living = timeline.children.filter { $0.process != nil }.map(\.id)
    var step = Step()
    if Bool.random(using: &random), let id = ids.randomElement(using: &random) {
      step.failures = (id, Int.random(in: 1...3, using: &random))
    } else if Int.random(in: 0..<4, using: &random) == 0, let id = ids.randomElement(using: &random) {
      step.ignored = id
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0, 1:
      step.kills = Array(living.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)))
    case 2:
      let reasons: [ExitReason] = [.normal, .shutdown("done"), .failure(TimelineCrash())]
      if let id = living.randomElement(using: &random) {
        step.ends = (id, reasons.randomElement(using: &random) ?? .normal)
      }
    default:
      let index = ids.indices.randomElement(using: &random) ?? 0
      let id = ids[index]
      switch Int.random(in: 0..<4, using: &random) {
      case 0: step.calls = [.terminate(id)]
      case 1: step.calls = [.restart(id)]
      case 2: step.calls = [.delete(id)]
      default: step.calls = [.startChild(children[index])]
      }
    }
    return step
  }

  /// The step on the timeline, with all attempts that follow from it.
  private static func play(
    _ step: Step, on timeline: Timeline
  ) throws -> (events: [Timeline.Event], moves: [String], next: (timeline: Timeline, reports: [SupervisorReport])) {
    var given: [Timeline.Event] = []
    if let failures = step.failures { given.append(.startFails(failures.id, times: failures.times)) }
    if let ignored = step.ignored { given.append(.startIgnored(ignored)) }
    var next = timeline
    for event in given { next = try next.happens(event) }
    var moves: [String] = []
    var reports: [SupervisorReport] = []
    var events: [Timeline.Event] = step.kills.map { .kill($0) } + step.calls
    if let ends = step.ends { events.append(.exit(ends.id, ends.reason)) }
    switch events.count {
    case 0: break
    case 1: next = try next.happens(events[0])
    default: next = try next.happens(events[0], events[1])
    }
    if !events.isEmpty {
      moves += next.moves
      reports += next.reports
    }
    while next.exitReason == nil, next.children.contains(where: \.isRestarting) {
      next = try next.happens(.retry)
      moves += next.moves
      reports += next.reports
    }
    // Of a child that was killed in this step, the stop before its next start finds it dead already: nobody can see that.
    var dead = Set(step.kills.map(\.text) + (step.ends.map { [$0.id.text] } ?? []))
    moves.removeAll { move in
      let words = move.split(separator: " ").map(String.init)
      if words[0] == "start" { dead.remove(words[1]) }
      return words[0] == "stop" && dead.contains(words[1])
    }
    return (given + events, moves, (next, reports))
  }

  private static func perform(
    _ step: Step, _ stage: Stage, _ supervisor: Supervisor, _ specs: [ChildSpec], _ node: TestNode
  ) async throws {
    if let failures = step.failures { for _ in 0..<failures.times { stage.next(failures.id, .fails) } }
    if let ignored = step.ignored { stage.next(ignored, .ignored) }
    for id in step.kills { stage[id]?.exit(.kill) }
    if let ends = step.ends { stage.tell(ends.id, ends.reason.error == nil ? .end(ends.reason) : .crash) }
    for call in step.calls {
      let words = call.description.split(separator: " ").map(String.init)
      let id = ChildSpec.ID(words[words.count - 1])
      _ = await error { () async throws(SupervisorError) in
        switch words[0] {
        case "terminate": try await supervisor.terminateChild(id)
        case "restart": try await supervisor.restartChild(id)
        case "delete": try await supervisor.deleteChild(id)
        default: for spec in specs where spec.id == id { try await supervisor.startChild(spec) }
        }
      }
    }
    try await node.settle()
  }

  /// The moves that leave a trace: not the end of the supervisor, not the stop of a child that is killed brutally.
  private static func visible(_ moves: [String], _ specs: [ChildSpec]) -> [String] {
    let brutal = specs.filter { $0.shutdown == .brutalKill }.map { "stop \($0.id)" }
    return moves.filter { !$0.hasPrefix("exit") && $0 != "ready" && !brutal.contains($0) }
  }

  private static func real(_ report: SupervisorReport) -> String {
    let reason = report.reason == .failure(TimelineCrash()) ? "Crash: Crash()" : "\(report.reason)"
    return "\(report.context) \(report.offender.id): \(reason)"
  }

  private static func text(of child: Supervisor.Child) -> String {
    child.isRestarting ? "\(child.id) restarting" : child.process == nil ? "\(child.id) stopped" : child.id.text
  }
}
