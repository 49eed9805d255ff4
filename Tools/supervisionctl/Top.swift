#if ControlSocket
  import ArgumentParser
  import Foundation
  import SupervisionControl
  import SupervisionInspection

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The node and the processes that stand out, brought up to date once a second.",
      discussion: """
        Keys: m sorts by mailbox, r by reductions, n by name, s by memory; q ends it. If the output is no terminal, it is printed once.
        """)

    @OptionGroup var options: Options
    @Option(name: .long, help: "By mailbox, reductions, memory or name.")
    var sort = "reductions"

    func run() throws {
      let client = try options.connect()
      var view = TopView(order: sort)
      if options.json { return print(Pretty.json(try view.look(client, rows: 50))) }
      guard isatty(STDOUT_FILENO) != 0, isatty(STDIN_FILENO) != 0 else {
        _ = try view.look(client, rows: 20)
        // Of one look there are no rates.
        usleep(600_000)
        let snapshot = try view.look(client, rows: 20)
        for line in view.lines(snapshot, width: 10_000) { print(line) }
        return
      }
      try live(client, &view)
    }

    private func live(_ client: Client, _ view: inout TopView) throws {
      let terminal = try Terminal()
      defer { terminal.restore() }
      while true {
        let size = Terminal.size
        let snapshot = try view.look(client, rows: max(1, size.rows - 5))
        terminal.draw(view.lines(snapshot, width: size.columns), rows: size.rows)
        switch terminal.key(within: 1_000) {
        case .end?: return
        case .letter("q")?: return
        case .letter("m")?: view.order = "mailbox"
        case .letter("r")?: view.order = "reductions"
        case .letter("s")?: view.order = "memory"
        case .letter("n")?: view.order = "name"
        default: break
        }
      }
    }
  }

  /// What is shown, and what is remembered from one look to the next.
  struct TopView {
    var order: String
    private var last: (reductions: [UInt64: UInt64], at: Instant)?
    private var rates: [UInt64: Double] = [:]

    init(order: String) { self.order = order }

    mutating func look(_ client: Client, rows: Int) throws -> TopSnapshot {
      var request = ControlRequest(.top)
      request.order = order
      request.limit = rows
      let snapshot = try client.ask(request, for: TopSnapshot.self)
      let now = Instant.now
      let reductions = Dictionary(
        snapshot.processes.rows.map { ($0.number, $0.reductions) }, uniquingKeysWith: { first, _ in first })
      if let last {
        let seconds = max(0.001, now.seconds(since: last.at))
        rates = [:]
        for (number, count) in reductions {
          guard let before = last.reductions[number], count >= before else { continue }
          rates[number] = Double(count - before) / seconds
        }
      }
      last = (reductions, now)
      return snapshot
    }

    func lines(_ snapshot: TopSnapshot, width: Int) -> [String] {
      let node = snapshot.node
      let load = node.loads.map(Words.percent).joined(separator: " ")
      let faults = node.faults.values.reduce(0, +)
      let head = [
        "\(node.title)  \(node.processes) processes  run queue \(node.runQueue)  \(node.timers) timers"
          + (node.memory.map { "  \(Words.bytes($0))" } ?? ""),
        "load \(load.isEmpty ? "-" : load)  \(Words.figure(node.restartsPerSecond)) restarts/s  \(faults) faults contained, \(node.faultBudgetLeft) left",
        "by \(order)  (m mailbox, r reductions, s memory, n name, q ends)", "",
      ]
      return head.map { String(Words.line($0).prefix(width)) }
        + ProcessTable.lines(snapshot.processes, rates: rates, width: width)
    }
  }
#endif
