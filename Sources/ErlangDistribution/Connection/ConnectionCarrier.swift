#if ErlangDistribution
  import NIOCore

  /// What a connection's bytes go over, as those see it who send.
  protocol ConnectionCarrier: AnyObject, Sendable {
    var eventLoop: any EventLoop { get }
    /// Asks for something, from any thread; of one thread's orders the first comes first.
    func command(_ command: ConnectionCommand)
  }

  /// What a connection asks of what carries it.
  enum ConnectionCommand: Sendable {
    /// There are bytes to write, and the senders do not.
    case drain
    case setReading(Bool)
    case close(CloseReason)
  }

  /// A channel with a ``ConnectionHandler``.
  final class ChannelCarrier: ConnectionCarrier {
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    var eventLoop: any EventLoop { channel.eventLoop }

    func command(_ command: ConnectionCommand) {
      channel.eventLoop.execute { [channel] in
        channel.pipeline.fireUserInboundEventTriggered(command)
      }
    }
  }
#endif
