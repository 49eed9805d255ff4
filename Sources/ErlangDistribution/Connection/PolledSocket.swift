#if ErlangDistribution
  import NIOCore
  @_spi(Runtime) import ProcessRuntime
  import Synchronization

  /// A socket that the node's workers read and write: no event loop stands between it and the processes (decision 0019).
  ///
  /// Of its events one is handled at a time: the next one is asked for when that is done.
  final class PolledSocket: ConnectionCarrier, PolledSource {
    private struct State {
      var connection: PolledConnection?
      var number: UInt64?
      /// Whether an event is being handled.
      var isBusy = true
      var reads = true
      var writes = false
      /// Nothing more comes: the connection has been asked to end.
      var isOver = false
    }

    let socket: DirectSocket
    let eventLoop: any EventLoop
    private let poller: Poller
    private let state = Mutex(State())

    init(_ socket: DirectSocket, _ poller: Poller, _ eventLoop: any EventLoop) {
      self.socket = socket
      self.poller = poller
      self.eventLoop = eventLoop
    }

    /// Whom it belongs to, before anybody else knows of either.
    func belongs(to connection: PolledConnection) { state.withLock { $0.connection = connection } }

    /// From now on what comes is handled; false if the socket cannot be watched.
    func watch() -> Bool {
      guard let added = socket.use({ self.poller.add($0, self) }), let number = added else { return false }
      let isWanted = state.withLock { state in
        guard state.connection != nil else { return false }
        state.number = number
        state.isBusy = false
        arm(state)
        return true
      }
      if !isWanted { poller.remove(number) }
      return true
    }

    /// Handles nothing more.
    func stop() {
      let (number, connection) = state.withLock { state in
        defer { (state.number, state.connection) = (nil, nil) }
        return (state.number, state.connection)
      }
      if let number { poller.remove(number) }
      // Let go of outside of the lock.
      _ = connection
    }

    /// Under the lock, when no event is being handled.
    private func arm(_ state: State) {
      guard !state.isBusy, !state.isOver, let number = state.number else { return }
      socket.use { poller.arm(number, $0, reads: state.reads, writes: state.writes) }
    }

    func isReady(reads: Bool, writes: Bool, ends: Bool) {
      let work = state.withLock { state -> (connection: PolledConnection, reads: Bool, writes: Bool)? in
        guard let connection = state.connection, !state.isBusy else { return nil }
        state.isBusy = true
        let writes = writes && state.writes
        if writes { state.writes = false }
        // What has come before the peer's end is handled even if nobody wants to read: else the end would not be noticed.
        return (connection, reads && state.reads || ends, writes)
      }
      guard let work else { return }
      if work.writes { work.connection.write() }
      let goesOn = !work.reads || work.connection.read()
      state.withLock { state in
        state.isBusy = false
        // Who has failed to read has asked for the end.
        if !goesOn { state.isOver = true }
        arm(state)
      }
    }

    func command(_ command: ConnectionCommand) {
      switch command {
      case .drain:
        state.withLock { state in
          state.writes = true
          arm(state)
        }
      case .setReading(let reads):
        state.withLock { state in
          state.reads = reads
          arm(state)
        }
      case .close(let reason):
        guard let connection = state.withLock({ $0.connection }) else { return }
        eventLoop.execute { connection.end(reason) }
      }
    }

    var isReading: Bool { state.withLock { $0.reads } }
  }
#endif
