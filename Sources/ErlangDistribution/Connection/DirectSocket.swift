#if ErlangDistribution
  import NIOCore
  import Synchronization

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// A second descriptor of a connection's socket, to write from the threads that send.
  ///
  /// The event loop has its own, reads from it, and closes it when it likes. The connection ends when both are closed.
  final class DirectSocket: Sendable {
    private let descriptor: Atomic<CInt>

    /// Nil for a channel without a socket, and when the program has no descriptor left.
    init?(of context: ChannelHandlerContext) {
      let copy = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
        fcntl($0, F_DUPFD_CLOEXEC, 0)
      }
      guard let copy, copy >= 0 else { return nil }
      descriptor = Atomic(copy)
    }

    deinit { close() }

    enum Outcome {
      case all
      /// The socket took so many bytes, and no more for now.
      case some(Int)
      case failed
    }

    /// Writes what the socket takes without blocking.
    ///
    /// Only one thread at a time, and none after ``close()``.
    func write(_ bytes: [UInt8]) -> Outcome {
      let descriptor = descriptor.load(ordering: .relaxed)
      var offset = 0
      while offset < bytes.count {
        let count = bytes.withUnsafeBytes {
          send(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset, flags)
        }
        if count >= 0 {
          offset += count
        } else if errno == EAGAIN || errno == EWOULDBLOCK {
          return .some(offset)
        } else if errno != EINTR {
          return .failed
        }
      }
      return .all
    }

    func close() {
      let descriptor = descriptor.exchange(-1, ordering: .relaxed)
      if descriptor >= 0 { _ = systemClose(descriptor) }
    }
  }

  #if canImport(Darwin)
    // SwiftNIO has told the socket to raise no signal.
    private let flags = MSG_DONTWAIT
    private let systemClose = Darwin.close
  #elseif canImport(Musl)
    private let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    private let systemClose = Musl.close
  #else
    private let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    private let systemClose = Glibc.close
  #endif
#endif
