public import ProcessRuntime

/// What a supervisor does for a child beyond OTP: nothing, unless it is asked.
public struct ChildCare: Hashable, Sendable {
  /// What a fault of the child leads to.
  public enum FaultResponse: Hashable, Sendable, CaseIterable {
    /// As any other failure: what its ``ChildSpec/Restart`` says.
    case restart
    /// It is not started again; its specification stays.
    case stop
    /// Its supervisor gives up, with all children.
    case escalate
    /// The program ends, as it would without this library.
    case crash
  }

  /// What becomes of faults in the child's process; `nil`: as in the program.
  public var faultPolicy: FaultPolicy?
  /// What a fault leads to, by its kind.
  ///
  /// A kind that is named here is contained, or, with `crash`, is not, whatever the policy says.
  public var faultResponses: [Fault.Kind: FaultResponse] = [:]
  /// What becomes of the child when a turn does not end; `nil`: as in the program.
  public var hangPolicy: HangPolicy?
  /// What becomes of the child when its mail grows faster than it is handled; `nil`: as in the program.
  public var mailboxPolicy: MailboxPolicy?
  /// How long to wait before a restart; `nil`: not at all.
  public var backoff: Backoff?
  /// How often it may fail before it is put into quarantine; `nil`: its failures count for its supervisor.
  public var budget: RestartBudget?

  /// Nothing beyond OTP.
  public init() {}

  func response(to reason: ExitReason) -> FaultResponse {
    reason.fault.flatMap { faultResponses[$0.kind] } ?? .restart
  }

  /// Whether its failures must be remembered.
  var countsFailures: Bool { backoff != nil || budget != nil }

  /// What holds for its process.
  var processSettings: ProcessSettings {
    var policy = faultPolicy
    if !faultResponses.isEmpty {
      policy = (policy ?? .program)
        .containing(faultResponses.filter { $1 != .crash }.map(\.key))
        .crashing(on: faultResponses.filter { $1 == .crash }.map(\.key))
    }
    return ProcessSettings(faultPolicy: policy, hangPolicy: hangPolicy, mailboxPolicy: mailboxPolicy)
  }

  /// What is wrong with these values; `nil` if nothing is.
  var problem: String? {
    if faultResponses[.hang] == .crash {
      return "answers a hang with a crash; use .escalate, for a hang can only end the process"
    }
    if let problem = backoff?.problem { return "has a backoff with \(problem)" }
    if let problem = budget?.problem { return "has a budget with \(problem)" }
    return nil
  }
}

extension ChildSpec {
  /// This specification, and so much care.
  private func caring(_ change: (inout ChildCare) -> Void) -> ChildSpec {
    var spec = self
    change(&spec.care)
    return spec
  }

  /// What becomes of faults in this child's process.
  public func faults(_ policy: FaultPolicy) -> ChildSpec { caring { $0.faultPolicy = policy } }

  /// What faults of these kinds lead to.
  ///
  ///     ChildSpec(.parser) { Parser() }
  ///       .onFault(.stackOverflow, .exclusivity, response: .escalate)
  public func onFault(_ kinds: Fault.Kind..., response: ChildCare.FaultResponse) -> ChildSpec {
    caring { care in
      for kind in kinds { care.faultResponses[kind] = response }
    }
  }

  /// What becomes of this child when a turn of it does not end.
  public func hangs(_ policy: HangPolicy) -> ChildSpec { caring { $0.hangPolicy = policy } }

  /// What becomes of this child when its mail grows faster than it is handled.
  public func mailbox(_ policy: MailboxPolicy) -> ChildSpec { caring { $0.mailboxPolicy = policy } }

  /// How long to wait before this child is started again.
  ///
  /// Under ``Supervisor/Strategy/oneForAll`` and ``Supervisor/Strategy/restForOne`` its siblings are stopped at once, and
  /// wait with it. While it waits, it is restarting (``Supervisor/Child/isRestarting``).
  public func backoff(_ backoff: Backoff) -> ChildSpec { caring { $0.backoff = backoff } }

  /// How often this child may fail before it is put into quarantine.
  ///
  /// Only under ``Supervisor/Strategy/oneForOne`` and in a ``DynamicSupervisor``, where its siblings can do without it.
  public func budget(_ budget: RestartBudget) -> ChildSpec { caring { $0.budget = budget } }
}
