import SupervisionInspection

/// The list of processes.
struct ProcessesPage: Sendable {
  let layout: Layout
  let list: ProcessList

  private var query: ProcessQuery { list.query }

  private static let columns: [(order: ProcessQuery.Order, title: String, isNumber: Bool)] = [
    (.id, "Process", false), (.name, "Name", false), (.status, "Status", false), (.mailbox, "Mailbox", true),
    (.reductions, "Reductions", true), (.memory, "Memory", true), (.links, "Links", true),
  ]

  var html: HTML {
    """
    <main id="main">
    <h1>Processes <small>\(summary)</small></h1>
    <form class="search" method="get" action="\(layout.base)/processes" role="search">
    <input type="search" name="q" value="\(query.search)" placeholder="Name, label, type or id" aria-label="Search">
    <input type="hidden" name="sort" value="\(query.order.rawValue)">
    <input type="hidden" name="dir" value="\(query.ascending ? "up" : "down")">
    \(query.parent.map { "<input type=\"hidden\" name=\"parent\" value=\"\($0)\">" as HTML })
    \(query.registered ? "<input type=\"hidden\" name=\"registered\" value=\"1\">" as HTML : .empty)
    <button>Search</button>\(filter)</form>
    <div class="scroll"><table class="list"><thead><tr>\(Self.columns.map(head))<th scope="col">Current message</th></tr></thead>
    <tbody>\(list.rows.map(row))</tbody></table></div>
    \(list.rows.isEmpty ? "<p class=\"empty\">No process matches.</p>" as HTML : .empty)
    \(pages)
    </main>
    """
  }

  private var summary: String {
    list.matching == list.total
      ? Words.count(list.total) : "\(Words.count(list.matching)) of \(Words.count(list.total))"
  }

  private var filter: HTML {
    if query.search.isEmpty, query.parent == nil, !query.registered {
      return "<a class=\"clear\" href=\"\(layout.base)/processes?\(ProcessQuery.registry.text)\">Registered names</a>"
    }
    let what = [query.parent.map { "children of <0.\($0).0>" }, query.registered ? "registered names" : nil]
    return """
      \(what.compactMap { $0 }.map { "<span class=\"chip\">\($0)</span>" as HTML })\
      <a class="clear" href="\(layout.base)/processes">Show all</a>
      """
  }

  private func head(_ column: (order: ProcessQuery.Order, title: String, isNumber: Bool)) -> HTML {
    let isCurrent = column.order == query.order
    let sort: HTML = isCurrent ? " aria-sort=\"\(query.ascending ? "ascending" : "descending")\"" : ""
    return """
      <th scope="col"\(column.isNumber ? " class=\"number\"" as HTML : .empty)\(sort)>\
      <a href="\(layout.base)/processes?\(query.ordered(by: column.order).text)">\(column.title)\
      <span class="arrow" aria-hidden="true">\(isCurrent ? (query.ascending ? "↑" : "↓") : "")</span></a></th>
      """
  }

  private func row(_ row: ProcessRow) -> HTML {
    """
    <tr id="p\(row.number)"><th scope="row">\(layout.processLink(row.number, row.id))</th>\
    <td><span class="id">\(row.title)</span>\(row.title == row.kind ? .empty : "<span class=\"type\">\(row.kind)</span>" as HTML)</td>\
    <td><span class="state \(row.status)">\(row.status)</span></td>\
    <td class="number\(row.mailbox > 1_000 ? " alarm" : "")">\(Words.count(row.mailbox))</td>\
    <td class="number">\(Words.count(row.reductions))</td><td class="number">\(Words.bytes(row.memory))</td>\
    <td class="number">\(Words.count(row.links))</td><td><code>\(row.currentMessage ?? "")</code></td></tr>
    """
  }

  private var pages: HTML {
    if list.pages == 1 { return .empty }
    func link(_ page: Int, _ text: String) -> HTML {
      (1...list.pages).contains(page)
        ? "<a href=\"\(layout.base)/processes?\(query.at(page: page).text)\">\(text)</a>" : "<span>\(text)</span>"
    }
    return """
      <nav class="pages" aria-label="Pages of the list">\(link(query.page - 1, "← Previous"))\
      <span>Page \(Words.count(query.page)) of \(Words.count(list.pages))</span>\(link(query.page + 1, "Next →"))</nav>
      """
  }
}
