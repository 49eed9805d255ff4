@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The groups of one scope, and who is told of their changes.
final class GroupScope<Group: Hashable & Sendable>: Sendable {
  typealias Member = (group: Group, process: ProcessID)

  let core: RegistryCore<Group, Void>
  let remote = RemoteMembers<Group>()
  private let monitors: GroupMonitors<Group>

  init() {
    let monitors = GroupMonitors<Group>()
    self.monitors = monitors
    core = RegistryCore(
      isUnique: false,
      RegistryTable(partitions: 16) { table, records in
        monitors.change { tell in
          for record in records where table.remove(record) { tell(record, GroupEvent.left) }
        }
      })
  }

  func join(_ group: Group, _ processes: [ProcessID]) {
    for process in processes {
      let cell = process.cell
      _ = core.table.enter(core.record(cell, group, ())) { record, seen in
        monitors.change { tell in
          let claim = core.table.insert(record, seen: seen, isUnique: false)
          if case .done = claim { tell(record, GroupEvent.joined) }
          return claim
        }
      }
    }
  }

  func leave(_ group: Group, _ processes: [ProcessID]) -> Bool {
    var isGone = false
    for process in processes where leave(group, process) { isGone = true }
    return isGone
  }

  private func leave(_ group: Group, _ process: ProcessID) -> Bool {
    while let record = core.records(group, node: process.cell.node.number).last(where: { $0.cell === process.cell }) {
      // The end of a process is told by itself.
      if process.cell.isDead { return false }
      let isGone = monitors.change { tell in
        guard core.table.remove(record) else { return false }
        tell(record, GroupEvent.left)
        return true
      }
      if isGone { return true }
    }
    return false
  }

  func monitor(
    _ group: Group?, _ tell: @escaping @Sendable (GroupEvent<Group>) -> Void
  ) -> (monitor: GroupMonitor, members: [Member]) {
    let owner = CurrentProcess.id
    let node = Node.currentNumber()
    let hash = group.map { RegistryCore<Group, Void>.hash($0, node) }
    let relay = spawnApart(receiving: GroupEvent<Group>.self, label: "group monitor") { inbox in
      if let owner { try CurrentProcess.monitor(owner) }
      while case .message(let event) = try await inbox.receive() { tell(event) }
    }
    // One step: what is there now, and all changes after it.
    let (records, others) = monitors.add(relay, hash, node) {
      (
        hash.map { core.table.records(withHash: $0) } ?? core.table.records(onNode: node),
        remote.items(onNode: node)
      )
    }
    let members = records.filter { !$0.cell.isDead }.map { Member(GroupMonitors.group(of: $0), $0.cell.id) }
    return (GroupMonitor(relay: relay), (members + others).filter { group == nil || $0.group == group })
  }

  /// Members of other nodes come or go.
  func changeRemote(onNode node: UInt64, _ body: () -> [GroupEvent<Group>]) {
    monitors.changeRemote(onNode: node, body)
  }

  func demonitor(_ monitor: GroupMonitor) -> Bool { monitors.remove(monitor.relay) }
}

/// Who is told of the changes in one scope; all changes happen one after the other.
final class GroupMonitors<Group: Hashable & Sendable>: Sendable {
  typealias Tell = (RegistryRecord, (Group, ProcessID) -> GroupEvent<Group>) -> Void

  private struct Monitor: Sendable {
    let relay: ProcessID
    /// Of the group; nil: all groups of the node.
    let hash: Int?
    let node: UInt64
  }

  private let all = Mutex<[Monitor]>([])

  static func group(of record: RegistryRecord) -> Group { unsafeDowncast(record.slot, to: KeySlot<Group>.self).key }

  /// Makes a change, and tells of it.
  func change<Result>(_ body: (Tell) -> Result) -> Result {
    all.withLock { all in
      body { record, event in
        guard !all.isEmpty else { return }
        let event = event(Self.group(of: record), record.cell.id)
        for monitor in all
        where monitor.node == record.slot.node && monitor.hash ?? record.slot.hash == record.slot.hash {
          // Not by way of `send`: the end of a process is told by the thread that has ended it, which may be its own.
          monitor.relay.cell.push(Envelope.make(event, kind: .message))
        }
      }
    }
  }

  /// Makes a change of the members of other nodes, and tells of it.
  func changeRemote(onNode node: UInt64, _ body: () -> [GroupEvent<Group>]) {
    all.withLock { all in
      let events = body()
      guard !all.isEmpty else { return }
      for event in events {
        let hash = RegistryCore<Group, Void>.hash(event.group, node)
        for monitor in all where monitor.node == node && monitor.hash ?? hash == hash {
          monitor.relay.cell.push(Envelope.make(event, kind: .message))
        }
      }
    }
  }

  func add<Result>(_ relay: ProcessID, _ hash: Int?, _ node: UInt64, _ look: () -> Result) -> Result {
    all.withLock { all in
      all.removeAll { !$0.relay.isAlive }
      all.append(Monitor(relay: relay, hash: hash, node: node))
      return look()
    }
  }

  /// False if it has ended already.
  func remove(_ relay: ProcessID) -> Bool {
    let isAlive = relay.isAlive
    let wasThere = all.withLock { all in
      let count = all.count
      all.removeAll { $0.relay == relay }
      return all.count < count
    }
    relay.cell.die(.shutdown)
    return isAlive && wasThere
  }
}
