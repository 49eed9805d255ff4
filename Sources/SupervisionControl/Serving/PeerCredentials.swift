#if ControlSocket
  import NIOCore

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// Who is at the other end of a socket, as the system says.
  struct PeerCredentials: Sendable {
    let user: UInt32

    /// Whether it is the user that the program runs as, or root.
    var isWelcome: Bool { user == getuid() || user == 0 }

    /// Nil if the system does not tell.
    static func of(_ channel: any Channel) async -> PeerCredentials? {
      guard let options = channel as? any SocketOptionProvider else { return nil }
      #if canImport(Darwin)
        let credentials: xucred? = try? await options.unsafeGetSocketOption(
          level: NIOBSDSocket.OptionLevel(rawValue: 0), name: NIOBSDSocket.Option(rawValue: LOCAL_PEERCRED)
        ).get()
        return credentials.map { PeerCredentials(user: $0.cr_uid) }
      #else
        let credentials: Credentials? = try? await options.unsafeGetSocketOption(
          level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        return credentials.map { PeerCredentials(user: $0.user) }
      #endif
    }

    /// `struct ucred`.
    private struct Credentials: Sendable {
      var process: Int32
      var user: UInt32
      var group: UInt32
    }
  }
#endif
