import SupervisionInspection
import Synchronization

/// Those who have logged in: by a word that their browser keeps, and the one that their forms carry.
final class Sessions: Sendable {
  private struct Session: Sendable {
    let secret: String
    var used: Instant
  }

  private struct State: Sendable {
    var sessions: [String: Session] = [:]
    var failures: [Instant] = []
  }

  private static var most: Int { 64 }
  /// In seconds.
  private static var lifetime: Double { 12 * 3_600 }
  /// So many wrong tokens a minute, from everybody together.
  private static var mostFailures: Int { 20 }

  private let state = Mutex(State())

  /// A new session's word.
  func begin(at now: Instant = .now) -> String {
    let word = Secret.make()
    state.withLock { state in
      if state.sessions.count >= Self.most, let oldest = state.sessions.min(by: { $0.value.used < $1.value.used }) {
        state.sessions[oldest.key] = nil
      }
      state.sessions[word] = Session(secret: Secret.make(), used: now)
    }
    return word
  }

  /// What the forms of that session carry; nil if there is none.
  func secret(of word: String, at now: Instant = .now) -> String? {
    state.withLock { state in
      guard let session = state.sessions[word] else { return nil }
      guard now.seconds(since: session.used) < Self.lifetime else {
        state.sessions[word] = nil
        return nil
      }
      state.sessions[word]?.used = now
      return session.secret
    }
  }

  func end(_ word: String) { state.withLock { $0.sessions[word] = nil } }

  /// Whether a token may be tried at all, or there were too many wrong ones lately.
  func mayTry(at now: Instant = .now) -> Bool {
    state.withLock { state in
      state.failures.removeAll { now.seconds(since: $0) > 60 }
      return state.failures.count < Self.mostFailures
    }
  }

  func noteFailure(at now: Instant = .now) { state.withLock { $0.failures.append(now) } }
}
