#if TLS
  import NIOCore
  import NIOSSL

  /// Says in plain words what has gone wrong with the TLS of a connection.
  ///
  /// It stands between TLS and those who end the connection.
  final class TLSErrorHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      switch error {
      // The peer has closed without a goodbye, as a program that is killed does. That it has closed is told next.
      case NIOSSLError.uncleanShutdown: break
      default: context.fireErrorCaught(TLSFailure(of: error) ?? error)
      }
    }
  }

  extension TLSFailure {
    /// What an error of NIOSSL means; nil for other errors.
    init?(of error: any Error) {
      switch error {
      case let error as NIOSSLError: self.init(of: error)
      case let error as BoringSSLError: self.init(of: error)
      case let error as NIOSSLExtraError where error == .failedToValidateHostname:
        self.init("the certificate of the peer is not for the host of the node that was dialled")
      case let error as NIOSSLExtraError: self.init("TLS has failed: \(error)")
      default: return nil
      }
    }

    private init(of error: NIOSSLError) {
      switch error {
      case .handshakeFailed(.sslError([.eofDuringHandshake])):
        self.init("the peer closed before the TLS handshake was over: does it speak TLS?")
      case .handshakeFailed(let error), .shutdownFailed(let error): self.init(of: error)
      default: self.init("TLS has failed: \(error)")
      }
    }

    private init(of error: BoringSSLError) {
      switch error {
      case .sslError(let stack), .unknownError(let stack):
        let reasons = stack.map { TLSFailure.reason("\($0)") }
        let known = reasons.lazy.compactMap { TLSFailure.meanings[$0] }.first
        self.init(known ?? "TLS has failed: \(reasons.joined(separator: ", "))")
      default: self.init("TLS has failed: \(error)")
      }
    }

    /// The name that BoringSSL has for an error, out of a text that names its own source files too.
    private static func reason(_ text: String) -> String {
      guard let begin = text.firstRange(of: ":OPENSSL_internal:") else { return text }
      return String(text[begin.upperBound...].prefix { $0 != " " })
    }

    private static let meanings = [
      "CERTIFICATE_VERIFY_FAILED":
        "the certificate of the peer is signed by none of our authorities, has expired, or is not for this use",
      "PEER_DID_NOT_RETURN_A_CERTIFICATE": "the peer has no certificate",
      "WRONG_VERSION_NUMBER": "the peer does not speak TLS",
      "HTTP_REQUEST": "the peer does not speak TLS",
      "HTTPS_PROXY_REQUEST": "the peer does not speak TLS",
      "UNSUPPORTED_PROTOCOL": "the peer speaks only other versions of TLS",
      "TLSV1_ALERT_PROTOCOL_VERSION": "the peer speaks only other versions of TLS",
      "NO_SHARED_CIPHER": "the peer has no cipher suite that this node has",
      "TLSV1_ALERT_UNKNOWN_CA": "the peer refuses our certificate: it does not know who has signed it",
      "SSLV3_ALERT_BAD_CERTIFICATE": "the peer refuses our certificate",
      "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "the peer refuses our certificate: it is not for this use",
      "SSLV3_ALERT_CERTIFICATE_EXPIRED": "the peer refuses our certificate: it has expired",
      "SSLV3_ALERT_CERTIFICATE_REVOKED": "the peer refuses our certificate: it has been revoked",
      "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "the peer refuses our certificate",
      "SSLV3_ALERT_HANDSHAKE_FAILURE": "the peer refuses: it wants another certificate or another cipher suite",
      "TLSV1_ALERT_CERTIFICATE_REQUIRED": "the peer wants a certificate",
      "NO_RENEGOTIATION": "the peer wants to renegotiate, which this node does not do",
    ]
  }
#endif
