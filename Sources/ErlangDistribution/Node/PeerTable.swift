/// Which connections there are to each name, and which are being made: decides what to do when nodes connect at once.
///
/// A connection that stands is never touched before the new one has proved the cookie: else anybody could end it by giving
/// its name. For the same reason a dial of ours goes on while the peer's own comes in.
struct PeerTable {
  typealias ID = UInt64

  private struct Entry {
    var connection: ID?
    var dial: ID?
    var inbound: Set<ID> = []
    /// The inbound one that was told that there is a connection.
    var alive: ID?

    var isEmpty: Bool { connection == nil && dial == nil && inbound.isEmpty }
  }

  private let own: NodeName
  private var entries: [NodeName: Entry] = [:]

  init(own: NodeName) {
    self.own = own
  }

  enum Dial: Equatable {
    case connected(ID)
    case isUnderWay
    case begin
  }

  func connection(to name: NodeName) -> ID? { entries[name]?.connection }

  /// Whether a dial is needed.
  ///
  /// ``begin(_:to:)`` says that it has begun.
  func dial(_ name: NodeName) -> Dial {
    if let connection = entries[name]?.connection { return .connected(connection) }
    return entries[name]?.dial == nil ? .begin : .isUnderWay
  }

  /// Whether a dial is still wanted.
  func isDialling(_ id: ID, _ name: NodeName) -> Bool { entries[name]?.dial == id }

  /// Whether the peer is connecting, as far as it has proved nothing yet.
  func hasInbound(_ name: NodeName) -> Bool { entries[name]?.inbound.isEmpty == false }

  mutating func begin(_ id: ID, to name: NodeName) { entries[name, default: Entry()].dial = id }

  /// What a node is told that has connected and given its name; nil closes without a word.
  mutating func decide(_ id: ID, _ name: NodeName) -> HandshakeStatus? {
    var entry = entries[name] ?? Entry()
    if entry.connection != nil {
      guard entry.alive == nil else { return nil }
      entry.alive = id
    } else if entry.dial != nil, own > name {
      return .nok
    }
    entry.inbound.insert(id)
    entries[name] = entry
    return entry.alive == id ? .alive : entry.dial != nil ? .okSimultaneous : .ok
  }

  /// A node has proved the cookie.
  ///
  /// The connection that it replaces, and the attempts that are no longer needed.
  mutating func authenticated(_ id: ID, _ name: NodeName) -> (replaced: ID?, superseded: [ID]) {
    let entry = entries[name] ?? Entry()
    entries[name] = Entry(connection: id)
    return (entry.connection, (entry.inbound.sorted() + [entry.dial].compactMap(\.self)).filter { $0 != id })
  }

  /// A connection or an attempt has ended.
  ///
  /// Whether it was the connection.
  @discardableResult
  mutating func ended(_ id: ID, _ name: NodeName) -> Bool {
    guard var entry = entries[name] else { return false }
    let wasConnection = entry.connection == id
    if wasConnection { entry.connection = nil }
    if entry.dial == id { entry.dial = nil }
    if entry.alive == id { entry.alive = nil }
    entry.inbound.remove(id)
    entries[name] = entry.isEmpty ? nil : entry
    return wasConnection
  }

  var isEmpty: Bool { entries.isEmpty }
}
