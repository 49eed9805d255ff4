#if ErlangDistribution
  package import Logging
  @_spi(Runtime) package import ProcessRuntime

  /// What a node on the network is and does.
  package struct NetworkOptions: Sendable {
    package var name: NodeName
    package var cookie: CookieSource
    /// Which incarnation of its name it is.
    package var creation: UInt32
    /// Whether it takes part in the cluster: others list it in `nodes()`.
    ///
    /// Else it is a hidden node.
    package var isVisible = false
    package var discovery = NodeDiscovery.epmd()
    /// Where it listens; nil for a node that only dials.
    package var listener: ErlangNode.Listener? = ErlangNode.Listener()
    package var allowed = AllowedPeers.all
    #if TLS
      /// How connections are encrypted; nil: not at all.
      package var tls: ErlangNode.TLSOptions?
    #endif
    package var limits = WireLimits()
    /// After as long without a byte from it a peer is taken for dead, or up to a quarter earlier or later.
    ///
    /// All nodes of a cluster should have the same.
    package var tickTime = Duration.seconds(60)
    /// How long each step of a handshake may take, and the wait for a peer that dials at the same time.
    package var setupTime = Duration.seconds(7)
    /// How long a handshake may take.
    package var handshakeTime = Duration.seconds(20)
    /// Handshakes under way that peers have begun.
    ///
    /// When there are more, the oldest ones are closed.
    package var pendingHandshakeCount = 128
    /// Handshakes that may fail at once, from one address, and those that are forgiven in a second.
    package var failedHandshakes = (burst: 100, perSecond: 10)
    /// By which the workers of the node look at sockets themselves; nil: an event loop reads them, as it does within TLS.
    package var poller: Poller?
    package var logger = Logger(label: "ErlangDistribution")

    package init(name: NodeName, cookie: CookieSource = .standard, creation: UInt32 = Creation.random()) {
      self.name = name
      self.cookie = cookie
      self.creation = creation
    }

    var flags: DistributionFlags { isVisible ? .visible : .hidden }
  }

  /// Why a node could not be started.
  package enum NetworkStartError: Error, Sendable {
    case cookie(CookieError)
    case epmd(EpmdError)
    /// It listens beyond loopback, without TLS or with one that verifies nobody, and nobody said that the network is to be
    /// trusted.
    case untrustedNetwork(String, isEncrypted: Bool)
    /// The certificate, the key or the authorities cannot be used.
    case tls(String)
    case cannotListen(String)
    /// Something else than an epmd was given a port of 0 or above 65535.
    case badPort(Int)
  }

  extension NetworkStartError: CustomStringConvertible {
    package var description: String {
      switch self {
      case .cookie(let error): "\(error)"
      case .epmd(let error): "the node cannot be registered: \(error)"
      case .untrustedNetwork(let host, false):
        "\(host) can be reached from other hosts, and what nodes say to each other is not encrypted: listen on 127.0.0.1, "
          + "set the option tls, or say that the network is trusted"
      case .untrustedNetwork(let host, true):
        "\(host) can be reached from other hosts, and TLS does not verify who they are: set its verification to peer, listen "
          + "on 127.0.0.1, or say that the network is trusted"
      case .tls(let why): "there is no TLS: \(why)"
      case .cannotListen(let why): "the node cannot listen: \(why)"
      case .badPort(let port): "there is no port \(port)"
      }
    }
  }
#endif
