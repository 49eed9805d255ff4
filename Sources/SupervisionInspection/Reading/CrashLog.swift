import Logging
@_spi(Runtime) package import ProcessRuntime
import Supervision
import Synchronization

/// Keeps the latest crash reports of a node, whether anybody looks or not: nothing is asked of anybody, and memory is bounded.
package final class CrashLog: Sendable {
  private let book: Mutex<CrashBook>
  private let node: Node
  private let listening = Mutex<UInt64?>(nil)

  package init(node: Node, keeping most: Int) {
    self.node = node
    book = Mutex(CrashBook(keeping: most))
    let key = node.reports.listen(from: .error) { [weak self] report in
      guard let self, let crash = report as? CrashReport else { return }
      book.withLock { $0.note(crash, at: Instant.now) }
    }
    listening.withLock { $0 = key }
  }

  deinit {
    if let key = listening.withLock({ $0 }) { node.reports.unlisten(key) }
  }

  /// How many there have been.
  package var total: Int { book.withLock { $0.total } }

  /// May block while the debug information of a fault is read.
  package func snapshot() -> CrashSnapshot {
    let book = book.withLock { $0 }
    return book.snapshot(at: Instant.now)
  }
}

/// The book that a ``CrashLog`` keeps.
///
/// A machine: it knows no clock and no lock.
struct CrashBook: Sendable {
  private struct Entry: Sendable {
    let number: Int
    let report: CrashReport
    let at: Instant
  }

  private struct Cause: Hashable {
    let kind: String
    let reason: String
  }

  private struct Tally {
    var count = 0
    var last: Instant
  }

  private static var mostCauses: Int { 100 }

  private let most: Int
  private(set) var total = 0
  /// A ring: the place of the next is `total % most`.
  private var entries: [Entry] = []
  private var causes: [Cause: Tally] = [:]

  init(keeping most: Int) { self.most = max(1, most) }

  mutating func note(_ report: CrashReport, at now: Instant) {
    let place = total % most
    total += 1
    let entry = Entry(number: total, report: report, at: now)
    if entries.count < most { entries.append(entry) } else { entries[place] = entry }
    let cause = Cause(kind: report.kind, reason: report.headline)
    causes[cause, default: Tally(last: now)].count += 1
    causes[cause]?.last = now
    if causes.count > Self.mostCauses, let oldest = causes.min(by: { $0.value.last < $1.value.last }) {
      causes[oldest.key] = nil
    }
  }

  func snapshot(at now: Instant) -> CrashSnapshot {
    let groups = causes.map {
      CrashGroup(kind: $0.kind, reason: $0.reason, count: $1.count, ago: now.seconds(since: $1.last))
    }
    let reports = entries.sorted { $0.number > $1.number }.map { entry in
      let report = entry.report
      return CrashEntry(
        number: entry.number, time: entry.at.since1970, ago: now.seconds(since: entry.at), process: "\(report.process)",
        title: report.name ?? report.label ?? report.kind, kind: report.kind, reason: report.headline,
        explanation: report.explanation, lastMessage: report.lastMessage, state: report.state,
        mailbox: report.mailboxLength, ancestors: report.ancestors.map(\.description),
        details: report.details.map(\.description))
    }
    return CrashSnapshot(
      total: total,
      groups: groups.sorted { ($1.count, $0.kind, $0.reason) < ($0.count, $1.kind, $1.reason) }, reports: reports)
  }
}

extension CrashReport {
  /// The reason in one line, without reading debug information.
  fileprivate var headline: String {
    if let fault = reason.fault { return "(\(fault.kind)) \(fault.knownWords ?? "a check of Swift's has failed")" }
    return String(explanation.prefix { $0 != "\n" }.prefix(200))
  }
}
