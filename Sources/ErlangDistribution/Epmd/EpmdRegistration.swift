#if ErlangDistribution
  import NIOCore
  import Synchronization

  /// Holds a node's name at an epmd, and takes it again when epmd was restarted, for as long as the node lives.
  final class EpmdRegistration: Sendable {
    private enum State {
      case idle
      case held(any Channel)
      case stopped
    }

    private let client: EpmdClient
    private let node: EpmdNode
    private let state = Mutex(State.idle)

    init(_ client: EpmdClient, _ node: EpmdNode) {
      self.client = client
      self.node = node
    }

    /// Registers for the first time.
    ///
    /// It throws when the name is taken, or there is no epmd.
    func start() async throws(EpmdError) {
      do {
        try await register().get()
      } catch {
        throw EpmdError(error)
      }
    }

    private func register() -> EventLoopFuture<Void> {
      client.send(.register(node)) { self.retry() }.flatMap { channel, response in
        guard response == .registered else {
          return channel.close().recover { _ in }.flatMapThrowing { throw EpmdError.nameTaken }
        }
        let isStopped = self.state.withLock { state in
          if case .stopped = state { return true }
          state = .held(channel)
          return false
        }
        return isStopped ? channel.close() : channel.eventLoop.makeSucceededVoidFuture()
      }
    }

    /// Two seconds later, as OTP does, and up to half a second more: not all nodes of a host at once.
    private func retry() {
      let mustRetry = state.withLock { state in
        if case .stopped = state { return false }
        state = .idle
        return true
      }
      guard mustRetry else { return }
      let delay = TimeAmount.milliseconds(.random(in: 2000...2500))
      client.eventLoop.scheduleTask(in: delay) {
        if self.isStopped { return }
        self.register().whenFailure { _ in self.retry() }
      }
    }

    private var isStopped: Bool {
      state.withLock { if case .stopped = $0 { true } else { false } }
    }

    func stop() async {
      let last = state.withLock { state in
        defer { state = .stopped }
        return state
      }
      if case .held(let channel) = last { try? await channel.close() }
    }
  }
#endif
