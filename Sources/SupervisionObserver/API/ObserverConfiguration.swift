import SupervisionInspection

/// What an observer shows, to whom, and what it may do.
///
///     var observer = ObserverConfiguration(allowsActions: true)
///     observer.title = "shop@host7"
///
/// Without a token the page answers requests from the same machine alone.
public struct ObserverConfiguration: Sendable {
  /// What stands at the top of the page; if not set, the program's name.
  public var title: String
  /// What a visitor must know, or nil: then only requests from the same machine are answered.
  ///
  /// It is asked for once, by a form, or sent as `Authorization: Bearer …`. Make it long and by chance.
  public var token: String?
  /// Whether processes can be killed and suspended, and children started again, from the page.
  public var allowsActions: Bool
  /// Whether a server is asked for its state when its page is opened.
  ///
  /// What is shown of states and messages is what `Reports.redaction` and the server's own redaction allow.
  public var showsStates = true
  /// How many crash reports are kept.
  ///
  /// They are kept whether anybody looks or not, at the cost of a crash and no other.
  public var keptCrashes = 200
  /// How often a page that is looked at is brought up to date; a tenth of a second at least.
  public var interval = Duration.seconds(1)
  /// Where the other nodes of the cluster come from; nil: there is no list of them.
  ///
  ///     observer.clusterNodes = { erlang.connectedNodes.map { ClusterNode(name: $0) } }
  public var clusterNodes: (@Sendable () async -> [ClusterNode])?

  /// A configuration of these; without arguments, for the same machine and for looking only.
  public init(title: String? = nil, token: String? = nil, allowsActions: Bool = false) {
    let program = CommandLine.arguments.first?.split(separator: "/").last.map(String.init)
    self.title = title ?? program ?? "supervision"
    self.token = token
    self.allowsActions = allowsActions
  }

  /// In seconds.
  var seconds: Double { max(0.1, interval.seconds) }

  func validate() throws(ObserverError) {
    if let token, token.utf8.count < 8 { throw .shortToken }
  }
}

/// Another node of the cluster, as the page lists it.
public struct ClusterNode: Hashable, Sendable, Codable {
  /// Its name: `shop@host8`.
  public var name: String
  /// A word about it: since when it is connected, what it is for.
  public var note: String?

  /// A node of that name.
  public init(name: String, note: String? = nil) {
    self.name = name
    self.note = note
  }
}

/// Why an observer does not start.
public enum ObserverError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Others than this machine could reach the page, and it has no token.
  case tokenRequired(String)
  /// The token can be guessed.
  case shortToken
  /// Another program listens at that place, `127.0.0.1:4040`.
  case portTaken(String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .tokenRequired(let place):
      "\(place) can be reached from other machines: give the observer a token, or let it listen on 127.0.0.1"
    case .shortToken:
      "the observer's token has fewer than eight bytes and can be guessed; take some thirty by chance, such as `openssl rand -hex 16` prints"
    case .portTaken(let place):
      "the observer cannot listen on \(place): another program does; end that one, or give the observer another port"
    }
  }
}
