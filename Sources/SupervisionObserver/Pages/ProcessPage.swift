import SupervisionInspection

/// One process in detail.
struct ProcessPage: Sendable {
  let layout: Layout
  let process: ProcessSnapshot

  private var row: ProcessRow { process.row }

  var html: HTML {
    """
    <main id="main">
    <p class="path"><a href="\(layout.base)/processes">Processes</a>\
    \(process.ancestors.reversed().map { " › \(link($0))" as HTML })</p>
    <h1>\(row.title) <small>\(row.id)</small></h1>
    <p class="actions">\(actions)</p>
    <div class="columns"><div><section class="card"><h2>Now</h2><dl>\(facts)</dl></section>\(state)</div>
    <div><section class="card"><h2>Reductions a second</h2>\(rates)</section>
    <div class="columns">\(relations("Links", process.links, process.otherLinks))\
    \(relations("Monitors", process.monitors, process.otherMonitors))\
    \(relations("Monitored by", process.monitoredBy, process.otherMonitoredBy))</div></div></div>
    </main>
    """
  }

  /// Instead, when it has ended.
  static func gone(_ number: UInt64, _ layout: Layout) -> HTML {
    """
    <main id="main"><h1>&lt;0.\(number).0&gt; <small>has ended</small></h1>
    <p class="empty">No process of this node has that id now. If it has crashed, its report is under \
    <a href="\(layout.base)/crashes">Crashes</a>; its successor, if it has one, is in the <a href="\(layout.base)/">tree</a>.</p></main>
    """
  }

  private func fact(_ name: String, _ value: HTML) -> HTML { "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }

  private var facts: [HTML] {
    var facts = [
      fact("Status", "<span class=\"state \(row.status)\">\(row.status)</span>"), fact("Type", "\(row.kind)"),
    ]
    if let name = row.name { facts.append(fact("Name", "\(name)")) }
    if let label = row.label { facts.append(fact("Label", "\(label)")) }
    facts += [
      fact("Mailbox", "\(Words.plural(row.mailbox, "message", "messages"))"),
      fact("Current message", row.currentMessage.map { "<code>\($0)</code>" } ?? "none"),
      fact("Reductions", "\(Words.count(row.reductions))"), fact("Memory, at least", "\(Words.bytes(row.memory))"),
      fact("Traps exits", process.trapsExits ? "yes" : "no"),
      fact("Started by", process.parent.map(link) ?? "no process"),
    ]
    if let child = process.child {
      facts.append(
        fact("Child", "<code>\(child.id)</code> of \(layout.processLink(child.supervisor, child.supervisorTitle))"))
    }
    return facts
  }

  private var rates: HTML {
    """
    <p class="big">\(process.rates.last.map { Words.short($0) } ?? "–")</p>
    <p class="note">messages handled and steps run</p>
    \(Plot.line(process.rates, title: "Reductions a second over time", top: 1))
    """
  }

  private var state: HTML {
    guard let server = process.server else {
      return "<section class=\"card\"><h2>State</h2><p class=\"note\">\(process.serverNote ?? "")</p></section>"
    }
    let details = server.details.isEmpty ? HTML.empty : "<pre>\(server.details.joined(separator: "\n"))</pre>"
    let log = server.log.isEmpty ? HTML.empty : "<h3>Last events</h3><pre>\(server.log.joined(separator: "\n"))</pre>"
    return """
      <section class="card"><h2>State <small>\(server.behaviour), \(server.activity)</small></h2>
      <pre>\(server.state)</pre>\(details)\(log)</section>
      """
  }

  private func relations(_ title: String, _ links: [ProcessLink], _ others: Int) -> HTML {
    let items = links.map {
      "<li>\(link($0)) <span class=\"type\">\($0.title == $0.id ? "" : $0.id)</span></li>" as HTML
    }
    return """
      <section class="card"><h2>\(title) <small>\(Words.count(links.count + others))</small></h2>
      \(links.isEmpty ? "<p class=\"note\">none</p>" : "<ul class=\"plain\">\(items)</ul>" as HTML)\
      \(others > 0 ? "<p class=\"more\">and \(Words.count(others)) more</p>" as HTML : .empty)</section>
      """
  }

  private func link(_ link: ProcessLink) -> HTML {
    link.number == 0 || !link.isAlive
      ? "<span class=\"pid\">\(link.title)</span>" : layout.processLink(link.number, link.title)
  }

  private var actions: HTML {
    let number = "\(row.number)"
    let restart = process.child.map { child in
      layout.action("restart", "\(child.supervisor)/\(child.id)", "Restart", label: "Restart \(child.id)")
    }
    let isSuspended = process.server?.activity == "suspended"
    let suspend =
      isSuspended
      ? layout.action("resume", number, "Resume", label: "Resume \(row.title)")
      : layout.action("suspend", number, "Suspend", label: "Suspend \(row.title)")
    return """
      \(process.server == nil ? .empty : suspend)\(restart)\
      \(layout.action("kill", number, "Kill", kind: "danger", label: "Kill \(row.title)"))
      """
  }
}
