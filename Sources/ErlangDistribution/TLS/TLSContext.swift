#if TLS
  import NIOCore
  import NIOSSL

  /// What a node encrypts its connections with: its certificate and key, read and found to belong together.
  struct TLSContext: Sendable {
    private let server: NIOSSLContext
    private let client: NIOSSLContext
    /// Whether peers prove who they are.
    let verifiesPeers: Bool

    /// Reads the files; to be called where that may block.
    init(_ options: ErlangNode.TLSOptions) throws(TLSFailure) {
      verifiesPeers = options.verification == .peer
      let chain = try Self.certificates(options.certificateFile, "the file of the certificate")
      let authorities = try Self.certificates(options.caCertificateFile, "the file of the authorities' certificates")
      let key = try Self.key(options.keyFile)
      var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key),
        trustRoots: .certificates(authorities))
      configuration.minimumTLSVersion = options.minimumVersion == .tls12 ? .tlsv12 : .tlsv13
      // Of TLS 1.2; those of 1.3 need no choice.
      configuration.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
      configuration.renegotiationSupport = .none
      // Frames say themselves where they end: nothing is lost when the peer does not answer our goodbye.
      configuration.shutdownTimeout = .milliseconds(500)
      configuration.certificateVerification = verifiesPeers ? .noHostnameVerification : .none
      do {
        server = try NIOSSLContext(configuration: configuration)
        if verifiesPeers, options.checksHostName { configuration.certificateVerification = .fullVerification }
        client = try NIOSSLContext(configuration: configuration)
      } catch NIOSSLError.failedToLoadPrivateKey {
        throw TLSFailure("the key in \(options.keyFile) is not that of the certificate in \(options.certificateFile)")
      } catch {
        throw TLSFailure("the certificate in \(options.certificateFile) cannot be used: \(error)")
      }
    }

    private static func certificates(_ path: String, _ what: String) throws(TLSFailure) -> [NIOSSLCertificate] {
      let bytes = try PEMFile.bytes(path, what)
      do {
        return try NIOSSLCertificate.fromPEMBytes(bytes)
      } catch {
        throw TLSFailure("\(what), \(path), holds no certificate in PEM form, or one that is broken")
      }
    }

    private static func key(_ path: String) throws(TLSFailure) -> NIOSSLPrivateKey {
      let bytes = try PEMFile.bytes(path, "the file of the key")
      do {
        return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
      } catch {
        throw TLSFailure("the file of the key, \(path), holds no key in PEM form that needs no passphrase")
      }
    }

    /// Makes a connection that a peer has begun an encrypted one.
    func secureInbound(_ channel: any Channel) throws {
      try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: server), TLSErrorHandler())
    }

    /// Makes a connection to a host an encrypted one.
    func secureOutbound(_ channel: any Channel, host: String) throws {
      // An address is no name to ask for: the certificate is compared with that of the socket.
      let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
      let handler = try NIOSSLClientHandler(context: client, serverHostname: isAddress ? nil : host)
      try channel.pipeline.syncOperations.addHandlers(handler, TLSErrorHandler())
    }
  }
#endif
