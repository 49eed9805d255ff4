import ProcessRuntime
import SupervisionTesting
import Testing

@testable import Supervision

@Suite("Supervisor: responses to faults", .timeLimit(.minutes(1)))
struct FaultResponseTests {
  private func launched(_ response: ChildCare.FaultResponse, _ restart: ChildSpec.Restart = .permanent) -> Driven {
    Driven(ChildSpec(id: "b", restart: restart) { nil }.onFault(.trap, response: response))
  }

  /// A supervisor of `a` and the child, driven by hand.
  private struct Driven {
    var machine = SupervisorMachine<Int>(SupervisorSettings())
    var process: ProcessID?

    init(_ spec: ChildSpec) {
      _ = machine.handle(.launch([ChildSpec(id: "a") { nil }, spec]), at: .zero)
      for number in 1...2 {
        process = ProcessID(placeholder: UInt64(number))
        if let process { _ = machine.handle(.started(.started(process)), at: .zero) }
      }
    }

    mutating func ends(_ reason: ExitReason) -> [String] {
      guard let process else { return [] }
      return machine.handle(.exited(process, reason), at: .zero).compactMap { action in
        switch action {
        case .start(let spec): "start \(spec.id)"
        case .stop(let id, _, _): "stop \(id)"
        case .report(let report): "report \(report.context) \(report.reason.fault == nil ? "" : "fault")"
        default: nil
        }
      }
    }
  }

  private static let trap = ExitReason.fault(Fault(kind: .trap, message: "Index out of range"))
  private static let cast = ExitReason.fault(Fault(kind: .cast, message: "Could not cast"))

  @Test("EXT-8: restart: as any failure")
  func restart() {
    var driven = launched(.restart)
    #expect(driven.ends(Self.trap) == ["report child_terminated fault", "start b"])
  }

  @Test("EXT-8: stop: it stays stopped, as after a clean end", arguments: ChildSpec.Restart.allCases)
  func stop(restart: ChildSpec.Restart) {
    var driven = launched(.stop, restart)
    #expect(driven.ends(Self.trap) == ["report child_terminated fault"])
    #expect(driven.machine.counts.active == 1)
    #expect(driven.machine.children.count == (restart == .temporary ? 1 : 2))
  }

  @Test("EXT-8: escalate: the supervisor gives up at once, and says of what")
  func escalate() {
    var driven = launched(.escalate)
    #expect(driven.ends(Self.trap) == ["report child_terminated fault", "report shutdown fault", "stop a"])
  }

  @Test("EXT-8: other kinds of faults and other failures are not meant", arguments: [cast, .killed, .timeout])
  func others(reason: ExitReason) {
    for response in ChildCare.FaultResponse.allCases {
      var driven = launched(response)
      #expect(driven.ends(reason).last == "start b")
    }
  }

  @Test("EXT-8: a response contains its kind, and crash does not, whatever the policy says")
  func policies() {
    let spec = ChildSpec(id: "b") { nil }
    let settings = { (spec: ChildSpec) in spec.processSettings?.faultPolicy }
    #expect(settings(spec) == nil)
    #expect(settings(spec.faults(.containAll)) == .containAll)
    #expect(
      settings(spec.onFault(.exclusivity, response: .stop)) == FaultPolicy.contain.containing(.exclusivity))
    #expect(
      settings(spec.faults(.crash).onFault(.trap, .cast, response: .restart))
        == FaultPolicy.crash.containing(.trap, .cast))
    #expect(settings(spec.onFault(.trap, response: .crash)) == FaultPolicy.contain.crashing(on: .trap))
    #expect("\(FaultPolicy.crash.containing(.trap, .nullPointer))" == "contain trap, null pointer")
    #expect(FaultPolicy.contain.crashing(on: .trap, .cast, .unowned, .stackOverflow) == .crash)
    #expect(FaultPolicy.crash.containing(Fault.Kind.allCases) == .containAll)
  }

  @Test("EXT-8, EXT-5: under a dynamic supervisor")
  func dynamic() {
    for (response, expected) in [
      (ChildCare.FaultResponse.restart, "start"), (.stop, "report child_terminated"), (.escalate, "exit shutdown"),
    ] {
      let shell = DynamicShell()
      let child = shell.start(ChildSpec(id: "b") { nil }.onFault(.trap, response: response))
      #expect(shell.handle(.exited(child, Self.trap)).last == expected)
      if response == .restart { _ = shell.started() }
      #expect(shell.children.isEmpty == (response != .restart))
    }
  }

  @Test("EXT-14: a hang cannot crash the program")
  func validation() {
    let spec = ChildSpec(id: "b") { nil }.onFault(.hang, response: .crash)
    do {
      try Supervisor.check([spec])
      Issue.record("accepted")
    } catch {
      #expect(
        error.problem == "child \"b\" answers a hang with a crash; use .escalate, for a hang can only end the process")
    }
  }
}
