package import Logging
import Synchronization

/// Where a node's reports go: to swift-log, and to whoever listens.
package final class ReportLog: Sendable {
  private struct Listener: Sendable {
    let level: Logger.Level
    let tell: @Sendable (any Report) -> Void
  }

  private struct State: Sendable {
    var logger: Logger?
    var redaction = ReportRedaction.none
    var listeners: [UInt64: Listener] = [:]
    var nextListener: UInt64 = 0
    var isQuiet = false

    /// As Erlang's, the default is silent about progress, which is info.
    mutating func makeLogger() {
      guard logger == nil else { return }
      logger = Logger(label: "supervision")
      logger?.logLevel = .notice
    }
  }

  private let state = Mutex(State())

  package func callAsFunction(_ report: any Report) {
    let (logger, listeners) = state.withLock { state -> (Logger?, [Listener]) in
      let listeners = state.listeners.isEmpty ? [] : Array(state.listeners.values)
      if state.isQuiet { return (nil, listeners) }
      state.makeLogger()
      return (state.logger, listeners)
    }
    for listener in listeners where listener.level <= report.level { listener.tell(report) }
    guard let logger, logger.logLevel <= report.level else { return }
    logger.log(level: report.level, "\(report.text)", metadata: report.metadata)
  }

  /// Whether anybody would see a report of this level: what is costly to say need not be said otherwise.
  package func wants(_ level: Logger.Level) -> Bool {
    state.withLock { state in
      if state.listeners.values.contains(where: { $0.level <= level }) { return true }
      if state.isQuiet { return false }
      state.makeLogger()
      guard let wanted = state.logger?.logLevel else { return false }
      return wanted <= level
    }
  }

  package var redaction: ReportRedaction {
    get { state.withLock { $0.redaction } }
    set { state.withLock { $0.redaction = newValue } }
  }

  package func set(_ logger: Logger?) {
    state.withLock { state in
      state.logger = logger
      state.isQuiet = logger == nil
    }
  }

  /// Tells of every report from that level on: of all, if none is given.
  package func listen(
    from level: Logger.Level = .trace, _ tell: @escaping @Sendable (any Report) -> Void
  ) -> UInt64 {
    state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = Listener(level: level, tell: tell)
      return state.nextListener
    }
  }

  package func unlisten(_ key: UInt64) {
    state.withLock { $0.listeners[key] = nil }
  }
}
