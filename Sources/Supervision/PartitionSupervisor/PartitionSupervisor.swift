@_spi(Runtime) public import ProcessRuntime

/// A supervisor of several children of one kind, among which keys are divided (Elixir's `PartitionSupervisor`): for a server,
/// or a supervisor, that would be a bottleneck alone.
///
///     try await PartitionSupervisor.start("counters") { partition in
///       ChildSpec { Counter(partition) }
///     }
///     ProcessName<Counter.Message>.partition("counters", key: user).send(.increment)
///
/// One key always means the same partition. A partition is restarted as any child is, and found again by the same keys.
public struct PartitionSupervisor: Sendable {
  /// What it is registered under.
  public let name: ProcessName<Never>

  /// The partition supervisor that has the name, looked up at each call.
  public static func named(_ name: ProcessName<Never>) -> PartitionSupervisor { PartitionSupervisor(name: name) }

  /// The supervisor's process; nil if nobody has its name now.
  public var process: ProcessID? { name.whereis }

  /// Starts one, and its partitions; linked to nobody.
  ///
  /// - Parameters:
  ///   - name: what it is registered under: text, or a name of a registry.
  ///   - partitions: how many; as many as there are cores if not given.
  ///   - strategy: which partitions are started again when one ends.
  ///   - intensity: how many restarts within what time are too many.
  ///   - child: the specification of each partition. Its id is the partition's number, from zero, whatever is given.
  /// - Returns: the supervisor, its partitions running.
  /// - Throws: ``StartError``; `invalid` if there is not one partition at least.
  @discardableResult
  public static func start(
    _ name: ProcessName<Never>, partitions: Int? = nil, strategy: Supervisor.Strategy = .oneForOne,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)),
    _ child: @escaping @Sendable (Int) -> ChildSpec
  ) async throws(StartError) -> PartitionSupervisor {
    let plan = PartitionPlan(name, partitions, strategy, intensity, child)
    _ = try await SupervisorProcess.start(ProcessName(target: name.target)) { try await plan.make() }
    return PartitionSupervisor(name: name)
  }

  /// Starts one that is linked to the calling process, its parent (`PartitionSupervisor.start_link/1`).
  @discardableResult
  public static func startLink(
    _ name: ProcessName<Never>, partitions: Int? = nil, strategy: Supervisor.Strategy = .oneForOne,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)),
    _ child: @escaping @Sendable (Int) -> ChildSpec
  ) async throws(StartError) -> PartitionSupervisor {
    let plan = PartitionPlan(name, partitions, strategy, intensity, child)
    _ = try await SupervisorProcess.startLink(ProcessName(target: name.target)) { try await plan.make() }
    return PartitionSupervisor(name: name)
  }

  /// One as a child of another supervisor; its id is its name (`PartitionSupervisor.child_spec/1`).
  public static func child(
    _ name: ProcessName<Never>, partitions: Int? = nil, strategy: Supervisor.Strategy = .oneForOne,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)), restart: ChildSpec.Restart = .permanent,
    _ child: @escaping @Sendable (Int) -> ChildSpec
  ) -> ChildSpec {
    let plan = PartitionPlan(name, partitions, strategy, intensity, child)
    return ChildSpec(id: ChildSpec.ID(name.rawValue), restart: restart, kind: .supervisor) {
      try await SupervisorProcess.startLink(ProcessName(target: name.target)) { try await plan.make() }.id
    }.of(
      .tree(
        ChildTree(plan.settings, name: name.rawValue) {
          (0..<max(0, plan.count)).map { partition in
            var spec = child(partition)
            spec.id = ChildSpec.ID("\(partition)")
            return spec
          }
        }))
  }
}

extension PartitionSupervisor {
  /// How many partitions there are now (`PartitionSupervisor.partitions/1`).
  ///
  /// Does not suspend.
  ///
  /// - Throws: ``SupervisorError``, `noProcess` if nobody has its name.
  public func partitions() throws(SupervisorError) -> Int { try count().now }

  /// Stops partitions, or starts stopped ones again (`PartitionSupervisor.resize!/2`).
  ///
  /// Suspends until the partitions are down or up. Keys are divided among those that there are. One resizing at a time.
  ///
  /// - Parameter partitions: how many there are to be: from zero, when no key has a partition, to as many as there were at the
  ///   start.
  /// - Returns: how many there were before.
  /// - Throws: ``SupervisorError``: `invalidSettings` for a number out of range, `noProcess`, `startFailed`.
  @discardableResult
  public func resize(to partitions: Int) async throws(SupervisorError) -> Int {
    let count = try count()
    guard (0...count.most).contains(partitions) else {
      throw .invalidSettings("partitions is \(partitions); it must be a number between 0 and \(count.most)")
    }
    let outcome = TaskOutcome<Result<Int, SupervisorError>>()
    let target = name.target
    let supervisor = try supervisor()
    // In a process of its own: only a process can hold the lock, and it must not be left half done.
    let work = TaskStart(owner: nil, tie: .none, CodePlace(#fileID, #line), outcome) {
      try await PartitionTable.supervisors.lock(target) { await supervisor.resize(count, partitions) }
    }
    do {
      _ = try work.begin(underSupervisor: false)
      try await TaskWait(outcomes: [outcome], needed: 1, endsAtFailure: false).wait(until: .max, on: .current)
    } catch {
      throw .exited((error as? ExitReason) ?? .failure(error))
    }
    switch outcome.take() {
    case .success(let result): return try result.get()
    case .failure(let reason): throw .exited(reason)
    case nil: throw .timeout
    }
  }

  /// The partitions, the newest first (`PartitionSupervisor.which_children/1`); their ids are their numbers.
  public func children() async throws(SupervisorError) -> [Supervisor.Child] { try await supervisor().children() }

  /// How many partitions there are, stopped ones too (`PartitionSupervisor.count_children/1`).
  public func countChildren() async throws(SupervisorError) -> Supervisor.Counts {
    try await supervisor().countChildren()
  }

  /// Ends it, its partitions first, the newest first (`PartitionSupervisor.stop/3`).
  ///
  /// Suspends until it is gone.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(SupervisorError) {
    try await supervisor().stop(reason: reason, timeout: timeout)
  }

  private func supervisor() throws(SupervisorError) -> Supervisor {
    guard let process else { throw .noProcess }
    return Supervisor(id: process)
  }

  private func count() throws(SupervisorError) -> PartitionCount {
    guard let count = PartitionTable.supervisors.lookup(name.target)?.value else { throw .noProcess }
    return count
  }
}

extension Supervisor {
  /// Holds the lock.
  fileprivate func resize(_ count: PartitionCount, _ wanted: Int) async -> Result<Int, SupervisorError> {
    let before = count.now
    do {
      if wanted > before {
        for partition in before..<wanted { try await restartChild(ChildSpec.ID("\(partition)")) }
        count.now = wanted
      } else {
        count.now = wanted
        for partition in wanted..<before { try await terminateChild(ChildSpec.ID("\(partition)")) }
      }
      return .success(before)
    } catch {
      return .failure(error)
    }
  }
}

/// What a partition supervisor is told, once at each start of it.
private struct PartitionPlan: Sendable {
  let name: NameTarget
  let count: Int
  let settings: SupervisorSettings
  let child: @Sendable (Int) -> ChildSpec

  init(
    _ name: ProcessName<Never>, _ partitions: Int?, _ strategy: Supervisor.Strategy, _ intensity: Supervisor.Intensity,
    _ child: @escaping @Sendable (Int) -> ChildSpec
  ) {
    self.name = name.target
    count = partitions ?? Node.defaultWorkers
    settings = SupervisorSettings(strategy: strategy, intensity: intensity, autoShutdown: .never)
    self.child = child
  }

  /// In the supervisor's process.
  func make() async throws -> SupervisorProcess {
    guard count > 0 else {
      throw StartError.failed(
        .failure(SupervisorError.invalidSettings("partitions is \(count); it must be one or more")))
    }
    do {
      try PartitionTable.supervisors.register(name, PartitionCount(count))
    } catch {
      throw StartError.failed(.failure(error))
    }
    return try await SupervisorProcess(settings, (0..<count).map { spec($0) }, kind: "PartitionSupervisor")
  }

  /// A partition enters the table when it is ready, at each start.
  private func spec(_ partition: Int) -> ChildSpec {
    var spec = child(partition)
    spec.id = ChildSpec.ID("\(partition)")
    let start = spec.start
    let place = PartitionTable.Place(supervisor: name, partition: partition)
    spec.start = {
      let process = try await start()
      if let process { _ = PartitionTable.partitions.core.register(process.cell, place, ()) }
      return process
    }
    return spec
  }
}

extension ProcessName {
  /// The partition of a key (Elixir's `{:via, PartitionSupervisor, {name, key}}`).
  ///
  /// An integer's partition is its magnitude modulo the number of partitions; anything else is spread by its hash, which is
  /// another one in each run of the program. Nobody has the name while there are no partitions, or this one is down.
  public static func partition<Key: Hashable & Sendable>(_ supervisor: ProcessName<Never>, key: Key) -> Self {
    Self(target: .via(PartitionRoute(supervisor.target, key)))
  }
}

extension DynamicSupervisor {
  /// The dynamic supervisor that is the partition of a key: see ``ProcessName/partition(_:key:)``.
  public static func partition<Key: Hashable & Sendable>(_ supervisor: ProcessName<Never>, key: Key) -> Self {
    Self(named: NameTarget.via(PartitionRoute(supervisor.target, key)))
  }
}

extension TaskSupervisor {
  /// The task supervisor that is the partition of a key: see ``ProcessName/partition(_:key:)``.
  public static func partition<Key: Hashable & Sendable>(_ supervisor: ProcessName<Never>, key: Key) -> Self {
    Self(.partition(supervisor, key: key))
  }
}
