import FaultBarrier
import Synchronization

/// What a kind of process needs to work through its mail.
extension ProcessCell {
  /// The next envelope.
  ///
  /// It stays the process's current one, readable by whoever looks at the process, until the next is asked for; then it
  /// is freed.
  package final func nextEnvelope() -> UnsafeMutablePointer<EnvelopeHeader>? {
    collectMail()
    if queue.isEmpty, current == nil { return nil }
    lock.lock()
    let done = current
    let next = queue.popFirst()
    if let next, next.pointee.mark != .none { return nextMarkedAndUnlock(next, after: done) }
    current = next
    lock.unlock()
    if let done { finish(done) }
    if next != nil { reductions &+= 1 }
    return next
  }

  /// Frees what has been handled; who has got no answer, and gets none later, is told before the next message is handled.
  @inline(__always)
  final func finish(_ done: UnsafeMutablePointer<EnvelopeHeader>) {
    destroy(done)
    if hasUnanswered.load(ordering: .relaxed) { tellUnanswered() }
  }

  /// In a turn: whether there is more to do than what is being done.
  @inline(__always)
  package final var hasMail: Bool { !queue.isEmpty || inbox.hasNews }

  /// After a message: if it was a call and is not answered yet, its caller must hear of this process's end.
  package final func settleCall() {
    guard let call = current?.pointee.call, call.isWaiting else { return }
    lock.lock()
    if deferredCalls.count >= 16, deferredCalls.count & (deferredCalls.count - 1) == 0 {
      deferredCalls.removeAll { !$0.isWaiting }
    }
    deferredCalls.append(call)
    lock.unlock()
  }

  /// Under the lock: a body has taken a call out of its mailbox, and its caller must hear of this process's end.
  ///
  /// Mostly by the reply token, which goes with the body. In a trap the body goes nowhere.
  // Not inlined: most messages are no calls.
  @inline(never)
  final func noteReceived(_ call: WaitTicket) {
    let extras = sureExtras
    if extras.receivedCalls.count >= 16, extras.receivedCalls.count & (extras.receivedCalls.count - 1) == 0 {
      extras.receivedCalls.removeAll { !$0.isWaiting }
    }
    extras.receivedCalls.append(call)
  }

  /// Runs the user's code without a task, so that a trap in it ends this process and not the program.
  // Not inlined: an asynchronous function must not keep a thread's address over a suspension.
  @inline(never)
  package final func guarded<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let armed = FaultBarrier.armed
    FaultBarrier.arm(faultPolicy.kinds)
    defer { FaultBarrier.arm(armed) }
    return try body()
  }

  package final func setTask(_ task: Task<Void, Never>) {
    lock.withLock { self.task = UnsafeCurrentTaskBox(task) }
    if isDead { task.cancel() }
  }

  package final func clearTask() {
    lock.withLock { task = nil }
  }
}

/// The name of an enum's case, without running anybody's code.
package enum EnumCase {
  package static func name<Value>(_ value: Value) -> String {
    if let name = enumCaseName(value) { return String(cString: name) }
    return "\(Value.self)"
  }
}

@_silgen_name("swift_EnumCaseName")
private func enumCaseName<Value>(_ value: Value) -> UnsafePointer<CChar>?
