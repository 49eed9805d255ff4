import ProcessRuntime

/// What a child is, for descriptions: a specification is a closure otherwise.
enum ChildContent: Sendable {
  case unknown
  /// A server of that type.
  case type(any Any.Type)
  /// A closure.
  case task
  /// A ``ProcessPool``.
  case pool
  case tree(ChildTree)

  func isLike(_ other: ChildContent) -> Bool {
    switch (self, other) {
    case (.unknown, .unknown), (.task, .task), (.pool, .pool): true
    case (.type(let a), .type(let b)): a == b
    case (.tree(let a), .tree(let b)): a === b
    default: false
    }
  }

  var typeName: String {
    switch self {
    case .unknown: "process"
    case .type(let type): TypeName.of(type: type)
    case .task: "task"
    case .pool: "ProcessPool"
    case .tree(let tree): tree.type
    }
  }
}

/// A child that is a supervisor, as its specification has it.
final class ChildTree: Sendable {
  let type: String
  let name: String?
  /// Reads what it would read at its start.
  let read: @Sendable () -> SupervisorSnapshot

  init(_ tree: some SupervisorBehaviour, name: String?) {
    type = "\(Swift.type(of: tree))"
    self.name = name
    read = { SupervisorSnapshot(tree) }
  }

  init(_ settings: DynamicSupervisorSettings, name: String?) {
    type = "DynamicSupervisor"
    self.name = name
    read = {
      SupervisorSnapshot(
        kind: .dynamicSupervisor, settings: SupervisorSettings(intensity: settings.intensity),
        maxChildren: settings.maxChildren, children: [])
    }
  }

  /// A partition supervisor.
  init(_ settings: SupervisorSettings, name: String, _ children: @escaping @Sendable () -> [ChildSpec]) {
    type = "PartitionSupervisor"
    self.name = name
    read = {
      SupervisorSnapshot(
        kind: .supervisor, settings: settings, maxChildren: nil,
        children: children().map { SupervisorSnapshot.Child(spec: $0, entry: nil) })
    }
  }
}

/// A supervisor at one moment, or as it would start.
package struct SupervisorSnapshot: Sendable {
  package struct Child: Sendable {
    package let spec: ChildSpec
    /// Nil if it does not run yet.
    package let entry: Supervisor.Child?
    /// How often it has been started again, and when last: of a dynamic supervisor's children only the latest are known.
    package var restarts = 0
    package var restartedAt: Duration?
    /// Its type: `Cache`, `DynamicSupervisor`, `task`.
    package var typeName: String { spec.content.typeName }
  }

  package let kind: TreeDescription.Kind
  package let settings: SupervisorSettings
  package let maxChildren: Int?
  package let children: [Child]
  /// How many more there are.
  package var others = 0
  /// How often it has started children again, and when last.
  package var restarts = RestartTally()
  /// How many restarts more it would make just now, before it gives up.
  package var restartsLeft: Int?
  /// When that was, by the node's clock.
  package var takenAt: Duration?
}

extension SupervisorSnapshot {
  init(_ tree: some SupervisorBehaviour) {
    self.init(
      kind: .supervisor, settings: tree.settings, maxChildren: nil,
      children: tree.children.map { Child(spec: $0, entry: nil) })
  }
}
