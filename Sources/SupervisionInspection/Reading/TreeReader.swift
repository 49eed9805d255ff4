@_spi(Runtime) package import ProcessRuntime
import Supervision

/// Looks at the supervision trees of a node.
///
/// Each supervisor is asked in turn, and answers between two things that it does. Of its children so many are asked for, of all
/// supervisors so many, and no more than so long: what is beyond that is counted, and not looked at.
package struct TreeReader: Sendable {
  package let node: Node
  /// How many children of each supervisor are listed.
  package var children = 30
  package var supervisors = 400
  /// How long one supervisor may take to answer, and all of them.
  package var timeout = Duration.milliseconds(200)
  package var patience = Duration.seconds(1)

  private struct Budget {
    var supervisors: Int
    let end: ContinuousClock.Instant
    /// Supervisors that a child has started which is none, by that child's process: those of pools, above all.
    let inner: [ProcessID: [ProcessID]]
  }

  package func read() async -> TreeSnapshot {
    let all = node.unsortedProcesses.filter { $0.supervisorKind != nil }.sorted { $0.number < $1.number }
    var tops: [ProcessID] = []
    var inner: [ProcessID: [ProcessID]] = [:]
    for supervisor in all {
      if let parent = supervisor.parent, parent.isAlive {
        if parent.supervisorKind != nil { continue }
        if let elder = parent.parent, elder.isAlive, elder.supervisorKind != nil {
          inner[parent, default: []].append(supervisor)
          continue
        }
      }
      tops.append(supervisor)
    }
    var budget = Budget(supervisors: supervisors, end: .now + patience, inner: inner)
    var roots: [TreeNode] = []
    for top in tops.prefix(children) {
      guard let root = await describe(supervisor: top, &budget) else { continue }
      roots.append(root)
    }
    return TreeSnapshot(roots: roots, otherRoots: tops.count - roots.count, supervisors: all.count)
  }

  /// A supervisor that is no supervisor's child.
  private func describe(supervisor: ProcessID, _ budget: inout Budget) async -> TreeNode? {
    guard let name = supervisor.registeredName ?? supervisor.label ?? supervisor.supervisorKind else { return nil }
    var node = TreeNode(
      id: name, kind: .supervisor, type: supervisor.supervisorKind ?? "", state: .running, process: supervisor.number)
    await fill(&node, supervisor, &budget)
    return node
  }

  private func fill(_ node: inout TreeNode, _ supervisor: ProcessID, _ budget: inout Budget) async {
    if supervisor.supervisorKind == "DynamicSupervisor" { node.kind = .dynamicSupervisor }
    node.mailbox = supervisor.mailboxLength
    guard budget.supervisors > 0, .now < budget.end,
      let snapshot = try? await supervisor.supervisorSnapshot(children, ofStatic: children, timeout)
    else {
      return guess(&node, supervisor)
    }
    budget.supervisors -= 1
    let now = snapshot.takenAt ?? .zero
    node.kind = snapshot.kind == .dynamicSupervisor ? .dynamicSupervisor : .supervisor
    node.strategy = "\(snapshot.settings.strategy)"
    let intensity = snapshot.settings.intensity
    node.intensity = IntensitySnapshot(
      restarts: intensity.restarts, seconds: intensity.period.seconds, left: snapshot.restartsLeft ?? intensity.restarts
    )
    node.childRestarts = snapshot.restarts.count
    node.childRestartedAgo = snapshot.restarts.last.map { (now - $0).seconds }
    node.otherChildren = snapshot.others
    for child in snapshot.children { node.children.append(await describe(child, snapshot.kind, at: now, &budget)) }
    if node.kind == .dynamicSupervisor { node.children.sort { ($0.process ?? 0) < ($1.process ?? 0) } }
  }

  private func describe(
    _ child: SupervisorSnapshot.Child, _ kind: TreeDescription.Kind, at now: Duration, _ budget: inout Budget
  ) async -> TreeNode {
    let process = child.entry?.process
    let name = kind == .dynamicSupervisor ? process.map { $0.registeredName ?? $0.label ?? child.typeName } : nil
    var node = TreeNode(
      id: name ?? child.spec.id.text, kind: child.spec.kind == .supervisor ? .supervisor : .worker,
      type: child.typeName, state: child.entry?.treeState ?? .stopped, process: process?.number)
    node.restart = "\(child.spec.restart)"
    node.restarts = child.restarts
    node.restartedAgo = child.restartedAt.map { (now - $0).seconds }
    node.mailbox = process?.mailboxLength
    if let process, process.supervisorKind != nil {
      await fill(&node, process, &budget)
    } else if let process {
      await nest(&node, process, &budget)
    }
    return node
  }

  /// What a child that is no supervisor has started under supervisors of its own.
  private func nest(_ node: inout TreeNode, _ process: ProcessID, _ budget: inout Budget) async {
    var inner: [TreeNode] = []
    for supervisor in budget.inner[process] ?? [] {
      guard let found = await describe(supervisor: supervisor, &budget) else { continue }
      inner.append(found)
    }
    // A pool has one, which nobody knows: its workers are the pool's.
    if process.isPool, inner.count == 1 {
      node.kind = .dynamicSupervisor
      node.children = inner[0].children
      node.otherChildren = inner[0].otherChildren
    } else {
      node.children = inner
    }
  }

  /// One that does not answer: those whom it has started and is linked to are known without it.
  private func guess(_ node: inout TreeNode, _ supervisor: ProcessID) {
    node.state = .busy
    let known = supervisor.cell.linkedChildren
    node.otherChildren = max(0, known.count - children)
    node.children = known.prefix(children).map { process in
      TreeNode(
        id: process.registeredName ?? process.label ?? "\(process)",
        kind: process.supervisorKind == nil ? .worker : .supervisor,
        type: process.supervisorKind ?? process.kind, state: .running, process: process.number,
        mailbox: process.mailboxLength)
    }
  }
}

extension Supervisor.Child {
  fileprivate var treeState: TreeNode.State {
    isQuarantined ? .quarantined : isRestarting ? .restarting : process == nil ? .stopped : .running
  }
}

extension Duration {
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
