/// What goes along with a message, or with the start of a process, from the code that has sent or started it: the trace that
/// the receiver's work becomes a part of.
///
/// The runtime knows no tracing library. Whoever does makes these: see ``ProcessTracer``.
package protocol MessageTrace: AnyObject, Sendable {
  /// The receiver's work begins.
  ///
  /// Told again for the same work if that turns out to need a task: then it changes nothing.
  func begin(_ name: String, in process: ProcessCell)

  /// Does the work, without a task, so that its code finds itself in the trace.
  func runAtOnce(_ work: () throws -> Void) throws

  /// The same in a task.
  func run(_ work: () async throws -> Void) async throws

  /// The work is over; what comes later changes nothing.
  ///
  /// `failure` is the reason that its process ends of, if that is no clean one.
  func end(failure: String?)
}

/// Who decides what messages carry: one at a time for each node, and for most none.
package protocol ProcessTracer: AnyObject, Sendable {
  /// What goes along with something that the code that asks is about to do; nil: nothing.
  func trace(_ kind: TracedKind) -> (any MessageTrace)?
}

/// What a trace follows.
package enum TracedKind: Sendable {
  /// A message whose sender waits for an answer, or will ask for it.
  case call
  /// Any other message.
  case send
  /// The start of a process.
  case start
}
