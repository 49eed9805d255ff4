import SupervisionInspection

/// The node itself: its schedulers, faults, names and neighbours.
struct NodePage: Sendable {
  let layout: Layout
  let node: NodeSnapshot

  var html: HTML {
    """
    <main id="main">
    <h1>\(node.title) <small>observed for \(Words.time(node.uptime))</small></h1>
    <section class="card"><h2>Schedulers</h2>\(schedulers)
    <p class="note"><a href="\(layout.base)/processes?\(ProcessQuery.registry.text)">Registered names</a></p></section>
    <div class="columns">
    <section class="card"><h2>Faults</h2><dl>\(faults)</dl></section>
    <div><section class="card"><h2>Memory</h2><dl>\(fact("Resident", node.memory.map(Words.bytes) ?? "not known"))</dl>
    \(Plot.line(node.history.map { Double($0.memory ?? 0) }, title: "Memory over time"))
    <p class="actions">\(layout.action("garbage", "node", "Give free memory back", label: "Give free memory back to the system"))</p>
    </section>\(cluster)</div>
    <section class="card"><h2>Last restarts</h2>\(restarts)</section>
    </div>
    </main>
    """
  }

  private func fact(_ name: String, _ value: String) -> HTML { "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }

  private var schedulers: HTML {
    if node.loads.isEmpty {
      return "<p class=\"note\">\(node.schedulers == 0 ? "none" : "Their load is known from the second look on.")</p>"
    }
    let plots = node.loads.enumerated().map { index, load -> HTML in
      let line = node.history.map { index < $0.loads.count ? $0.loads[index] : 0 }
      return """
        <li><span class="name">Scheduler \(index + 1)</span><span class="value">\(Words.percent(load))</span>\
        \(Plot.line(line, title: "Load of scheduler \(index + 1) over time", top: 1))</li>
        """
    }
    return "<ul class=\"schedulers\">\(plots)</ul>"
  }

  private var faults: [HTML] {
    let kinds = node.faults.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return [
      fact("Contained", Words.count(node.faults.values.reduce(0, +))),
      fact("Parked threads", Words.count(node.parkedThreads)),
      fact("Budget left", "\(Words.count(node.faultBudgetLeft)) of \(Words.count(node.faultBudget))"),
      fact("Dead whose code still runs", Words.count(node.disowned)),
      fact("Spare schedulers that run", Words.count(node.spareSchedulers)),
    ] + kinds.map { fact($0.key, Words.count($0.value)) }
  }

  private var restarts: HTML {
    if node.restarts.isEmpty { return "<p class=\"note\">none since somebody looks</p>" }
    let items = node.restarts.prefix(12).map { entry -> HTML in
      """
      <li><span class="id">\(entry.child)</span> of \(layout.processLink(entry.supervisorNumber, entry.supervisor)) \
      <span class="ago">\(Words.ago(entry.ago))</span></li>
      """
    }
    return "<ul class=\"plain\">\(Array(items))</ul>"
  }

  private var cluster: HTML {
    guard let nodes = node.nodes else { return .empty }
    let items = nodes.map {
      "<li><span class=\"id\">\($0.name)</span> <span class=\"type\">\($0.note ?? "")</span></li>" as HTML
    }
    return """
      <section class="card"><h2>Cluster <small>\(Words.plural(nodes.count, "other node", "other nodes"))</small></h2>
      \(nodes.isEmpty ? "<p class=\"note\">no node is connected</p>" : "<ul class=\"plain\">\(items)</ul>" as HTML)</section>
      """
  }
}
