#if ControlSocket
  import NIOCore
  import Synchronization

  /// Closes a channel at which nothing has happened for so long.
  final class SilenceTimer: Sendable {
    private let channel: any Channel
    private let limit: TimeAmount
    private let scheduled = Mutex<Scheduled<Void>?>(nil)

    init(_ channel: any Channel, seconds: Double) {
      self.channel = channel
      limit = .nanoseconds(Int64(seconds * 1e9))
    }

    func restart() {
      let channel = channel
      let next = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
      let last = scheduled.withLock { scheduled in
        defer { scheduled = next }
        return scheduled
      }
      last?.cancel()
    }

    func stop() {
      let last = scheduled.withLock { $0.take() }
      last?.cancel()
    }
  }
#endif
