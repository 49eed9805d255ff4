/// The names of an embedded epmd: requests in, answers out.
struct EpmdTable {
  typealias ConnectionID = UInt64

  private struct Entry {
    var node: EpmdNode
    var holder: ConnectionID
  }

  private var entries: [String: Entry] = [:]
  private var lastCreation: UInt32

  /// As many nodes as one host may register.
  static let limit = 1024

  init(firstCreation: UInt32 = Creation.random()) {
    lastCreation = firstCreation
  }

  struct Answer: Equatable {
    var response: EpmdResponse
    var creation: UInt32 = 0
    /// Whether the connection stays, as that of a registered node does.
    var keepsConnection = false
  }

  mutating func answer(_ request: EpmdRequest, from connection: ConnectionID) -> Answer {
    switch request {
    case .register(let node): register(node, connection)
    case .lookUp(let name): Answer(response: entries[name].map { .found($0.node) } ?? .unknown)
    case .names: Answer(response: .names(entries.mapValues(\.node.port)))
    }
  }

  private mutating func register(_ node: EpmdNode, _ connection: ConnectionID) -> Answer {
    let isHolder = entries.values.contains { $0.holder == connection }
    guard entries[node.name] == nil, !isHolder, entries.count < EpmdTable.limit else {
      return Answer(response: .nameTaken)
    }
    lastCreation = lastCreation == .max ? 4 : lastCreation + 1
    entries[node.name] = Entry(node: node, holder: connection)
    return Answer(response: .registered, creation: lastCreation, keepsConnection: true)
  }

  /// Frees the name that a connection held.
  mutating func closed(_ connection: ConnectionID) {
    entries = entries.filter { $0.value.holder != connection }
  }
}
