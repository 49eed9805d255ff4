/// What a list of very many processes tells of each: little that must be copied, unlike ``ProcessDetails``.
package struct ProcessSummary: Sendable {
  package let id: ProcessID
  package let kind: String
  package let name: String?
  package let label: String?
  package let status: ProcessDetails.Status
  package let mailboxLength: Int
  package let currentMessage: String?
  package let reductions: UInt64
  package let links: Int
  package let parent: ProcessID?
  /// In bytes: the process with its state, and its mail; nothing that those refer to.
  package let memory: Int
}

extension ProcessSummary {
  /// About what one message takes.
  fileprivate static var messageSize: Int { 96 }
}

extension ProcessID {
  /// Nil when it is dead.
  package var summary: ProcessSummary? { cell.summary }

  package var reductions: UInt64 { cell.reductions }

  package var kind: String { cell.kindName }

  /// Which of two has started earlier, among those of one node.
  package var number: UInt64 { cell.number }

  /// Who has started it; nil if that was no process, or when it is dead.
  package var parent: ProcessID? { cell.lock.withLock { cell.ancestry?.parent } }

  /// In bytes: see ``ProcessSummary/memory``.
  package var memory: Int { cell.memory(withMail: mailboxLength ?? 0) }
}

extension ProcessCell {
  fileprivate final var summary: ProcessSummary? {
    let isRunning = node.isRunning(self)
    lock.lock()
    guard reason == nil else {
      lock.unlock()
      return nil
    }
    var message: String?
    if let current, current.pointee.kind == .message { message = messageName(current) }
    let (name, label, parent) = (extras?.registeredName, extras?.label, ancestry?.parent)
    let (links, mailboxLength, isAtRest) = (links.count, mailboxLength, inbox.isIdle)
    lock.unlock()
    return ProcessSummary(
      id: id, kind: kindName, name: name, label: label, status: isRunning ? .running : isAtRest ? .waiting : .runnable,
      mailboxLength: mailboxLength, currentMessage: message, reductions: reductions, links: links, parent: parent,
      memory: memory(withMail: mailboxLength))
  }

  fileprivate final func memory(withMail messages: Int) -> Int {
    Int(clamping: classInstanceExtents(type(of: self)).positive) + messages * ProcessSummary.messageSize
  }
}

/// Swift's runtime knows how large the instances of a class are; the library has no function for it that it lets others call.
@_silgen_name("_swift_getSwiftClassInstanceExtents")
private func classInstanceExtents(_ type: AnyClass) -> (negative: UInt, positive: UInt)
