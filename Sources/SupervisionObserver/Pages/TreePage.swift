import SupervisionInspection

/// The supervision trees, drawn as trees.
struct TreePage: Sendable {
  let layout: Layout
  let tree: TreeSnapshot

  /// As long as that after a restart its place shows it, in seconds.
  private static var pulse: Double { 4 }
  /// With more lines than that, deep parts are folded.
  private static var mostLines: Int { 250 }

  var html: HTML {
    let lines = tree.roots.reduce(0) { $0 + $1.lines }
    let depth = lines > Self.mostLines ? 2 : Int.max
    return """
      <main id="main">
      <h1>Supervision tree <small>\(Words.plural(tree.supervisors, "supervisor", "supervisors"))</small></h1>
      \(tree.roots.isEmpty ? nothing : .empty)
      <ul class="tree">\(tree.roots.map { item($0, under: nil, depth) })</ul>
      \(more(tree.otherRoots, "trees", nil))
      \(legend)
      </main>
      """
  }

  private var nothing: HTML {
    """
    <p class="empty">No supervisor runs on this node. Start one with <code>Supervisor.start</code>, \
    or look at the <a href="\(layout.base)/processes">processes</a>.</p>
    """
  }

  private var legend: HTML {
    """
    <p class="legend"><span class="dot running"></span> runs <span class="dot restarting"></span> is being restarted \
    <span class="dot quarantined"></span> in quarantine <span class="dot stopped"></span> stopped \
    <span class="dot busy"></span> does not answer: it starts or stops a child</p>
    """
  }

  private func item(_ node: TreeNode, under supervisor: TreeNode?, _ depth: Int) -> HTML {
    let key =
      "n\(supervisor?.process ?? 0)-\(supervisor?.kind == .dynamicSupervisor ? "\(node.process ?? 0)" : node.id)"
    guard node.isSupervisor || !node.children.isEmpty else {
      return "<li id=\"\(key)\">\(row(node, under: supervisor))</li>"
    }
    return """
      <li id="\(key)" class="supervisor"><details\(depth > 0 ? " open" as HTML : .empty)>\
      <summary>\(row(node, under: supervisor))</summary>\
      <ul>\(node.children.map { item($0, under: node, depth - 1) })</ul>\
      \(more(node.otherChildren, "children", node.process))</details></li>
      """
  }

  private func row(_ node: TreeNode, under supervisor: TreeNode?) -> HTML {
    let ago =
      node.isSupervisor ? [node.childRestartedAgo, node.restartedAgo].compactMap { $0 }.min() : node.restartedAgo
    // A supervisor whose children are listed leaves it to them.
    let own = node.kind == .dynamicSupervisor ? ago : node.restartedAgo
    let isFresh = own.map { $0 < Self.pulse } ?? false
    let restarts = node.childRestarts ?? node.restarts
    return """
      <span class="row\(isFresh ? " pulse" as HTML : .empty)" data-restarts="\(restarts)">\
      <span class="dot \(node.state.rawValue)" role="img" aria-label="\(node.state.words)"></span>\
      <span class="id">\(node.id)</span>\(node.type == node.id ? .empty : "<span class=\"type\">\(node.type)</span>" as HTML)\
      \(node.strategy.map { chip(node, $0) })\
      \(node.state == .running ? .empty : "<span class=\"word \(node.state.rawValue)\">\(node.state.words)</span>" as HTML)\
      \(node.intensity.map(intensity))\
      \(restarts == 0 ? .empty : self.restarts(restarts, ago))\
      \(node.mailbox.map { $0 > 0 ? "<span class=\"mail\">\(Words.plural($0, "message", "messages"))</span>" as HTML : .empty })\
      <span class="end">\(node.process.map { layout.processLink($0, "<0.\($0).0>") })\(actions(node, supervisor))</span></span>
      """
  }

  private func chip(_ node: TreeNode, _ strategy: String) -> HTML {
    "<span class=\"chip\">\(node.kind == .dynamicSupervisor ? "dynamic" : strategy)</span>"
  }

  private func intensity(_ intensity: IntensitySnapshot) -> HTML {
    let part = intensity.restarts == 0 ? 0 : Double(intensity.left) / Double(intensity.restarts)
    let words =
      "\(Words.count(intensity.left)) of \(Words.count(intensity.restarts)) restarts left within \(Words.time(intensity.seconds))"
    return """
      <span class="intensity" title="\(words)">\
      \(Plot.bar(part, title: words, kind: part < 0.25 && intensity.restarts > 0 ? "low" : ""))\
      <span>\(Words.count(intensity.left))/\(Words.count(intensity.restarts))</span></span>
      """
  }

  private func restarts(_ count: Int, _ ago: Double?) -> HTML {
    """
    <span class="restarts">↻ \(Words.count(count))<span class="ago">\(ago.map { ", \(Words.ago($0))" } ?? "")</span></span>
    """
  }

  private func actions(_ node: TreeNode, _ supervisor: TreeNode?) -> HTML {
    let kill: HTML? = node.process.map {
      layout.action("kill", "\($0)", "Kill", kind: "danger", label: "Kill \(node.id)")
    }
    guard let supervisor, supervisor.kind == .supervisor, let parent = supervisor.process, node.state != .restarting
    else {
      return "\(kill)"
    }
    let restart = layout.action("restart", "\(parent)/\(node.id)", "Restart", label: "Restart \(node.id)")
    return "\(restart)\(kill)"
  }

  private func more(_ count: Int, _ what: String, _ parent: UInt64?) -> HTML {
    if count == 0 { return .empty }
    guard let parent else { return "<p class=\"more\">and \(Words.count(count)) \(what) more</p>" }
    return """
      <p class="more"><a href="\(layout.base)/processes?parent=\(parent)&amp;sort=mailbox">\
      \(Words.count(count)) more \(what)</a></p>
      """
  }
}

extension TreeNode {
  fileprivate var lines: Int { 1 + children.reduce(0) { $0 + $1.lines } }
}

extension TreeNode.State {
  fileprivate var words: String {
    switch self {
    case .running: "runs"
    case .stopped: "stopped"
    case .restarting: "is being restarted"
    case .quarantined: "in quarantine"
    case .busy: "busy"
    }
  }
}
