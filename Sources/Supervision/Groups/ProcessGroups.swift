@_spi(Runtime) public import ProcessRuntime

/// Processes in named groups (Erlang's `pg`): for sending to all who do the same work, or to any one of them.
///
///     let workers = ProcessGroups<String>()
///
///     try workers.join("resize")
///     for process in workers.members("resize") { ProcessRef<Job>(process)?.send(.shrink(image)) }
///
/// A process may be in many groups, and in one group several times; then it counts as often, and leaves as often. It leaves all
/// groups when it ends. A group without members does not exist.
///
/// The value is one scope: its groups have nothing to do with those of another. It is no process, everybody who has a copy
/// shares it, and looking at it neither suspends nor asks anybody. Each test node sees its own groups.
public struct ProcessGroups<Group: Hashable & Sendable>: Sendable {
  let scope: GroupScope<Group>

  /// A scope without groups (`pg:start/1`).
  public init() { scope = GroupScope() }

  /// Puts the current process into a group, once more if it is there already (`pg:join/3`).
  ///
  /// Does not suspend.
  ///
  /// - Throws: ``RegistryError`` outside of processes.
  public func join(_ group: Group) throws(RegistryError) {
    guard let process = CurrentProcess.id else { throw RegistryError(.outsideProcess) }
    join(group, [process])
  }

  /// Puts processes into a group, each as often as it is listed.
  ///
  /// Does not suspend. Nothing happens with those that are dead.
  public func join(_ group: Group, _ processes: [ProcessID]) {
    if !ProcessCell.isFenced() { scope.join(group, processes) }
  }

  /// Takes the current process out of a group, once (`pg:leave/3`).
  ///
  /// - Returns: false if it was not in the group.
  @discardableResult
  public func leave(_ group: Group) -> Bool {
    CurrentProcess.id.map { leave(group, [$0]) } ?? false
  }

  /// Takes processes out of a group, each as often as it is listed.
  ///
  /// Does not suspend.
  ///
  /// - Returns: false if none of them was in the group.
  @discardableResult
  public func leave(_ group: Group, _ processes: [ProcessID]) -> Bool {
    ProcessCell.isFenced() ? false : scope.leave(group, processes)
  }

  /// Who is in the group, as often as it has joined, in no order (`pg:get_members/2`).
  ///
  /// No dead processes. Does not suspend.
  public func members(_ group: Group) -> [ProcessID] { localMembers(group) + scope.remote.members(group) }

  /// Those members that are processes of this program (`pg:get_local_members/2`): all of them, unless the scope is shared
  /// with other nodes.
  public func localMembers(_ group: Group) -> [ProcessID] { scope.core.entries(group).map(\.process) }

  /// The groups that have members, in the order in which their oldest ones joined (`pg:which_groups/1`).
  public var groups: [Group] {
    var seen: Set<Group> = []
    let all = scope.core.items().map(\.key) + scope.remote.items(onNode: Node.currentNumber()).map(\.group)
    return all.filter { seen.insert($0).inserted }
  }

  /// Tells of all who join or leave a group from now on (`pg:monitor/2`).
  ///
  /// Does not suspend. It is a process of its own that calls `tell`, for one event after the other; it ends with the process
  /// that has asked, or by ``demonitor(_:)``. A server's `tell` sends the event on: `{ server.send(.group($0)) }`.
  ///
  /// - Returns: the monitor, and who is in the group now: every event is about a change after that.
  public func monitor(
    _ group: Group, _ tell: @escaping @Sendable (GroupEvent<Group>) -> Void
  ) -> (monitor: GroupMonitor, members: [ProcessID]) {
    let (monitor, records) = scope.monitor(group) { if $0.group == group { tell($0) } }
    return (monitor, records.map(\.process))
  }

  /// Tells of all who join or leave any group of the scope from now on (`pg:monitor_scope/1`).
  ///
  /// Otherwise as ``monitor(_:_:)``.
  ///
  /// - Returns: the monitor, and the members of all groups now.
  public func monitorScope(
    _ tell: @escaping @Sendable (GroupEvent<Group>) -> Void
  ) -> (monitor: GroupMonitor, groups: [Group: [ProcessID]]) {
    let (monitor, records) = scope.monitor(nil, tell)
    var groups: [Group: [ProcessID]] = [:]
    for record in records { groups[record.group, default: []].append(record.process) }
    return (monitor, groups)
  }

  /// Takes a monitor back (`pg:demonitor/2`).
  ///
  /// `tell` is not called any more when this returns, unless a call is just being made.
  ///
  /// - Returns: false if it had ended already.
  @discardableResult
  public func demonitor(_ monitor: GroupMonitor) -> Bool { scope.demonitor(monitor) }
}

/// Somebody has joined or left a group.
public enum GroupEvent<Group: Hashable & Sendable>: Sendable {
  /// A process has joined the group, once.
  case joined(Group, ProcessID)
  /// A process has left the group, once, or has ended.
  case left(Group, ProcessID)

  /// The group.
  public var group: Group {
    switch self {
    case .joined(let group, _), .left(let group, _): group
    }
  }
}

/// One monitor of groups (the reference of `pg:monitor/2`).
public struct GroupMonitor: Hashable, Sendable {
  let relay: ProcessID
}
