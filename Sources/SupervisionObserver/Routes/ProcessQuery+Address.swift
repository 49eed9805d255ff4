import SupervisionInspection

extension ProcessQuery {
  /// The query that this one is read from.
  var text: String {
    var fields: [String] = []
    if !search.isEmpty { fields.append("q=\(Address.encode(search))") }
    fields.append("sort=\(order.rawValue)")
    fields.append("dir=\(ascending ? "up" : "down")")
    if page > 1 { fields.append("page=\(page)") }
    if let parent { fields.append("parent=\(parent)") }
    if registered { fields.append("registered=1") }
    if size != 50 { fields.append("size=\(size)") }
    return fields.joined(separator: "&")
  }
}
