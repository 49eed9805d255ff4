@_spi(Runtime) import ProcessRuntime

/// The process that looks after a node's applications (OTP's application controller): performs what its
/// ``ApplicationMachine`` decides, and never waits for any of them.
struct ApplicationController: GenServer {
  typealias Machine = ApplicationMachine<ApplicationCaller>

  enum Message: Sendable {
    case event(Machine.Event)
    case list(isRunningOnly: Bool, ReplyTo<[Applications.Item]>)
    /// What is to be done when all have been stopped, and how long that may take.
    case listen(Duration?, @Sendable (ApplicationEnd) -> Void)
  }

  private var machine = Machine()
  private var masters: [ApplicationName: ProcessRef<ApplicationMaster.Order>] = [:]
  private var names: [ProcessID: ApplicationName] = [:]
  private var askedAt: [ApplicationName: Duration] = [:]
  private var listeners: [@Sendable (ApplicationEnd) -> Void] = []
  private let cell: ProcessCell

  init() throws {
    guard let cell = ProcessCell.current else { throw StartError(.outsideProcess) }
    self.cell = cell
    CurrentProcess.trapsExits = true
  }

  mutating func handle(_ message: Message) throws {
    switch message {
    case .event(let event): try feed(event)
    case .list(let isRunningOnly, let reply): reply(items(isRunningOnly))
    case .listen(let deadline, let listener):
      machine.deadline = deadline
      listeners.append(listener)
    }
  }

  /// A master that ends without a word was killed, or has trapped.
  mutating func handle(_ signal: Signal) throws {
    guard case .exit(let process, let reason) = signal, let name = names[process] else { return }
    try feed(.ended(name, ApplicationEnd(.gaveUp(reason), of: name)))
  }

  private mutating func feed(_ event: Machine.Event) throws {
    if case .ended(let name, _) = event { forget(name) }
    if case .notStarted(let name, _) = event { forget(name) }
    for action in machine.handle(event) {
      switch action {
      case .begin(let record): try begin(record)
      case .order(let name):
        askedAt[name] = now
        masters[name]?.send(.stop)
      case .startTimer(let tag): own.send(.event(.timeIsUp(tag)), after: tag.limit)
      case .kill(let names, let tag): try feed(.killed(tag, kill(names, tag)))
      case .report(let report): cell.node.reports(report)
      case .reply(let caller, let result): caller.reply(result)
      case .over(let end):
        for listener in listeners { listener(end) }
        listeners = []
        machine.deadline = nil
      }
    }
  }

  private mutating func begin(_ record: ApplicationRecord) throws {
    let master = ApplicationMaster(record, own)
    let process = try spawnLink(receiving: ApplicationMaster.Order.self, label: "application \(record.name)") {
      inbox in try await master.run(&inbox)
    }
    masters[record.name] = process
    names[process.id] = record.name
  }

  private mutating func forget(_ name: ApplicationName) {
    if let master = masters.removeValue(forKey: name) { names[master.id] = nil }
    askedAt[name] = nil
  }

  /// Kills what is left of these applications: the masters last, whose ends tell that nothing is left.
  private func kill(_ names: [ApplicationName], _ tag: Machine.TimeTag) -> ShutdownReport {
    var stragglers: [Straggler] = []
    for name in names {
      guard let master = masters[name]?.id else { continue }
      stragglers += ShutdownSurvey(master, name.text, asked: askedAt[name], isApplication: true).stragglers
      // Its own exit would have the master stop the rest in order.
      master.exit(.kill)
      Self.killDescendants(of: master.cell)
    }
    let report = ShutdownReport(
      subject: names.map(\.text).joined(separator: ", "), deadline: tag.limit, stragglers: stragglers)
    if !report.isInTime { cell.node.reports(report) }
    return report
  }

  /// Kills every process that this one has started, or that was started by one of those.
  static func killDescendants(of elder: ProcessCell) {
    while true {
      let left = elder.node.allProcesses.filter { $0.cell !== elder && $0.isAlive && $0.cell.descends(from: elder) }
      if left.isEmpty { return }
      for process in left { process.exit(.kill) }
    }
  }

  private func items(_ isRunningOnly: Bool) -> [Applications.Item] {
    let running = machine.running
    let others = machine.entries.keys.filter { !running.contains($0) }.sorted { $0.text < $1.text }
    return (isRunningOnly ? running : running + others).compactMap { name in
      machine.entries[name].map { entry in
        Applications.Item(
          name: name, type: running.contains(name) ? entry.type : nil, needs: entry.record.needs)
      }
    }
  }

  private var now: Duration { .nanoseconds(cell.node.clock.now()) }

  private var own: ProcessRef<Message> { ProcessRef(unchecked: cell) }
}

extension ApplicationController: CustomStringConvertible {
  /// For crash reports.
  var description: String { "ApplicationController of \(machine.entries.count) applications" }
}

/// Who waits for an application to be started or stopped.
struct ApplicationCaller: Sendable {
  let reply: ReplyTo<Result<ShutdownReport?, ApplicationError>>
}
