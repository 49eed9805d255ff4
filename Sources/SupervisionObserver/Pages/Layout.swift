import SupervisionInspection

/// What all pages have in common.
struct Layout: Sendable {
  enum Tab: String, CaseIterable, Sendable {
    case tree = "Tree"
    case processes = "Processes"
    case crashes = "Crashes"
    case node = "Node"

    var path: String {
      switch self {
      case .tree: "/"
      case .processes: "/processes"
      case .crashes: "/crashes"
      case .node: "/node"
      }
    }
  }

  /// What every address begins with: where the observer is mounted.
  let base: String
  let title: String
  /// Whom a page is made for.
  let visitor: Visitor

  /// A page in full; `view` is the address of what is shown, for the events that keep it up to date; nil: it does not change.
  func page(_ tab: Tab?, heading: String, view: String?, _ body: HTML) -> HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(heading) · \(title)</title>
    <link rel="icon" type="image/svg+xml" href="\(base)/icon.svg">
    <link rel="stylesheet" href="\(base)/observer.css">
    <script src="\(base)/observer.js" defer></script>
    </head>
    <body\(view.map { " data-events=\"\(base)/events?view=\(Address.encode($0))\"" as HTML })>
    <a class="skip" href="#main">Skip to content</a>
    <header class="top">
    <a class="brand" href="\(base)/">\(Icon.mark)<span>\(title)</span></a>
    <nav aria-label="Pages">\(tab == nil && view == nil ? [] : Tab.allCases.map { link($0, isCurrent: $0 == tab) })</nav>
    <span class="live" id="status" role="status" data-state="still">\(view == nil ? "" : "not live")</span>
    \(visitor.canLeave ? leave : .empty)
    </header>
    <div id="live">
    \(body)
    </div>
    <p id="notice" role="alert" hidden></p>
    <form id="act" method="post" action="\(base)/actions" hidden>
    <input type="hidden" name="csrf" value="\(visitor.secret)"><input type="hidden" name="return" value="\(view ?? "/")">
    </form>
    </body>
    </html>
    """
  }

  private func link(_ tab: Tab, isCurrent: Bool) -> HTML {
    "<a href=\"\(base)\(tab.path)\"\(isCurrent ? " aria-current=\"page\"" as HTML : .empty)>\(tab.rawValue)</a>"
  }

  private var leave: HTML {
    """
    <form class="leave" method="post" action="\(base)/logout"><input type="hidden" name="csrf" value="\(visitor.secret)">\
    <button>Log out</button></form>
    """
  }

  func processLink(_ number: UInt64, _ text: String) -> HTML {
    "<a class=\"pid\" href=\"\(base)/processes/\(number)\">\(text)</a>"
  }

  /// A button that does something, if that is allowed.
  ///
  /// It belongs to the one form of the page, so that it may stand anywhere.
  func action(_ name: String, _ value: String, _ text: String, kind: String = "", label: String) -> HTML {
    guard visitor.mayAct else { return .empty }
    return """
      <button class="act \(kind)" form="act" name="\(name)" value="\(value)" aria-label="\(label)">\(text)</button>
      """
  }

  /// The numbers that stand above every page.
  func tiles(_ node: NodeSnapshot, crashes: Int) -> HTML {
    let history = node.history
    let load = history.map { $0.loads.isEmpty ? 0 : $0.loads.reduce(0, +) / Double($0.loads.count) }
    func tile(_ name: String, _ value: String, _ note: String, _ plot: HTML = .empty, kind: String = "") -> HTML {
      """
      <div class="tile \(kind)"><span class="name">\(name)</span><span class="value">\(value)</span>\
      <span class="note">\(note)</span>\(plot)</div>
      """
    }
    func line(_ values: [Double], _ title: String, top: Double = 0) -> HTML {
      Plot.line(values, title: title, top: top)
    }
    let rate = node.restartsPerSecond
    let tiles: [HTML] = [
      tile(
        "Processes", Words.count(node.processes), Words.plural(node.timers, "timer", "timers"),
        line(history.map { Double($0.processes) }, "Processes over time", top: 10)),
      tile(
        "Load", node.load.map(Words.percent) ?? "–", Words.plural(node.schedulers, "scheduler", "schedulers"),
        line(load, "Load over time", top: 0.2)),
      tile(
        "Run queue", Words.count(node.runQueue), "processes that wait",
        line(history.map { Double($0.runQueue) }, "Run queue over time", top: 4)),
      tile(
        "Restarts", "\(Words.short(rate))/s",
        node.restarts.first.map { "latest: \(Words.ago($0.ago))" } ?? "none seen yet",
        line(history.map(\.restartsPerSecond), "Restarts over time", top: 4), kind: rate > 0 ? "busy" : ""),
      tile(
        "Memory", node.memory.map(Words.bytes) ?? "–", "resident",
        line(history.map { Double($0.memory ?? 0) }, "Memory over time", top: 1_000_000)),
      tile(
        "Crashes", Words.count(crashes), "\(Words.count(node.faultBudgetLeft)) faults left",
        kind: node.faultBudgetLeft < node.faultBudget / 10 ? "alarm" : ""),
    ]
    return "<section class=\"tiles\" aria-label=\"The node in numbers\">\(tiles)</section>"
  }
}
