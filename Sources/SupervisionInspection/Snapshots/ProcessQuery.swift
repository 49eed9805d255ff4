/// Which processes are listed, and in what order.
package struct ProcessQuery: Codable, Hashable, Sendable {
  package enum Order: String, Codable, CaseIterable, Sendable {
    case mailbox, reductions, memory, id, name, links, status
  }

  /// In a name, a label, a kind or an id; empty: all.
  package var search = ""
  package var order = Order.mailbox
  /// Whether the smallest is first.
  package var ascending = false
  /// From 1 on.
  package var page = 1
  /// Those that this process has started.
  package var parent: UInt64?
  /// Only those that are registered under a name: the registry of the node.
  package var registered = false
  package var size = 50

  /// What is not understood counts as not said.
  package init(_ fields: [String: String] = [:]) {
    search = String((fields["q"] ?? "").prefix(100))
    order = fields["sort"].flatMap(Order.init) ?? .mailbox
    ascending = fields["dir"].map { $0 == "up" } ?? (order == .id || order == .name)
    page = min(max(fields["page"].flatMap { Int($0) } ?? 1, 1), 1_000_000)
    parent = fields["parent"].flatMap { UInt64($0) }
    registered = fields["registered"] == "1"
    size = min(max(fields["size"].flatMap { Int($0) } ?? 50, 1), 500)
  }

  /// The registry: the processes that have a name, by it.
  package static var registry: ProcessQuery { ProcessQuery(["registered": "1", "sort": "name"]) }

  /// This order, from its first page on; once more turns it round.
  package func ordered(by order: Order) -> ProcessQuery {
    var query = self
    query.page = 1
    query.ascending = self.order == order ? !ascending : order == .id || order == .name
    query.order = order
    return query
  }

  package func at(page: Int) -> ProcessQuery {
    var query = self
    query.page = page
    return query
  }
}
