extension Supervisor {
  /// Checks a list of child specifications without starting anything (OTP's `check_childspecs`).
  ///
  /// Each specification is checked in turn, and the first problem is thrown: `significant` with a supervisor that never shuts
  /// down by itself; `significant` of a permanent child; a negative shutdown time; an id that was there before. What else
  /// OTP checks, such as the type of each field, the compiler has checked already.
  ///
  /// - Parameters:
  ///   - specs: the children of one supervisor.
  ///   - autoShutdown: that of the supervisor; when `nil` it is not known, and the first of these checks is left out.
  ///   - strategy: that of the supervisor; when `nil` it is not known, and budgets are not checked against it.
  /// - Throws: ``SupervisorError/invalidSpec(_:)``.
  public static func check(
    _ specs: [ChildSpec], autoShutdown: AutoShutdown? = nil, strategy: Strategy? = nil
  ) throws(SupervisorError) {
    var ids: Set<ChildSpec.ID> = []
    ids.reserveCapacity(specs.count)
    for spec in specs {
      try spec.validate(autoShutdown: autoShutdown, strategy: strategy)
      guard ids.insert(spec.id).inserted else {
        throw .invalidSpec("two children have the id \(spec.id.debugDescription); give one of them another id")
      }
    }
  }
}

extension ChildSpec {
  /// Checks this specification for a supervisor with children of several kinds.
  package func validate(
    autoShutdown: Supervisor.AutoShutdown? = nil, strategy: Supervisor.Strategy? = nil
  ) throws(SupervisorError) {
    if significant, autoShutdown == .never {
      throw .invalidSpec(
        "child \(id.debugDescription) is significant, and its supervisor never shuts down by itself; "
          + "set autoShutdown of the supervisor, or significant to false")
    }
    if significant, restart == .permanent {
      throw .invalidSpec(
        "child \(id.debugDescription) is significant and permanent, so it never ends for good; "
          + "make it transient or temporary, or set significant to false")
    }
    if let strategy, strategy != .oneForOne, hasBudget {
      throw .invalidSpec(
        "child \(id.debugDescription) has a budget of its own, and a \(strategy) supervisor restarts others with it; "
          + "use .oneForOne, or put the child under a supervisor of its own")
    }
    try validateShutdown()
    try validateCare()
  }

  /// Checks this specification for a dynamic supervisor, which has no significant children.
  package func validateForDynamicSupervisor() throws(SupervisorError) {
    try validateShutdown()
    try validateCare()
    if significant {
      throw .invalidSpec(
        "child \(id.debugDescription) is significant, and a dynamic supervisor never shuts down by itself; "
          + "set significant to false")
    }
  }

  private func validateCare() throws(SupervisorError) {
    if let problem = care.problem { throw .invalidSpec("child \(id.debugDescription) \(problem)") }
  }

  private func validateShutdown() throws(SupervisorError) {
    if case .timeout(let time) = shutdown, time < .zero {
      throw .invalidSpec(
        "child \(id.debugDescription) has a shutdown time of \(time); use zero or more, or .brutalKill")
    }
  }
}

extension Supervisor.Intensity {
  package func validate() throws(SupervisorError) {
    if restarts < 0 {
      throw .invalidSettings("\(restarts) restarts; use zero or more")
    }
    if period <= .zero {
      throw .invalidSettings("restarts counted within \(period); use more than zero, such as .seconds(5)")
    }
  }
}
