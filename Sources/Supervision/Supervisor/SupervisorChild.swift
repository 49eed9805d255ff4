public import ProcessRuntime

extension Supervisor {
  /// One child as its supervisor sees it (an entry of OTP's `which_children`).
  public struct Child: Hashable, Sendable, Identifiable {
    /// Its id within its supervisor.
    public var id: ChildSpec.ID
    /// Its process; `nil` while it does not run.
    public var process: ProcessID?
    /// Worker or supervisor.
    public var kind: ChildSpec.Kind
    /// Its last start failed and another one is about to be tried, or it waits out its ``Backoff``.
    ///
    /// `process` is `nil` meanwhile.
    public var isRestarting: Bool
    /// It has used up its ``RestartBudget``.
    ///
    /// `process` is `nil` until it is tried again.
    public var isQuarantined: Bool

    /// An entry made of these, for tests of what displays them.
    public init(
      id: ChildSpec.ID, process: ProcessID?, kind: ChildSpec.Kind, isRestarting: Bool = false,
      isQuarantined: Bool = false
    ) {
      self.id = id
      self.process = process
      self.kind = kind
      self.isRestarting = isRestarting
      self.isQuarantined = isQuarantined
    }
  }

  /// How many children there are (OTP's `count_children`).
  public struct Counts: Hashable, Sendable {
    /// All children, running or not.
    public var specs: Int
    /// Those that have a process now.
    public var active: Int
    /// Children that are supervisors, running or not.
    public var supervisors: Int
    /// Children that are not supervisors, running or not.
    public var workers: Int

    /// Counts made of these, for tests of what displays them.
    public init(specs: Int, active: Int, supervisors: Int, workers: Int) {
      self.specs = specs
      self.active = active
      self.supervisors = supervisors
      self.workers = workers
    }
  }
}

extension Supervisor.Child: CustomStringConvertible {
  /// `(id: "Worker", process: <0.146.0>, kind: worker)`; the process is `none` or `restarting` where there is none.
  public var description: String {
    let process = isRestarting ? "restarting" : self.process.map { "\($0)" } ?? "none"
    return "(id: \(id.debugDescription), process: \(process), kind: \(kind))"
  }
}

extension Supervisor.Counts: CustomStringConvertible {
  /// All four with their names: `specs 3, active 3, supervisors 1, workers 2`.
  public var description: String {
    "specs \(specs), active \(active), supervisors \(supervisors), workers \(workers)"
  }
}
