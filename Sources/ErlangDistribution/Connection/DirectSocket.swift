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

  /// A second descriptor of a connection's socket, to use it from other threads than the event loop's.
  ///
  /// The event loop has its own, and closes it when it likes. The connection ends when both are closed.
  final class DirectSocket: Sendable {
    private let descriptor: CInt
    /// How many threads use it at this moment, and whether it is to be closed when none does.
    private let users = Atomic<UInt32>(0)
    private static let closing: UInt32 = 1 << 31

    /// Closes the descriptor itself.
    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// Nil for a channel without a socket, and when the program has no descriptor left.
    convenience init?(of context: ChannelHandlerContext) {
      let copy = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
        fcntl($0, F_DUPFD_CLOEXEC, 0)
      }
      guard let copy, copy >= 0 else { return nil }
      self.init(copy)
    }

    deinit { close() }

    // MARK: Its life

    /// Nil after ``close()``.
    ///
    /// The descriptor stays open meanwhile.
    func use<Result>(_ body: (CInt) -> Result) -> Result? {
      guard users.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue < Self.closing else {
        leave()
        return nil
      }
      defer { leave() }
      return body(descriptor)
    }

    /// Closes it as soon as nobody uses it.
    func close() {
      guard users.bitwiseOr(Self.closing, ordering: .acquiringAndReleasing).oldValue & Self.closing == 0 else { return }
      closeIfUnused()
    }

    private func leave() {
      if users.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == Self.closing { closeIfUnused() }
    }

    /// Several may come here, and one of them closes.
    private func closeIfUnused() {
      let closed = Self.closing | Self.closing >> 1
      guard
        users.compareExchange(expected: Self.closing, desired: closed, ordering: .acquiringAndReleasing).exchanged
      else { return }
      _ = systemClose(descriptor)
    }

    // MARK: Writing and reading

    enum Written {
      case all
      /// The socket took so many bytes, and no more for now.
      case some(Int)
      case failed
    }

    /// Writes what the socket takes without blocking.
    ///
    /// Only one thread at a time.
    func write(_ bytes: [UInt8]) -> Written {
      use { descriptor in
        var offset = 0
        while offset < bytes.count {
          let count = bytes.withUnsafeBytes {
            send(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset, writeFlags)
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
      } ?? .failed
    }

    enum Read {
      /// So many bytes have come; if they fill the buffer, there may be more.
      case some(Int)
      case nothing
      /// The peer has closed the connection, or the network has, or this side.
      case closed
    }

    /// Reads what has come, without blocking.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Read {
      use { descriptor in
        while true {
          let count = recv(descriptor, buffer.baseAddress, buffer.count, CInt(MSG_DONTWAIT))
          if count > 0 { return .some(count) }
          if count == 0 { return .closed }
          if errno == EAGAIN || errno == EWOULDBLOCK { return .nothing }
          if errno != EINTR { return .closed }
        }
      } ?? .closed
    }
  }

  #if canImport(Darwin)
    // SwiftNIO has told the socket to raise no signal.
    private let writeFlags = MSG_DONTWAIT
    private let systemClose = Darwin.close
  #elseif canImport(Musl)
    private let writeFlags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    private let systemClose = Musl.close
  #else
    private let writeFlags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    private let systemClose = Glibc.close
  #endif
#endif
