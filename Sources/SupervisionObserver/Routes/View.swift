import SupervisionInspection

/// What a page shows: what its address says.
enum View: Sendable, Equatable {
  case tree
  case processes(ProcessQuery)
  case process(UInt64)
  case crashes
  case node

  /// Nil if there is no such page.
  init?(_ path: [String], _ query: [String: String]) {
    switch (path.first, path.count) {
    case (nil, _): self = .tree
    case ("processes", 1): self = .processes(ProcessQuery(query))
    case ("processes", 2):
      guard let number = UInt64(path[1]) else { return nil }
      self = .process(number)
    case ("crashes", 1): self = .crashes
    case ("node", 1): self = .node
    default: return nil
    }
  }

  /// From a path with its query, as ``address`` has it.
  init?(address: String) {
    let parts = address.split(separator: "?", maxSplits: 1)
    let path = (parts.first ?? "").split(separator: "/").map { Address.decode($0) }
    self.init(path, parts.count > 1 ? Address.fields(parts[1]) : [:])
  }

  var address: String {
    switch self {
    case .tree: "/"
    case .processes(let query): "/processes?\(query.text)"
    case .process(let number): "/processes/\(number)"
    case .crashes: "/crashes"
    case .node: "/node"
    }
  }

  var tab: Layout.Tab {
    switch self {
    case .tree: .tree
    case .processes, .process: .processes
    case .crashes: .crashes
    case .node: .node
    }
  }
}
