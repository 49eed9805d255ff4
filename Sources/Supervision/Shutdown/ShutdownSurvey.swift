@_spi(Runtime) import ProcessRuntime

/// Looks at a tree that should have stopped, without asking anybody in it: who waits for a child to stop answers no calls.
struct ShutdownSurvey {
  /// What had not stopped, in the order in which it would have been.
  private(set) var stragglers: [Straggler] = []
  /// All processes of the tree that live, parents before their children.
  private(set) var processes: [ProcessID] = []
  private let now: Duration
  /// The top of an application is no part of a path: the application's name stands for it.
  private let isApplication: Bool

  /// Looks at one tree.
  ///
  /// - Parameters:
  ///   - root: its top.
  ///   - name: what stands for the top in paths.
  ///   - asked: when the top was asked to stop; nil if it was not.
  ///   - isApplication: whether the top is that of an application, with the tree's top below it.
  init(_ root: ProcessID, _ name: String, asked: Duration?, isApplication: Bool = false) {
    self.isApplication = isApplication
    now = .nanoseconds(root.cell.node.clock.now())
    visit(root, name, asked: asked)
  }

  /// A process whose children are being looked at.
  private struct Visit {
    let process: ProcessID
    /// Its part of the path; nil: it has none.
    let name: String?
    let asked: Duration?
    let details: ProcessDetails
    /// How many stragglers were known before it.
    let before: Int
    var children: ArraySlice<Child>
  }

  // A list, not a recursion: a chain of processes that have started one another may be long.
  private mutating func visit(_ root: ProcessID, _ name: String, asked: Duration?) {
    var visits: [Visit] = []
    begin(root, name, asked, &visits)
    while var visit = visits.popLast() {
      if let child = visit.children.popFirst() {
        let isTop = isApplication && visits.isEmpty && child.process.cell.isSupervisor
        visits.append(visit)
        begin(child.process, isTop ? nil : child.name, child.asked, &visits)
      } else if stragglers.count == visit.before {
        // Who still has children waits for them.
        let phase = visit.asked.map { Straggler.Phase.asked(now - $0) } ?? .notAsked
        let path = (visits + [visit]).compactMap(\.name)
        stragglers.append(
          Straggler(path, visit.process, kind: visit.process.cell.typeName, phase, visit.details))
      }
    }
  }

  private mutating func begin(_ process: ProcessID, _ name: String?, _ asked: Duration?, _ visits: inout [Visit]) {
    guard let details = process.info else { return }
    processes.append(process)
    let children = children(of: process)[...]
    visits.append(
      Visit(
        process: process, name: name, asked: asked, details: details, before: stragglers.count, children: children))
  }

  private struct Child {
    let process: ProcessID
    let name: String
    let asked: Duration?
  }

  /// The living children, the newest first.
  private func children(of process: ProcessID) -> [Child] {
    let roster = SupervisorRoster.find(of: process.cell)?.now
    var names: [ProcessID: String] = [:]
    for case let (child?, id) in (roster?.children ?? []).map({ ($0.process, $0.id) }) { names[child] = id.text }
    if let child = roster?.wait?.child, let id = roster?.wait?.id { names[child] = id.text }
    var found = process.cell.linkedChildren
    // One that has removed its link is a child all the same.
    let linked = Set(found)
    found += names.keys.filter { $0.isAlive && !linked.contains($0) }
    return found.sorted { $0.cell.number > $1.cell.number }.map { child in
      let isAsked = roster?.wait.map { $0.child == nil || $0.child == child } ?? false
      return Child(
        process: child, name: names[child] ?? child.registeredName ?? child.label ?? child.cell.typeName,
        asked: isAsked ? roster?.wait?.since : nil)
    }
  }
}

extension ProcessCell {
  fileprivate var isSupervisor: Bool {
    messageType == SupervisorProcess.Message.self || messageType == DynamicSupervisorProcess.Message.self
  }

  /// What runs in it, in the words of users.
  fileprivate var typeName: String {
    switch messageType {
    case is SupervisorProcess.Message.Type: "Supervisor"
    case is DynamicSupervisorProcess.Message.Type: "DynamicSupervisor"
    default: kindName
    }
  }
}

extension Node {
  /// The dead whose code still runs, as stragglers.
  var disowned: [Straggler] {
    lingeringProcesses.map { process in
      Straggler([process.cell.kindName], process, kind: process.cell.kindName, .disowned, nil)
    }
  }
}
