@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionInspection
import Synchronization

/// What is followed.
extension ControlHandler {
  private func length(_ request: ControlRequest, _ usual: Double) -> Duration {
    let wanted = request.seconds ?? usual
    return .seconds(wanted.isFinite ? min(max(wanted, 0), limits.follow) : usual)
  }

  /// The events of a server, as ``Sys`` tells them, and the end of its process.
  func trace(_ request: ControlRequest) async throws(ControlFailure) -> ControlStream {
    guard configuration.showsStates else {
      throw ControlFailure(.readOnly, "servers are not traced: the control socket is started without showsStates")
    }
    let process = try await process(request)
    let length = length(request, 60)
    let backlog = Backlog(limits.backlog)
    let id = "supervisionctl \(node.nextReference())"
    let isTold: AsyncStream<Never>
    do throws(SysError) {
      let telling = Telling()
      isTold = telling.end
      try await Sys.install(id, in: process, state: (), timeout: .seconds(limits.work)) { [telling] _, event in
        withExtendedLifetime(telling) { backlog.add(TraceEvent(event)) }
      }
    } catch {
      throw ControlFailure(error)
    }
    let watcher = spawn(on: node) {
      CurrentProcess.label = id
      let reason = try? await process.exited(within: length) {}
      if let reason {
        // What it has done last is told before.
        for await _ in isTold {}
        backlog.add(TraceEvent(kind: .ended, text: "*DBG* \(process) has ended: \(reason)"))
      }
      backlog.finish()
    }
    return ControlStream(lines: backlog.lines, cancel: { backlog.finish() }) {
      watcher.exit(.kill)
      try? await Sys.remove(id, from: process, timeout: .seconds(1))
    }
  }

  /// The crashes that come, each with what the log tells of it.
  func followCrashes(_ request: ControlRequest) -> ControlStream {
    let length = length(request, limits.follow)
    let backlog = Backlog(limits.backlog)
    let crashes = crashes
    let seen = crashes.total
    let watcher = spawn(on: node) {
      CurrentProcess.label = "supervisionctl crashes"
      let end = ContinuousClock.now.advanced(by: length)
      var seen = seen
      while ContinuousClock.now < end {
        try await CurrentProcess.sleep(for: .milliseconds(100))
        // A comparison, as long as nothing crashes.
        guard crashes.total != seen else { continue }
        let snapshot = crashes.snapshot()
        for report in snapshot.reports.reversed() where report.number > seen { backlog.add(report) }
        seen = snapshot.total
      }
      backlog.finish()
    }
    return ControlStream(lines: backlog.lines, cancel: { backlog.finish() }) { watcher.exit(.kill) }
  }
}

/// Goes with the process that tells what a server does, which ends when it has told all.
private final class Telling: Sendable {
  let end: AsyncStream<Never>
  private let continuation: AsyncStream<Never>.Continuation

  init() { (end, continuation) = AsyncStream.makeStream() }

  deinit { continuation.finish() }
}

/// What waits to be read: so much at most, and then it is counted.
private final class Backlog: Sendable {
  let lines: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation
  private let lost = Mutex(0)

  init(_ most: Int) {
    (lines, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(most))
  }

  func add(_ value: some Codable & Sendable) {
    let missing = lost.withLock { $0 }
    if missing > 0 {
      let note = TraceEvent(kind: .lost, text: "\(missing) more came faster than they were read")
      if case .enqueued = continuation.yield(JSON.text(ControlAnswer(note, more: true))) {
        lost.withLock { $0 -= missing }
      }
    }
    if case .dropped = continuation.yield(JSON.text(ControlAnswer(value, more: true))) { lost.withLock { $0 += 1 } }
  }

  func finish() { continuation.finish() }
}

extension TraceEvent {
  fileprivate init(_ event: SystemEvent) {
    switch event.kind {
    case .received: kind = .received
    case .replied: kind = .replied
    case .handled, .other: kind = .handled
    }
    text = event.description
  }
}
