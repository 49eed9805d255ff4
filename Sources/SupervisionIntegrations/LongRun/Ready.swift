import Synchronization

/// Whom to tell that something is ready: known only when it is about to begin.
final class Ready: Sendable {
  private let listener = Mutex<(@Sendable () -> Void)?>(nil)

  func tell(_ listener: @escaping @Sendable () -> Void) {
    self.listener.withLock { $0 = listener }
  }

  func callAsFunction() {
    listener.withLock { $0 }?()
  }
}
