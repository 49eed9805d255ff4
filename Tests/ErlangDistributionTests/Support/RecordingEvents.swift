import ErlangDistribution
import Synchronization

/// Keeps what connections report.
final class RecordingEvents: PeerEvents {
  enum Event: Sendable {
    case connected(any PeerConnection)
    case received(ControlMessage, any PeerConnection)
    case disconnected(any PeerConnection, CloseReason)
  }

  private let recorded = Mutex<[Event]>([])

  var events: [Event] { recorded.withLock { $0 } }

  var received: [ControlMessage] {
    events.compactMap { if case .received(let message, _) = $0 { message } else { nil } }
  }

  var reasons: [CloseReason] {
    events.compactMap { if case .disconnected(_, let reason) = $0 { reason } else { nil } }
  }

  func connected(_ connection: any PeerConnection) { recorded.withLock { $0.append(.connected(connection)) } }

  func received(_ message: ControlMessage, from connection: any PeerConnection) {
    recorded.withLock { $0.append(.received(message, connection)) }
  }

  func disconnected(_ connection: any PeerConnection, _ reason: CloseReason) {
    recorded.withLock { $0.append(.disconnected(connection, reason)) }
  }
}
