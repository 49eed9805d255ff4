@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The members that are processes of other nodes, as the scopes of those nodes tell them.
final class RemoteMembers<Group: Hashable & Sendable>: Sendable {
  typealias Groups = [Group: [ProcessID]]

  /// Another node's scope, and the node here that knows of it: each test node sees its own.
  private struct Source: Hashable {
    let node: UInt64
    let scope: ProcessID
  }

  private let all = Mutex<[Source: Groups]>([:])
  /// So that looking costs nobody anything who has no other nodes.
  private let sources = Atomic<Int>(0)

  func members(_ group: Group) -> [ProcessID] {
    guard sources.load(ordering: .relaxed) > 0 else { return [] }
    let node = Node.currentNumber()
    return all.withLock { all in all.flatMap { $0.node == node ? $1[group] ?? [] : [] } }
  }

  func items(onNode node: UInt64) -> [(group: Group, process: ProcessID)] {
    guard sources.load(ordering: .relaxed) > 0 else { return [] }
    return all.withLock { all in
      all.filter { $0.key.node == node }.flatMap { $1.flatMap { group, members in members.map { (group, $0) } } }
    }
  }

  func scopes(onNode node: UInt64) -> [ProcessID] {
    all.withLock { $0.keys.filter { $0.node == node }.map(\.scope) }
  }

  /// Changes what a scope has.
  ///
  /// - Returns: what `body` returns.
  func change<Result>(_ scope: ProcessID, _ body: (inout Groups) -> Result) -> Result {
    all.withLock { all in
      let source = Source(node: scope.cell.node.number, scope: scope)
      var groups = all.removeValue(forKey: source) ?? [:]
      let result = body(&groups)
      if !groups.isEmpty { all[source] = groups }
      sources.store(all.count, ordering: .relaxed)
      return result
    }
  }
}

extension ProcessGroups {
  /// Another node's scope has these members and no others (`sync`); none when it is gone.
  package func setRemote(_ new: [Group: [ProcessID]], of scope: ProcessID) {
    change(scope) { groups in
      let old = groups
      groups = new.filter { !$0.value.isEmpty }
      var events: [GroupEvent<Group>] = []
      for (group, members) in old {
        events += members.without(new[group] ?? []).map { .left(group, $0) }
      }
      for (group, members) in new {
        events += members.without(old[group] ?? []).map { .joined(group, $0) }
      }
      return events
    }
  }

  package func joinRemote(_ group: Group, _ processes: [ProcessID], of scope: ProcessID) {
    change(scope) { groups in
      groups[group, default: []] += processes
      if processes.isEmpty, groups[group]?.isEmpty == true { groups[group] = nil }
      return processes.map { .joined(group, $0) }
    }
  }

  package func leaveRemote(_ left: [Group], _ processes: [ProcessID], of scope: ProcessID) {
    change(scope) { groups in
      var events: [GroupEvent<Group>] = []
      for group in left {
        for process in processes {
          guard let index = groups[group]?.lastIndex(of: process) else { continue }
          groups[group]?.remove(at: index)
          events.append(.left(group, process))
        }
        if groups[group]?.isEmpty == true { groups[group] = nil }
      }
      return events
    }
  }

  /// Forgets the members of all other nodes.
  package func removeRemote(onNode node: UInt64) {
    for scope in scope.remote.scopes(onNode: node) { setRemote([:], of: scope) }
  }

  private func change(_ source: ProcessID, _ body: (inout [Group: [ProcessID]]) -> [GroupEvent<Group>]) {
    scope.changeRemote(onNode: source.cell.node.number) { self.scope.remote.change(source, body) }
  }
}

extension [ProcessID] {
  /// Those that are here more often than there.
  fileprivate func without(_ others: Self) -> Self {
    var left: [ProcessID: Int] = [:]
    for process in others { left[process, default: 0] += 1 }
    return filter { process in
      guard let count = left[process], count > 0 else { return true }
      left[process] = count - 1
      return false
    }
  }
}
