#if TLS
  extension ErlangNode {
    /// How a node encrypts its connections, and by which certificates it knows its peers (`-proto_dist inet_tls`, with what
    /// stands in the file of `-ssl_dist_optfile`).
    ///
    /// A cluster has it on all nodes or on none: a node with it and one without do not come together. The files are read when
    /// the node starts. The cookie is asked for all the same.
    public struct TLSOptions: Hashable, Sendable {
      /// Who may be at the other end of a connection (`verify`).
      public enum Verification: Hashable, Sendable {
        /// Who has a certificate that the authority has signed, whichever side dials (`verify_peer`, and
        /// `fail_if_no_peer_cert`).
        case peer
        /// Everybody (`verify_none`).
        ///
        /// It keeps out who only listens. Who stands between two nodes can be both of them, so beyond loopback the network
        /// must be trusted as if there were no TLS.
        case none
      }

      /// The versions of TLS.
      public enum Version: Hashable, Sendable {
        /// TLS 1.2.
        case tls12
        /// TLS 1.3.
        case tls13
      }

      /// The file with the node's certificate, in PEM form; behind it those between it and the authority's, if there are any
      /// (`certfile`).
      ///
      /// It serves for both sides of a connection: if it names its uses, they are those of a server and of a client.
      public var certificateFile: String
      /// The file with the key of that certificate, in PEM form, without a passphrase (`keyfile`).
      public var keyFile: String
      /// The file with the certificates of the authorities, in PEM form, that sign those of the nodes (`cacertfile`).
      public var caCertificateFile: String
      /// Who may be at the other end.
      public var verification = Verification.peer
      /// Whether the certificate of a node that is dialled must be for the host of its name, be it a name or an address
      /// (`server_name_indication`).
      ///
      /// It is checked with ``Verification/peer`` only.
      public var checksHostName = true
      /// The oldest version of TLS that is spoken (`versions`).
      public var minimumVersion = Version.tls12

      /// The files of a node; who is at the other end is verified.
      public init(certificateFile: String, keyFile: String, caCertificateFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.caCertificateFile = caCertificateFile
      }
    }
  }
#endif
