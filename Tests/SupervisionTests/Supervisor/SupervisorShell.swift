import ProcessRuntime
import Supervision

/// A machine driven by hand, its actions as text.
final class SupervisorShell {
  var machine: SupervisorMachine<Int>
  let children: [ChildSpec]
  private var processes: UInt64 = 100

  init(_ settings: SupervisorSettings, _ ids: [ChildSpec.ID]) {
    machine = SupervisorMachine(settings)
    children = ids.map { ChildSpec(id: $0) { nil } }
  }

  func spec(_ id: ChildSpec.ID) -> ChildSpec {
    ChildSpec(id: id) { nil }
  }

  func process() -> ProcessID {
    processes += 1
    return ProcessID(placeholder: processes)
  }

  /// Starts all children and returns their processes.
  @discardableResult
  func launch() -> [ProcessID] {
    _ = handle(.launch(children))
    return children.map { _ in
      let process = process()
      _ = handle(.started(.started(process)))
      return process
    }
  }

  func handle(_ event: SupervisorMachine<Int>.Event, at now: Duration = .zero) -> [String] {
    machine.handle(event, at: now).map { action in
      switch action {
      case .start(let spec): "start \(spec.id)"
      case .stop(let id, _, _): "stop \(id)"
      case .report(let report): "report \(report.context) \(report.offender.id)"
      case .progress(let child, _): "progress \(child.id)"
      case .retryLater: "retry later"
      case .reply(let caller, .success): "reply \(caller)"
      case .reply(let caller, .failure(let error)): "error \(caller) \(error.description.prefix { $0 != ":" })"
      case .ready: "ready"
      case .exit(let reason): "exit \(reason)"
      }
    }
  }

  /// The answer to a call that needs no waiting.
  func call(_ request: SupervisorMachine<Int>.Request) -> Result<SupervisorMachine<Int>.Answer, SupervisorError>? {
    Self.answer(in: machine.handle(.call(0, request), at: .zero))
  }

  static func answer(
    in actions: [SupervisorMachine<Int>.Action]
  ) -> Result<SupervisorMachine<Int>.Answer, SupervisorError>? {
    for case .reply(_, let answer) in actions { return answer }
    return nil
  }
}
