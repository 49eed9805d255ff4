import Synchronization

/// Events of one kind, and who is told of them.
package final class EventBus<Event: Sendable>: Sendable {
  private let relays = Mutex<[ProcessID]>([])
  private let isHeard = Atomic<Bool>(false)

  package init() {}

  /// To be asked first: an event that nobody hears need not be made.
  package var isListenedTo: Bool { isHeard.load(ordering: .relaxed) }

  package func monitor(label: String, _ tell: @escaping @Sendable (Event) -> Void) -> EventMonitor {
    let owner = CurrentProcess.id
    let relay = spawnApart(receiving: Event.self, label: label) { inbox in
      if let owner { try CurrentProcess.monitor(owner) }
      while case .message(let event) = try await inbox.receive() { tell(event) }
    }
    relays.withLock { relays in
      relays.removeAll { !$0.isAlive }
      relays.append(relay)
      isHeard.store(true, ordering: .relaxed)
    }
    return EventMonitor(relay: relay) { [self] in remove(relay) }
  }

  package func post(_ event: Event) {
    // What a relay brings about by telling would be told again, and again.
    if ProcessCell.current?.messageType == Event.self { return }
    if (event as? DeadLetter)?.message is DeadLetter { return }
    let listeners = relays.withLock { relays in
      relays.removeAll { !$0.isAlive }
      isHeard.store(!relays.isEmpty, ordering: .relaxed)
      return relays
    }
    // Not by way of `send`: what a dead process has sent is told by itself.
    for relay in listeners { relay.cell.push(Envelope.make(event, kind: .message)) }
  }

  private func remove(_ relay: ProcessID) {
    relays.withLock { relays in
      relays.removeAll { $0 == relay }
      isHeard.store(!relays.isEmpty, ordering: .relaxed)
    }
    relay.cell.die(.shutdown)
  }
}

/// One who is told of events: see ``DeadLetters/monitor(_:)`` and ``MailboxAlarms/monitor(_:)``.
public struct EventMonitor: Sendable {
  let relay: ProcessID
  private let end: @Sendable () -> Void

  init(relay: ProcessID, _ end: @escaping @Sendable () -> Void) {
    self.relay = relay
    self.end = end
  }

  /// Takes the monitor back.
  ///
  /// Does not suspend. Nothing is told any more when this returns, unless a call is just being made.
  public func demonitor() { end() }
}
