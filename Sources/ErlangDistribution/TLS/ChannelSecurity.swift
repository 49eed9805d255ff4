#if ErlangDistribution
  import NIOCore
  import NIOPosix

  /// What stands between the sockets of a node and its handshakes: TLS, or nothing.
  struct ChannelSecurity: Sendable {
    #if TLS
      private let tls: TLSContext?

      init(_ options: NetworkOptions) async throws(NetworkStartError) {
        guard let wanted = options.tls else {
          tls = nil
          return
        }
        let read: Result<TLSContext, TLSFailure>
        do {
          read = try await NIOThreadPool.singleton.runIfActive {
            Result { () throws(TLSFailure) in try TLSContext(wanted) }
          }
        } catch {
          throw .tls("\(error)")
        }
        do { tls = try read.get() } catch { throw .tls(error.description) }
      }

      var isEncrypted: Bool { tls != nil }
      /// Whether who is at the other end is known before the first byte of a handshake.
      var verifiesPeers: Bool { tls?.verifiesPeers == true }

      func secureInbound(_ channel: any Channel) throws { try tls?.secureInbound(channel) }

      func secureOutbound(_ channel: any Channel, to name: NodeName) throws {
        try tls?.secureOutbound(channel, host: name.host)
      }
    #else
      init(_ options: NetworkOptions) async throws(NetworkStartError) {}

      var isEncrypted: Bool { false }
      var verifiesPeers: Bool { false }

      func secureInbound(_ channel: any Channel) throws {}
      func secureOutbound(_ channel: any Channel, to name: NodeName) throws {}
    #endif

    /// Bytes of the length before each message of the handshake.
    var lengthByteCount: Int { isEncrypted ? 4 : 2 }
  }
#endif
