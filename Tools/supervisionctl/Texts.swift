#if ControlSocket
  import SupervisionControl
  import SupervisionInspection

  /// The trees, with lines that lead from a supervisor to its children.
  struct TreeText {
    private(set) var lines: [String] = []

    init(_ tree: TreeSnapshot) {
      for root in tree.roots {
        lines.append(Self.line(root))
        add(root, "")
      }
      if tree.otherRoots > 0 { lines.append("and \(tree.otherRoots) more trees") }
      if lines.isEmpty { lines = ["there is no supervisor"] }
    }

    private mutating func add(_ node: TreeNode, _ indent: String) {
      for (index, child) in node.children.enumerated() {
        let isLast = index == node.children.count - 1 && node.otherChildren == 0
        lines.append("\(indent)\(isLast ? "└─ " : "├─ ")\(Self.line(child))")
        add(child, indent + (isLast ? "   " : "│  "))
      }
      if node.otherChildren > 0 { lines.append("\(indent)└─ and \(node.otherChildren) more") }
    }

    private static func line(_ node: TreeNode) -> String {
      var parts = [node.id]
      if let process = node.process { parts.append("<0.\(process).0>") }
      if node.id != node.type { parts.append(node.type) }
      if let strategy = node.strategy { parts.append(strategy) }
      if let intensity = node.intensity {
        parts.append("\(intensity.left) of \(intensity.restarts) restarts in \(Words.time(intensity.seconds)) left")
      }
      if node.state != .running { parts.append(node.state.rawValue) }
      if node.restarts > 0 {
        let ago = node.restartedAgo.map { ", the last \(Words.time($0)) ago" } ?? ""
        parts.append("restarted \(node.restarts) \(node.restarts == 1 ? "time" : "times")\(ago)")
      }
      if let mailbox = node.mailbox, mailbox > 0 { parts.append("\(mailbox) in its mailbox") }
      return Words.line(parts.joined(separator: "  "))
    }
  }

  enum ProcessTable {
    /// With reductions a second, by the numbers of processes, if they are known.
    static func lines(_ list: ProcessList, rates: [UInt64: Double]? = nil, width: Int = 10_000) -> [String] {
      var table = Table([
        ("ID", .left), ("NAME", .left), ("TYPE", .left), ("STATUS", .left), ("MAILBOX", .right),
        (rates == nil ? "REDUCTIONS" : "RED./S", .right), ("MEMORY", .right), ("LINKS", .right), ("MESSAGE", .left),
      ])
      for row in list.rows {
        table.add([
          row.id, row.name ?? row.label ?? "", row.kind, row.status, "\(row.mailbox)",
          rates.map { Words.figure($0[row.number] ?? 0) } ?? "\(row.reductions)", Words.bytes(row.memory),
          "\(row.links)",
          row.currentMessage.map { String($0.prefix(60)) } ?? "",
        ])
      }
      var lines = table.lines(width: width)
      let others = list.matching - list.rows.count
      if others > 0 { lines.append("and \(others) more") }
      return lines
    }
  }

  struct ProcessText {
    private(set) var lines: [String] = []

    init(_ process: ProcessSnapshot) {
      let row = process.row
      add("process", row.id)
      add("name", row.name)
      add("label", row.label)
      add("type", row.kind)
      add("status", row.status)
      add("handles", row.currentMessage)
      add("mailbox", "\(row.mailbox)")
      add("reductions", "\(row.reductions)")
      add("memory", Words.bytes(row.memory))
      add("traps exits", process.trapsExits ? "yes" : "no")
      add("parent", process.parent.map(Self.text))
      add("child", process.child.map { "\($0.id) of \($0.supervisorTitle)" })
      add("ancestors", process.ancestors, 0)
      add("links", process.links, process.otherLinks)
      add("monitors", process.monitors, process.otherMonitors)
      add("monitored by", process.monitoredBy, process.otherMonitoredBy)
      if let server = process.server {
        add("behaviour", "\(server.behaviour), \(server.activity)")
        add("state", server.state)
        for detail in server.details { add("", detail) }
      }
      add("state", process.serverNote)
    }

    private mutating func add(_ title: String, _ text: String?) {
      guard let text else { return }
      lines.append(title + String(repeating: " ", count: max(1, 14 - title.count)) + Words.lines(text))
    }

    private mutating func add(_ title: String, _ links: [ProcessLink], _ others: Int) {
      if links.isEmpty, others == 0 { return }
      let all = links.map(Self.text) + (others > 0 ? ["and \(others) more"] : [])
      add(title, all.joined(separator: ", "))
    }

    private static func text(_ link: ProcessLink) -> String {
      "\(link.id) \(link.title)\(link.isAlive ? "" : " (ended)")"
    }
  }

  enum CrashText {
    static func lines(_ crashes: CrashSnapshot, isFull: Bool) -> [String] {
      if crashes.total == 0 { return ["nothing has crashed since the node's control socket is there"] }
      var table = Table([("TIMES", .right), ("LAST", .right), ("TYPE", .left), ("REASON", .left)])
      for group in crashes.groups {
        table.add(["\(group.count)", "\(Words.time(group.ago)) ago", group.kind, group.reason])
      }
      return table.lines() + [""] + crashes.reports.flatMap { lines($0, isFull: isFull) }
    }

    static func lines(_ crash: CrashEntry, isFull: Bool) -> [String] {
      var lines = [
        Words.line("#\(crash.number)  \(Words.time(crash.ago)) ago  \(crash.process) \(crash.title): \(crash.reason)")
      ]
      guard isFull else { return lines }
      lines += Words.lines(crash.explanation).split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
      if let message = crash.lastMessage { lines.append("  last message: \(Words.line(message))") }
      if let state = crash.state { lines.append("  state: \(Words.line(state))") }
      return lines
    }
  }
#endif
