@_spi(Runtime) import ProcessRuntime

extension StateMachineServer: BehaviourServer, CustomStringConvertible {
  static var userType: Any.Type { Machine.self }
  static var behaviourName: String { "StateMachine" }

  /// State and data, for reports (rule STM-41).
  var description: String {
    "(state: \(ReportText.describing(engine.state)), data: \(ReportText.describing(machine)))"
  }

  /// What the machine is about, and what is left to do (rules LOG-15, STM-42).
  func details(_ redaction: ReportRedaction) -> [ReportDetail] {
    var details: [ReportDetail] = []
    if let current = engine.current {
      details.append(ReportDetail("Last event", Self.text(current, redaction)))
    }
    details.append(ReportDetail("Queue", Self.text(engine.queue, redaction)))
    details.append(ReportDetail("Postponed", Self.text(engine.postponed, redaction)))
    let timeouts = engine.timeouts.map { "\(Self.name($0.key)): \(Self.text($0.content, redaction))" }
    details.append(ReportDetail("Time-outs", "[" + timeouts.sorted().joined(separator: ", ") + "]"))
    return details
  }

  static func reportUnhandled(_ signal: Signal) {
    (ProcessCell.current as? ServerProcess<StateMachineServer>)?.noteUnhandled(.signal(signal))
  }

  private static func text(_ items: [Engine.Item], _ redaction: ReportRedaction) -> String {
    "[" + items.map { text($0, redaction) }.joined(separator: ", ") + "]"
  }

  private static func text(_ item: Engine.Item, _ redaction: ReportRedaction) -> String {
    switch item {
    case .given(.event(.message(let message))): text(message, redaction)
    case .given(.event(.internal(let event))): "internal \(text(event, redaction))"
    case .given(.event(.timeout(let content))): "timeout \(text(content, redaction))"
    case .given(.signal(let signal)): redaction == .none ? ReportText.describing(signal) : signal.summary
    case .timeout(let key, let content): "\(name(key)) \(text(content, redaction))"
    }
  }

  private static func text<Value>(_ value: Value, _ redaction: ReportRedaction) -> String {
    redaction == .none ? ReportText.describing(value) : EnumCase.name(value)
  }

  private static func name(_ key: Engine.TimerKey) -> String {
    switch key {
    case .state: "state timeout"
    case .event: "event timeout"
    case .named(let name): "timeout \(name)"
    }
  }
}
