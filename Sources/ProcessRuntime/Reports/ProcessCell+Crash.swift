import Logging
import FaultBarrier
import Synchronization

/// Telling of a crash.
extension ProcessCell {
  /// Reports that this process ends of `reason`.
  ///
  /// The caller is the process's turn or its task, and it is not dead yet.
  @inline(never)
  package final func reportCrash(_ reason: ExitReason) {
    guard let report = makeCrashReport(reason) else { return }
    // Not guarded: a log handler belongs to the program, and may hold locks that must not be lost.
    let armed = FaultBarrier.armed
    FaultBarrier.disarm()
    node.reports(report)
    FaultBarrier.arm(armed)
  }

  /// Nil if nobody would see it.
  ///
  /// Messages, states and errors print by the user's code. If that traps, the process's thread is lost, another turn tells
  /// of the same crash without their words, and `reason` is what the process ends of all the same.
  final func makeCrashReport(_ reason: ExitReason) -> CrashReport? {
    guard node.reports.wants(.error) else { return nil }
    let isSecond = lock.withLock { () -> Bool in
      if extras?.beingReported != nil { return true }
      sureExtras.beingReported = reason
      return false
    }
    let words = isSecond ? safeCrashWords(reason) : crashWords(reason)
    var report = CrashReport(self, reason)
    report.say(words)
    return report
  }

  @inline(never)
  final func crashWords(_ reason: ExitReason) -> CrashWords {
    let redaction = redaction
    func words() -> CrashWords {
      CrashWords(
        // A fault's own words are looked up when they are read, and are nobody's code.
        explanation: reason.fault == nil ? reason.explanation : nil,
        lastMessage: redaction == .none ? currentMessageText : currentMessageName,
        state: isAbandoned ? nil : stateText(redaction), details: isAbandoned ? [] : reportDetails(redaction))
    }
    return runsInJob ? words() : guarded { words() }
  }

  /// What can be said without the user's code.
  final func safeCrashWords(_ reason: ExitReason) -> CrashWords {
    CrashWords(
      explanation: reason.fault == nil ? reason.summary : nil, lastMessage: currentMessageName,
      state: "lost: a description crashed while this report was being written")
  }

  /// Whether the caller is a job of this process: those are guarded already.
  private final var runsInJob: Bool { task != nil && !isAbandoned }

  /// The message being handled, as it prints.
  ///
  /// Runs the user's code.
  package final var currentMessageText: String? {
    guard let current else { return nil }
    switch current.pointee.kind {
    case .message: return messageText(current)
    case .signal: return Envelope<Signal>.peek(current) { ReportText.describing($0) }
    case .system: return systemMessageName(current)
    case .foreign: return "message from another node"
    }
  }

  /// The name of the message being handled: the enum's case.
  package final var currentMessageName: String? {
    guard let current else { return nil }
    switch current.pointee.kind {
    case .message: return messageName(current)
    case .signal: return Envelope<Signal>.peek(current) { $0.summary }
    case .system: return systemMessageName(current)
    case .foreign: return "message from another node"
    }
  }

  private final func systemMessageName(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String {
    Envelope<SystemMessage>.peek(envelope) {
      switch $0 {
      case .stop(let reason): "stop(\(reason.summary))"
      case .idle: "timeout"
      case .request(let request): request.name
      }
    }
  }

  /// The name that it is registered under.
  package final var name: String? { lock.withLock { extras?.registeredName } }

  /// Rule PL-31.
  ///
  /// Breadth first, without any two locks at once.
  final var neighbours: [ProcessID] {
    var found: [ProcessID] = []
    var seen: Set<ProcessID> = [id]
    var next = lock.withLock { links }.sorted
    while !next.isEmpty, found.count < 15 {
      var further: [ProcessID] = []
      for process in next where seen.insert(process).inserted {
        let (traps, links) = process.cell.lock.withLock { (process.cell.trapsExits, process.cell.links) }
        if traps || process.cell.isDead { continue }
        found.append(process)
        further += links.sorted
        if found.count == 15 { break }
      }
      next = further
    }
    return found
  }

  /// Who waits for the answer to the message being handled: a name or an id.
  package final var currentClient: String? {
    guard let call = current?.pointee.call, call.isWaiting,
      let caller = node.processes[call.slot.pointee.owner.load(ordering: .relaxed)]
    else {
      return nil
    }
    return caller.name ?? caller.id.description
  }
}

extension Signal {
  /// What it is, without running the user's code.
  package var summary: String {
    switch self {
    case .exit(let process, let reason): "exit(\(process), \(reason.summary))"
    case .down(let ref, let process, let reason): "down(\(ref), \(process), \(reason.summary))"
    }
  }
}
