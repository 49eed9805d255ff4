import ErlangDistribution
import Synchronization

/// Keeps what connections report, and wakes those who wait for something to be reported.
final class RecordingEvents: PeerEvents {
  enum Event: Sendable {
    case connected(any PeerConnection)
    case received(ControlMessage, any PeerConnection)
    case disconnected(any PeerConnection, CloseReason)
  }

  private struct State {
    var events: [Event] = []
    var waiting: [(condition: @Sendable ([Event]) -> Bool, waiter: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())
  private let onReceive: (@Sendable (ControlMessage, any PeerConnection) -> Void)?

  init(onReceive: (@Sendable (ControlMessage, any PeerConnection) -> Void)? = nil) {
    self.onReceive = onReceive
  }

  var events: [Event] { state.withLock { $0.events } }
  var received: [ControlMessage] { RecordingEvents.received(events) }
  var reasons: [CloseReason] { RecordingEvents.reasons(events) }

  static func received(_ events: [Event]) -> [ControlMessage] {
    events.compactMap { if case .received(let message, _) = $0 { message } else { nil } }
  }

  static func reasons(_ events: [Event]) -> [CloseReason] {
    events.compactMap { if case .disconnected(_, let reason) = $0 { reason } else { nil } }
  }

  static func connectionCount(_ events: [Event]) -> Int {
    events.count { if case .connected = $0 { true } else { false } }
  }

  /// Returns when what was reported so far meets a condition.
  func wait(until condition: @escaping @Sendable ([Event]) -> Bool) async {
    await withCheckedContinuation { waiter in
      let isMet = state.withLock { state in
        if condition(state.events) { return true }
        state.waiting.append((condition, waiter))
        return false
      }
      if isMet { waiter.resume() }
    }
  }

  private func record(_ event: Event) {
    let woken = state.withLock { state in
      state.events.append(event)
      let events = state.events
      let met = state.waiting.filter { $0.condition(events) }
      state.waiting.removeAll { $0.condition(events) }
      return met
    }
    for (_, waiter) in woken { waiter.resume() }
  }

  func connected(_ connection: any PeerConnection) { record(.connected(connection)) }

  func received(_ message: ControlMessage, from connection: any PeerConnection) {
    record(.received(message, connection))
    onReceive?(message, connection)
  }

  func disconnected(_ connection: any PeerConnection, _ reason: CloseReason) {
    record(.disconnected(connection, reason))
  }
}
