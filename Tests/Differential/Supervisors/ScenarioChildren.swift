import ErlangDistribution
import ErlangTerms
import ProcessRuntime
import Supervision

/// A scenario's children, made real.
extension ScenarioStage {
  func spec(_ child: Scenario.Child) -> ChildSpec {
    var kind = ChildSpec.Kind.worker
    if case .tree = child.body { kind = .supervisor }
    return ChildSpec(
      id: ChildSpec.ID(child.id), restart: child.restart, shutdown: child.shutdown, significant: child.significant,
      kind: kind
    ) {
      switch attempt(child.id) {
      case .fail: throw ScenarioCrash()
      case .ignore: return nil
      case .block:
        _ = try await recorder.call(timeout: nil) { .block($0) }
        return nil
      case .start: return try await start(child)
      }
    }
  }

  func start(_ tree: Scenario.Tree) async throws -> ProcessID {
    let intensity = Supervisor.Intensity.restarts(tree.restarts, within: .seconds(tree.period))
    switch tree.kind {
    case .dynamic(let most):
      let supervisor = try await DynamicSupervisor.startLink(name: "top", maxChildren: most, intensity: intensity)
      guard let process = supervisor.process else { throw ScenarioCrash() }
      return process
    case .fixed(let strategy, let autoShutdown):
      let specs = tree.children.map(spec)
      return try await Supervisor.startLink(strategy: strategy, intensity: intensity, autoShutdown: autoShutdown) {
        specs
      }.id
    }
  }

  private func start(_ child: Scenario.Child) async throws -> ProcessID {
    if case .tree(let tree) = child.body {
      let process = try await start(tree)
      try await enter(child.id, process)
      return process
    }
    var obeys = false
    if case .obey = child.body { obeys = true }
    if let elsewhere {
      let process = try await elsewhere.start(child.body)
      try CurrentProcess.link(process)
      try await enter(child.id, process, obeys: obeys) { elsewhere.end(process, $0) }
      return process
    }
    guard let parent = CurrentProcess.id else { throw ScenarioCrash() }
    let orders = try spawnLink(receiving: Order.self) { inbox in
      try await run(child.body, parent, &inbox)
    }
    try await enter(child.id, orders.id, obeys: obeys) { orders.send(.exit($0.exitReason)) }
    return orders.id
  }

  private func run(_ body: Scenario.Body, _ parent: ProcessID, _ inbox: inout Mailbox<Order>) async throws {
    if case .obey = body {} else { CurrentProcess.trapsExits = true }
    recorder.send(.ready(inbox.ref.id))
    while true {
      switch try await inbox.receive() {
      case .message(.exit(let reason)): throw reason
      case .signal(.exit(parent, let reason)): try await told(body, reason)
      case .signal: break
      }
    }
  }

  private func told(_ body: Scenario.Body, _ reason: ExitReason) async throws {
    switch body {
    case .ignore: break
    case .trap(let own): throw own.exitReason
    case .drag(let id, let other) where reason == .shutdown:
      if let victim = living(id), victim.obeys {
        victim.process.exit(other.exitReason)
        _ = await victim.process.exited()
      }
      throw reason
    case .drag, .obey, .tree: throw reason
    }
  }
}

/// The only error there is.
struct ScenarioCrash: Error, Hashable, TermConvertible {
  init() {}

  /// What other nodes see.
  var term: Term { .atom("crash") }

  init(term: Term) throws {
    guard term == .atom("crash") else { throw ErlangExit(term) }
  }
}

extension Scenario.Reason {
  var exitReason: ExitReason {
    switch self {
    case .normal: .normal
    case .shutdown: .shutdown
    case .detail: .shutdown("detail")
    case .crash: .failure(ScenarioCrash())
    case .kill: .kill
    case .killed: .killed
    case .noproc: .noProcess
    case .timeout: .timeout
    }
  }
}

extension ExitReason {
  /// As Erlang prints it.
  var term: String {
    if let failure = shutdownDetail as? ChildStartFailure {
      return "{shutdown,{failed_to_start_child,\(failure.id),\(failure.reason.term)}}"
    }
    if self == .reachedMaxRestartIntensity { return "reached_max_restart_intensity" }
    if let exit = error as? ErlangExit { return exit.term.description }
    if let detail = shutdownDetail as? Term { return "{shutdown,\(detail)}" }
    if (error as? SupervisorError)?.problem != nil { return "invalid" }
    return Scenario.Reason.allCases.first { $0.exitReason == self }?.rawValue ?? description
  }
}
