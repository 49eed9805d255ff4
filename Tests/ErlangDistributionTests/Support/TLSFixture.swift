#if TLS
  import ErlangTerms
  import Foundation
  import NIOCore
  import NIOSSL

  @testable import ErlangDistribution

  extension ErlangNode.TLSOptions {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Data/TLS").path

    /// The certificate of a folder of Data/TLS, and the authorities of the same or of another one.
    static func test(_ certificate: String = "good", ca: String? = nil) -> Self {
      Self(
        certificateFile: "\(folder)/\(certificate)/cert.pem", keyFile: "\(folder)/\(certificate)/key.pem",
        caCertificateFile: "\(folder)/\(ca ?? certificate)/ca.pem")
    }
  }

  extension NetworkNode {
    /// The versions of TLS of the connections that stand; nil is for one that is not encrypted.
    func tlsVersions() async throws -> [TLSVersion?] {
      try await eventLoop.submit { [hub] in
        hub.value.links.values.filter(\.isEstablished).map {
          (try? $0.channel.pipeline.syncOperations.nioSSL_tlsVersion()) ?? nil
        }
      }.get()
    }

    /// Sends bytes past TLS, on all connections.
    func sendUnencrypted(_ bytes: [UInt8]) async throws {
      try await eventLoop.submit { [hub] in
        for link in hub.value.links.values {
          let context = try link.channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
          context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
        }
      }.get()
    }
  }

  /// A peer of TLS that presents what it likes.
  struct TLSClient: Sendable {
    private let context: NIOSSLContext

    init(certificate: String? = "good", _ change: (inout TLSConfiguration) -> Void = { _ in }) throws {
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.certificateVerification = .none
      if let certificate {
        let folder = "\(ErlangNode.TLSOptions.folder)/\(certificate)"
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile("\(folder)/cert.pem").map {
          .certificate($0)
        }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: "\(folder)/key.pem", format: .pem))
      }
      change(&configuration)
      context = try NIOSSLContext(configuration: configuration)
    }

    @Sendable
    func secure(_ channel: any Channel) throws {
      try channel.pipeline.syncOperations.addHandler(
        NIOSSLClientHandler(context: context, serverHostname: "localhost"))
    }
  }
#endif
