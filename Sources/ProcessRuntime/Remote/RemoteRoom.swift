/// Waiting until the connection to another node takes more, as the BEAM suspends who sends over a busy one.
extension RemoteProcess {
  /// How such a wait ended.
  enum Room {
    case ready
    /// The connection was lost meanwhile, and with it what was sent before.
    case lost
  }

  /// Returns at once if much is not waiting for the node.
  ///
  /// - Throws: as ``suspend(until:in:on:_:)``.
  func room(until deadline: Int64) async throws -> Room {
    guard peer.isBusy else { return .ready }
    let stop = Stop()
    defer { stop.now() }
    let isReady: Bool = try await suspend(until: deadline, on: node) { ticket in
      stop.whatToDo = peer.resumeWhenReady(ticket)
    }
    return isReady ? .ready : .lost
  }

  /// Belongs to the one who waits.
  private final class Stop {
    var whatToDo: (@Sendable () -> Void)?
    func now() { whatToDo?() }
  }
}

extension ProcessRef {
  /// ``send(_:within:)`` to a process of another node.
  ///
  /// Gives up the turn when it has lasted.
  // Not inlined: most processes are on this node.
  @inline(never)
  func send(_ message: Message, to remote: RemoteProcess, within limit: Duration?) async -> SendResult {
    if ProcessCell.isFenced() || !remote.peer.isBusy {
      let result = trySend(message)
      // A stream of messages is no turn: others have theirs, and what was sent goes out.
      if ProcessCell.turnIsOver(), let cell = ProcessCell.current, cell.isOwnTask() { await cell.yieldTurn() }
      return result
    }
    if let limit, limit <= .zero { return .rejected }
    do {
      let room = try await remote.room(until: limit.map { remote.node.clock.now().after($0) } ?? .max)
      return room == .ready ? trySend(message) : .noProcess
    } catch {
      return error is WaitTimeout ? .rejected : error is CancellationError ? .cancelled : .senderEnded
    }
  }
}
