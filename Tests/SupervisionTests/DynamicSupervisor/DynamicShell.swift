import ProcessRuntime

@testable import Supervision

/// A dynamic supervisor's machine driven by hand, its actions as text; processes are numbered from 1 as they are started.
final class DynamicShell {
  typealias Machine = DynamicSupervisorMachine<Int>

  var machine: Machine
  private(set) var reports: [SupervisorReport] = []
  private(set) var tags: [Machine.RetryTag] = []
  private(set) var processes: [ProcessID] = []
  var now = Duration.zero
  private var calls = 0

  init(_ settings: DynamicSupervisorSettings = DynamicSupervisorSettings()) {
    machine = Machine(settings)
  }

  /// The process with that number.
  subscript(number: Int) -> ProcessID { processes[number - 1] }

  func handle(_ event: Machine.Event) -> [String] {
    machine.handle(event, at: now).map(text)
  }

  func call(_ request: Machine.Request) -> [String] {
    calls += 1
    return handle(.call(calls, request))
  }

  /// Starts a child that succeeds, and returns its process.
  @discardableResult
  func start(
    _ restart: ChildSpec.Restart = .permanent, shutdown: ChildSpec.Shutdown? = nil, kind: ChildSpec.Kind = .worker
  ) -> ProcessID {
    start(spec(restart, shutdown: shutdown, kind: kind))
  }

  @discardableResult
  func start(_ spec: ChildSpec) -> ProcessID {
    _ = call(.startChild(spec))
    _ = started()
    return processes[processes.count - 1]
  }

  /// The attempt that was put off last is made.
  func retry() -> [String] { tags.last.map { handle(.retry($0)) } ?? [] }

  /// The start that is under way succeeds.
  func started() -> [String] {
    processes.append(ProcessID(placeholder: UInt64(processes.count + 1)))
    return handle(.started(.started(processes[processes.count - 1])))
  }

  func failed() -> [String] {
    handle(.started(.failed(.timeout)))
  }

  func spec(
    _ restart: ChildSpec.Restart = .permanent, shutdown: ChildSpec.Shutdown? = nil, kind: ChildSpec.Kind = .worker
  ) -> ChildSpec {
    ChildSpec(id: "child", restart: restart, shutdown: shutdown, kind: kind) { nil }
  }

  var counts: Supervisor.Counts? {
    for case .reply(_, .success(.counts(let counts))) in machine.handle(.call(0, .countChildren), at: now) {
      return counts
    }
    return nil
  }

  var children: [Supervisor.Child] {
    for case .reply(_, .success(.children(let children))) in machine.handle(.call(0, .children), at: now) {
      return children
    }
    return []
  }

  private func text(_ action: Machine.Action) -> String {
    switch action {
    case .start: return "start"
    case .stop(let process, _): return "stop \(number(process))"
    case .stopAll(let all, let reason): return "\(reason) \(numbers(all))"
    case .kill(let late): return "kill \(numbers(late))"
    case .startTimer(let time): return "timer \(time)"
    case .report(let report):
      reports.append(report)
      return "report \(report.context)"
    case .retryLater(let tag, let wait):
      tags.append(tag)
      return wait.map { "retry after \($0.whole)" } ?? "retry later"
    case .reply(_, .success(.process(nil))): return "no process"
    case .reply(_, .success(.process(let process?))): return "process \(number(process))"
    case .reply(_, .success): return "ok"
    case .reply(_, .failure(let error)): return "\(error.description.prefix { $0 != ":" })"
    case .exit(let reason): return "exit \(reason)"
    }
  }

  private func number(_ process: ProcessID) -> Int {
    (processes.firstIndex(of: process) ?? -1) + 1
  }

  private func numbers(_ all: [ProcessID]) -> String {
    all.map(number).sorted().map { "\($0)" }.joined(separator: " ")
  }
}
