/// Which processes are listed, and in what order: the query of the address.
struct ProcessQuery: Codable, Hashable, Sendable {
  enum Order: String, Codable, CaseIterable, Sendable {
    case mailbox, reductions, memory, id, name, links, status
  }

  /// In a name, a label, a kind or an id; empty: all.
  var search = ""
  var order = Order.mailbox
  /// Whether the smallest is first.
  var ascending = false
  /// From 1 on.
  var page = 1
  /// Those that this process has started.
  var parent: UInt64?
  var size = 50

  /// What is not understood counts as not said.
  init(_ fields: [String: String] = [:]) {
    search = String((fields["q"] ?? "").prefix(100))
    order = fields["sort"].flatMap(Order.init) ?? .mailbox
    ascending = fields["dir"].map { $0 == "up" } ?? (order == .id || order == .name)
    page = min(max(fields["page"].flatMap { Int($0) } ?? 1, 1), 1_000_000)
    parent = fields["parent"].flatMap { UInt64($0) }
    size = min(max(fields["size"].flatMap { Int($0) } ?? 50, 1), 500)
  }

  /// The query that this one is read from.
  var text: String {
    var fields: [String] = []
    if !search.isEmpty { fields.append("q=\(Address.encode(search))") }
    fields.append("sort=\(order.rawValue)")
    fields.append("dir=\(ascending ? "up" : "down")")
    if page > 1 { fields.append("page=\(page)") }
    if let parent { fields.append("parent=\(parent)") }
    if size != 50 { fields.append("size=\(size)") }
    return fields.joined(separator: "&")
  }

  /// This order, from its first page on; once more turns it round.
  func ordered(by order: Order) -> ProcessQuery {
    var query = self
    query.page = 1
    query.ascending = self.order == order ? !ascending : order == .id || order == .name
    query.order = order
    return query
  }

  func at(page: Int) -> ProcessQuery {
    var query = self
    query.page = page
    return query
  }
}
