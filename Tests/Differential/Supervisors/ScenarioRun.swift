@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization

extension Scenario {
  /// On a test node: the waits take no time, and the seed decides who runs next.
  func run() async throws -> [String] {
    try await withTestNode(seed: seed) { node in
      try await ScenarioDriver(scenario: self, stage: ScenarioStage()) { try await node.settle() }.run()
    }
  }
}

/// Lets a scenario's events happen, one after the other, each when all is quiet.
struct ScenarioDriver: Sendable {
  let scenario: Scenario
  let stage: ScenarioStage
  /// Lets everybody do what there is to do.
  let rest: @Sendable () async throws -> Void

  init(scenario: Scenario, stage: ScenarioStage, rest: @escaping @Sendable () async throws -> Void) {
    self.scenario = scenario
    self.stage = stage
    self.rest = rest
  }

  func run() async throws -> [String] {
    let listener = listen()
    defer { Node.current.reports.unlisten(listener) }
    for (id, starts) in scenario.given { stage.next(id, starts) }
    let isUp = Answer()
    let owner = spawn(receiving: ScenarioStage.Order.self) { inbox in
      CurrentProcess.trapsExits = true
      do {
        try await stage.enter("top", try await stage.start(scenario.tree))
        stage.line("top: top#1")
      } catch let error as StartError {
        stage.line("top: \(Self.text(failedWith: error.reason))")
      }
      isUp.text.withLock { $0 = "" }
      while true {
        if case .message(.exit(let reason)) = try await inbox.receive() { throw reason }
      }
    }
    while isUp.text.withLock({ $0 == nil }) { try await CurrentProcess.sleep(for: .milliseconds(1)) }
    try await settle()
    try await describe()
    for (number, event) in scenario.events.enumerated() {
      stage.line("-- \(number + 1)")
      try await happen(event, ProcessRef(unsafelyTyped: owner))
      try await settle()
      try await describe()
    }
    return try await stage.recorder.call { .lines($0) }
  }

  private static func text(failedWith reason: ExitReason) -> String {
    reason.term == "invalid" ? "invalid" : "failed \(reason.term)"
  }

  /// Reports are made in the supervisor's turn, so they are heard in their place.
  private func listen() -> UInt64 {
    Node.current.reports.listen { report in
      guard let report = (report as? SupervisorErrorReport)?.report else { return }
      let child = report.offender
      let name = child.process.map { stage.name(of: $0) } ?? child.id.text
      stage.line(
        "report \(report.context) \(child.isRestarting ? "restarting " : "")\(name): \(report.reason.term)")
    }
  }

  // MARK: Events

  private func happen(_ event: Scenario.Event, _ owner: ProcessRef<ScenarioStage.Order>) async throws {
    switch event {
    case .exit(let id, let reason):
      guard let child = stage.living(id), let end = child.end else { return stage.line("nobody") }
      end(reason)
      _ = await child.process.exited()
    case .signal(let id, let reason):
      guard let child = stage.living(id) else { return stage.line("nobody") }
      child.process.exit(reason.exitReason)
    case .next(let id, let starts):
      stage.next(id, starts)
    case .advance(let seconds):
      try await CurrentProcess.sleep(for: .seconds(seconds))
    case .stranger(let id, let reason):
      guard let supervisor = stage.living(id) else { return stage.line("nobody") }
      let stranger = spawn {
        try CurrentProcess.link(supervisor.process)
        throw reason.exitReason
      }
      _ = await stranger.exited()
    case .call(let id, let request):
      guard let supervisor = stage.lastSupervisor(id) else { return stage.line("nobody") }
      let answer = await text(of: request, to: supervisor.process)
      try await settle()
      stage.line(answer)
    case .busy(let id, let events):
      guard let supervisor = stage.lastSupervisor(id) else { return stage.line("nobody") }
      try await whileBusy(supervisor) {
        for event in events {
          try await happen(event, owner)
          try await rest()
        }
      }
    case .stop(let reason):
      guard let top = stage.living("top") else { return stage.line("nobody") }
      let answer: String
      do throws(SupervisorError) {
        try await Supervisor(id: top.process).stop(reason: reason.exitReason)
        answer = "ok"
      } catch {
        answer = (error.reason ?? .noProcess).term
      }
      try await settle()
      stage.line("stop: \(answer)")
    case .owner(let reason):
      owner.send(.exit(reason.exitReason))
      _ = await owner.id.exited()
    }
  }

  /// Somebody has the supervisor start a child that takes its time.
  private func whileBusy(_ supervisor: ScenarioStage.Actor, _ body: () async throws -> Void) async throws {
    stage.next("z", [.block])
    let child = Scenario.Child(id: "z", restart: .temporary, shutdown: .brutalKill, significant: false, body: .obey)
    let answer = Answer()
    let caller = spawn {
      let text = await text(of: .startChild(child), to: supervisor.process)
      answer.text.withLock { $0 = text }
    }
    try await rest()
    try await body()
    stage.recorder.send(.release)
    _ = await caller.exited()
    try await settle()
    stage.line(answer.text.withLock { $0 ?? "no answer" })
  }

  private final class Answer: Sendable {
    let text = Mutex<String?>(nil)
  }

  // MARK: Calls

  private func text(of request: Scenario.Request, to process: ProcessID) async -> String {
    do throws(SupervisorError) {
      if scenario.isDynamic { return try await dynamic(request) }
      let supervisor = Supervisor(id: process)
      switch request {
      case .startChild(let child): return stage.name(of: try await supervisor.startChild(stage.spec(child)))
      case .terminateChild(let id): try await supervisor.terminateChild(ChildSpec.ID(id))
      case .restartChild(let id): return stage.name(of: try await supervisor.restartChild(ChildSpec.ID(id)))
      case .deleteChild(let id): try await supervisor.deleteChild(ChildSpec.ID(id))
      case .childSpec(let id):
        let spec = try await supervisor.childSpec(ChildSpec.ID(id))
        return "\(spec.restart) \(spec.shutdown.term) \(spec.significant) \(spec.kind)"
      }
      return "ok"
    } catch {
      return text(of: error)
    }
  }

  private func dynamic(_ request: Scenario.Request) async throws(SupervisorError) -> String {
    let supervisor = DynamicSupervisor.named("top")
    switch request {
    case .startChild(let child):
      return stage.name(of: try await supervisor.startChild(stage.spec(child)))
    case .terminateChild(let id):
      guard let child = stage.last(id) else { return "nobody" }
      try await supervisor.terminateChild(child.process)
      return "ok"
    case .restartChild, .deleteChild, .childSpec:
      return "there is no such call"
    }
  }

  private func text(of error: SupervisorError) -> String {
    if let process = error.existingProcess { return "already_started \(stage.name(of: process))" }
    if error.problem != nil { return "invalid" }
    switch error {
    case .alreadyPresent: return "already_present"
    case .notFound: return "not_found"
    case .running: return "running"
    case .restarting: return "restarting"
    case .ignored: return "ignored"
    case .maxChildren: return "max_children"
    case .noProcess: return "noproc"
    default: break
    }
    guard let reason = error.reason else { return error.description }
    return error == .exited(reason) ? reason.term : Self.text(failedWith: reason)
  }

  // MARK: Between events

  /// All supervisors, until a round of calls finds nothing changed.
  private func settle() async throws {
    while true {
      try await rest()
      let before = try await stage.recorder.call { .lines($0) }.count
      for supervisor in stage.supervisors { _ = try? await state(of: supervisor.process) }
      try await rest()
      if try await stage.recorder.call({ .lines($0) }).count == before { return }
    }
  }

  private func describe() async throws {
    for supervisor in stage.supervisors {
      stage.line("\(supervisor.id): \(try await state(of: supervisor.process))")
    }
  }

  private func state(of process: ProcessID) async throws(SupervisorError) -> String {
    var children: [Supervisor.Child]
    let counts: Supervisor.Counts
    if scenario.isDynamic {
      children = try await DynamicSupervisor.named("top").children()
      counts = try await DynamicSupervisor.named("top").countChildren()
    } else {
      children = try await Supervisor(id: process).children()
      counts = try await Supervisor(id: process).countChildren()
    }
    var texts = children.map { child in
      let state = child.isRestarting ? "restarting" : child.process == nil ? "undefined" : nil
      let name = child.process.map { stage.name(of: $0) } ?? ""
      return state.map { scenario.isDynamic ? "\($0)(\(child.kind))" : "\(child.id) \($0)(\(child.kind))" }
        ?? "\(name)(\(child.kind))"
    }
    if scenario.isDynamic { texts.sort() }
    return texts.joined(separator: " ") + "; \(counts.specs) \(counts.active) \(counts.supervisors) \(counts.workers)"
  }
}
