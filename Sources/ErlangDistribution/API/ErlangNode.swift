public import ErlangTerms
@_spi(Runtime) package import ProcessRuntime
public import Supervision
import Synchronization

/// This program as a node of an Erlang cluster: its processes are processes of that node, and those of the other nodes can be
/// sent to, called, linked, monitored and ended as if they were here.
///
///     let node = ErlangNode("shop@localhost", cookie: "secret")
///     try await node.start()
///
///     let prices = ProcessName<Prices.Message>("prices", node: "db@localhost")
///     let price = try await prices.call { .price(of: "tea", $0) }
///
/// A GenServer can be reached from other nodes, by its registered name or its pid, when its messages are `Codable`; what
/// becomes of them as terms says `TermCoding`. A message with a `ReplyTo` is a call, the others are casts. Nothing need be
/// declared.
///
/// The value may be made before there is a network, and copied anywhere. To have it supervised, make ``child`` a child.
///
/// Who knows the cookie can end and call every process here, and can read what others send: use it in a trusted network, or
/// with TLS (``TLSOptions``). Functions, and the making of children, must be exported to be available.
public final class ErlangNode: Sendable {
  package let distribution: Distribution
  let cookie: String?
  let running = Mutex<Supervisor?>(nil)

  /// Its name: `name@host`.
  public var name: String { distribution.identity.name.name }

  /// A node of this name.
  ///
  /// It is not connected to anything before it is started.
  ///
  /// Its processes are those of the caller's node: of the program, outside of tests.
  ///
  /// - Parameters:
  ///   - name: `name@host`. The host is a short name for nodes started with `-sname`, else one with dots or an address.
  ///   - cookie: what all nodes of the cluster know; nil: that of the environment (`RELEASE_COOKIE`), or of the file
  ///     `.erlang.cookie`.
  ///   - options: everything else.
  public convenience init(_ name: String, cookie: String? = nil, options: Options = Options()) {
    let identity = NodeIdentity(name: Atom(name), creation: UInt32.random(in: 4 ... .max))
    self.init(Distribution(identity, on: .current, options), cookie: cookie)
  }

  package init(_ distribution: Distribution, cookie: String? = nil) {
    self.distribution = distribution
    self.cookie = cookie
    Self.nodes.withLock { $0[distribution.core.number] = WeakNode(node: self) }
    if distribution.options.exportsBasics { exportBasics() }
  }

  // MARK: The node of a process

  private struct WeakNode {
    weak var node: ErlangNode?
  }

  private static let nodes = Mutex<[UInt64: WeakNode]>([:])

  /// The node that the code that asks belongs to; nil if the program is none.
  public static var current: ErlangNode? { of(Node.currentNumber()) }

  static func of(_ number: UInt64) -> ErlangNode? { nodes.withLock { $0[number]?.node } }
}

extension ErlangNode {
  /// How a node behaves.
  public struct Options: Sendable {
    /// How messages become terms.
    public var coding = TermCoding()
    /// How large and how deep a message from another node may be.
    public var limits = TermLimits()
    /// What other nodes may do.
    public var permissions = Permissions.all
    /// What those nodes may do that are to have other permissions than the rest, by their names.
    public var peerPermissions: [String: Permissions] = [:]
    /// How much each of them may have of this node.
    public var peerLimits = PeerLimits()
    /// What becomes of a server that is sent what it does not know.
    public var unknownMessages = UnknownMessages.drop
    /// How many messages wait for a connection that is being made; what is sent beyond that is dropped.
    public var messagesWhileConnecting = 10_000
    /// Whether others may ask for `erlang:node/0`, `nodes/0`, `whereis/1`, `registered/0` and `is_process_alive/1`.
    public var exportsBasics = false

    /// Whether others list it in `nodes()`, and expect it to take part in the cluster's affairs; else it is a hidden node.
    public var isVisible = false
    /// How nodes find each other.
    public var discovery = Discovery.epmd()
    /// Where it listens; nil for a node that only connects to others.
    public var listener: Listener? = Listener()
    #if TLS
      /// How connections are encrypted, and who may be at the other end; nil: not at all (`-proto_dist inet_tls`).
      ///
      /// There is this option with the package trait `TLS`.
      public var tls: TLSOptions?
    #endif
    /// After as long without a sign of life a node is taken for lost, or up to a quarter earlier or later (`net_ticktime`).
    ///
    /// All nodes of a cluster should have the same.
    public var tickTime = Duration.seconds(60)

    /// As Erlang has them, where that is safe.
    public init() {}
  }

  /// Where a node listens.
  public struct Listener: Hashable, Sendable {
    /// A name or an address of this host.
    ///
    /// Loopback by default: only nodes of this host can connect.
    public var host = "127.0.0.1"
    /// 0 takes any that is free.
    public var port = 0
    /// Says that everybody who can reach an address beyond loopback may be trusted: the cookie proves who connects, but what
    /// nodes say to each other is neither encrypted nor protected against change.
    ///
    /// Not needed with TLS.
    public var isNetworkTrusted = false

    /// On loopback, on any port.
    public init(host: String = "127.0.0.1", port: Int = 0, isNetworkTrusted: Bool = false) {
      self.host = host
      self.port = port
      self.isNetworkTrusted = isNetworkTrusted
    }
  }

  /// How nodes find each other.
  public struct Discovery: Hashable, Sendable {
    enum Kind: Hashable {
      case epmd(port: Int?, isEmbedded: Bool)
      case fixedPort(Int)
    }

    let kind: Kind

    /// By epmd, which runs on each host where Erlang does; on port 4369 if not given.
    ///
    /// - Parameters:
    ///   - port: where epmd is asked.
    ///   - isEmbedded: whether this program is the epmd of its host if there is none.
    /// - Returns: that way.
    public static func epmd(port: Int? = nil, isEmbedded: Bool = false) -> Self {
      Self(kind: .epmd(port: port, isEmbedded: isEmbedded))
    }

    /// All nodes listen on this port, each on an address of its own (`-start_epmd false -erl_epmd_port`).
    public static func fixedPort(_ port: Int) -> Self { Self(kind: .fixedPort(port)) }
  }
}

/// Nodes that come and go.
extension ErlangNode {
  /// The nodes that this one is connected to, hidden ones too (`nodes(connected)`), the oldest acquaintances first.
  public var connectedNodes: [String] { distribution.connectedPeers.map(\.name) }

  /// Makes a connection, if there is none (`net_kernel:connect_node/1`).
  ///
  /// Not needed: what is sent to another node makes one. Suspends until there is one.
  ///
  /// - Throws: ``ErlangNodeError``.
  public func connect(to node: String) async throws(ErlangNodeError) {
    guard let network = distribution.network else { throw ErlangNodeError("the node \(name) has not been started") }
    do {
      _ = try await network.connect(to: Atom(node))
    } catch {
      throw ErlangNodeError("no connection to \(node): \(error)")
    }
  }

  /// Ends the connection to a node (`erlang:disconnect_node/1`).
  ///
  /// Links and monitors of its processes fire with `noConnection`. Does not suspend.
  public func disconnect(from node: String) { distribution.peer(Atom(node)).connection?.close(.disconnected) }

  /// Whether the node answers (`net_adm:ping/1`).
  ///
  /// Suspends until it does, or five seconds.
  public func ping(_ node: String) async -> Bool {
    let kernel = distribution.peer(Atom(node)).process(.name("net_kernel"))
    let answer = try? await ProcessRef<ErlangMessage>(unsafelyTyped: kernel.id).call {
      .call(.tuple([.atom("is_auth"), .atom(self.distribution.identity.name)]), $0)
    }
    return answer == .atom("yes")
  }

  /// What happens to the connections from now on (`net_kernel:monitor_nodes/1`).
  public func events() -> AsyncStream<NodeEvent> {
    let distribution = distribution
    return AsyncStream { continuation in
      let number = distribution.listen { continuation.yield($0) }
      continuation.onTermination = { _ in distribution.unlisten(number) }
    }
  }

  /// Sends a process a message for each node that comes or goes (`net_kernel:monitor_nodes/1`).
  ///
  /// Does not suspend. What is sent to a dead process is dropped.
  ///
  /// - Returns: what ends it.
  @discardableResult
  public func monitorNodes<Message>(
    _ process: ProcessRef<Message>, _ make: @escaping @Sendable (NodeEvent) -> Message?
  ) -> NodeMonitor {
    NodeMonitor(
      distribution: distribution, number: distribution.listen(for: process.id) { make($0).map { process.send($0) } })
  }
}

/// A node has come or gone (OTP's `nodeup` and `nodedown`).
public enum NodeEvent: Hashable, Sendable, CustomStringConvertible {
  /// There is a connection to it.
  case up(String)
  /// The connection is lost, and why.
  case down(String, String)

  public var description: String {
    switch self {
    case .up(let node): "\(node) is connected"
    case .down(let node, let reason): "the connection to \(node) has ended: \(reason)"
    }
  }
}

/// A wish to hear of nodes that come and go.
public struct NodeMonitor: Sendable {
  let distribution: Distribution
  let number: UInt64

  /// Takes it back.
  public func cancel() { distribution.unlisten(number) }
}

/// What a node could not do.
public struct ErlangNodeError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
