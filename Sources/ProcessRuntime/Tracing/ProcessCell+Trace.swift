import FaultBarrier

/// Work that is part of a trace: what a process does about a message, and what it was started for.
extension ProcessCell {
  /// Before it begins: the start's trace is that of the code that asks.
  @inline(__always)
  package final func noteOrigin() {
    if NodeObservers.areThere { keepOrigin() }
  }

  @inline(never)
  private final func keepOrigin() {
    guard let trace = NodeObservers.trace(.start) else { return }
    lock.withLock { if reason == nil { sureExtras.origin = trace } }
  }

  /// The trace that its start is a part of.
  ///
  /// It is kept until ``endOrigin()``, so that a trap finds it.
  @inline(__always)
  package final var origin: (any MessageTrace)? { NodeObservers.areThere ? keptOrigin : nil }

  @inline(never)
  private final var keptOrigin: (any MessageTrace)? { lock.withLock { extras?.origin } }

  package final func endOrigin() { lock.withLock { extras?.origin = nil } }

  /// A body's, which has no current message: so that a trap finds the trace.
  final func noteHandling(_ trace: (any MessageTrace)?) {
    lock.withLock { if reason == nil { sureExtras.handling = trace } }
  }

  // MARK: Work

  /// In its turn, without a task: work that runs the user's code.
  ///
  /// It may turn out that there was none, which `isOver` tells afterwards: then a task goes on with the trace.
  package final func runAtOnce(
    _ trace: any MessageTrace, _ name: String, isOver: () -> Bool = { true }, _ work: () throws -> Void
  ) throws {
    Self.unguarded { trace.begin(name, in: self) }
    do {
      try guarded { try trace.runAtOnce(work) }
    } catch {
      end(trace, .failure(error))
      throw error
    }
    if isOver() { end(trace, nil) }
  }

  /// The same in its task.
  package final func run(_ trace: any MessageTrace, _ name: String, _ work: () async throws -> Void) async throws {
    Self.unguarded { trace.begin(name, in: self) }
    do {
      try await trace.run(work)
    } catch {
      end(trace, .failure(error))
      throw error
    }
    end(trace, nil)
  }

  /// A process that has ended meanwhile has ended of its own reason.
  private final func end(_ trace: any MessageTrace, _ reason: ExitReason?) {
    let reason = (isDead ? exitReason : nil) ?? reason
    var failure: String?
    if let reason, !reason.isClean {
      // An error prints by the user's code.
      failure = redaction == .none ? guarded { reason.description } : reason.summary
    }
    Self.unguarded { trace.end(failure: failure) }
  }

  /// A tracer belongs to the program, and may hold locks that must not be lost: a trap in it is the program's.
  @inline(never)
  package static func unguarded(_ body: () -> Void) {
    let armed = FaultBarrier.armed
    FaultBarrier.disarm()
    body()
    FaultBarrier.arm(armed)
  }

  // MARK: Work that does not come to its end

  /// The traces of what it does, for who is about to end it from outside.
  final var tracesUnderWay: [any MessageTrace] {
    guard NodeObservers.areThere else { return [] }
    return lock.withLock { [current?.trace, extras?.handling, extras?.origin].compactMap { $0 } }
  }
}

extension [any MessageTrace] {
  /// Runs nobody's code but the tracer's.
  func end(_ reason: ExitReason) {
    if isEmpty { return }
    ProcessCell.unguarded { for trace in self { trace.end(failure: reason.summary) } }
  }
}
