/// A supervision tree as data: what would be started, or what runs.
///
/// Made from a ``SupervisorBehaviour`` it describes what would be started, without starting anything; made by
/// ``Supervisor/describe(limit:timeout:)``, what runs. ``json`` is the same text for the same tree, so that a tree can be
/// kept beside the source and compared with, and ``description`` is for people.
///
///     print(TreeDescription(of: Shop()).json)
public struct TreeDescription: Codable, Hashable, Sendable {
  /// What kind of process it is.
  public enum Kind: String, Codable, Hashable, Sendable {
    case worker, supervisor, dynamicSupervisor
  }

  /// Whether it runs.
  public enum State: String, Codable, Hashable, Sendable {
    case running, stopped, restarting, quarantined
  }

  /// Its id in its supervisor; at the top, its name or its type.
  public var id: String
  /// What kind of process it is.
  public var kind: Kind
  /// Its type: `Cache`, `Shop`, `DynamicSupervisor`, `PartitionSupervisor`, `task`.
  public var type: String
  /// The name that a supervisor is registered under, if it is said in its specification.
  public var name: String?
  /// When it is started again: `permanent`, `transient`, `temporary`; nil at the top.
  public var restart: String?
  /// How it is stopped; nil at the top.
  public var shutdown: ShutdownTime?
  /// Whether its end can end its supervisor.
  public var significant: Bool?
  /// What is done for it beyond OTP; nil if nothing is.
  public var care: CareDescription?

  /// Which children a supervisor starts again: `oneForOne`, `oneForAll`, `restForOne`; nil for a worker.
  public var strategy: String?
  /// When a supervisor gives up; nil for a worker.
  public var intensity: RestartLimit?
  /// Whether a supervisor ends with its significant children: `never`, `anySignificant`, `allSignificant`; nil for a worker.
  public var autoShutdown: String?
  /// How many children a dynamic supervisor may have, if that is limited.
  public var maxChildren: Int?
  /// The children in start order, those of a dynamic supervisor by process; nil for a worker.
  public var children: [TreeDescription]?
  /// How many children of a dynamic supervisor are not listed, because there are more than were asked for.
  public var unlistedChildren: Int?

  /// How many restarts the tree allows at most; nil for a worker.
  public var worstRestarts: WorstRestarts?
  /// How long it may take to stop, at most.
  public var worstShutdown: WorstShutdown?

  /// Whether it runs; nil in a description of what would be started.
  public var state: State?
  /// Its process, such as `<0.113.0>`; nil if it has none.
  public var process: String?

  /// A description of these.
  init(id: String, kind: Kind, type: String) {
    self.id = id
    self.kind = kind
    self.type = type
  }

  /// What a tree would start, without starting it.
  ///
  /// The tree's `strategy`, `intensity` and `children` are read, and those of the trees in it. Does not suspend.
  public init(of tree: some SupervisorBehaviour) {
    self.init(id: "\(Swift.type(of: tree))", kind: .supervisor, type: "\(Swift.type(of: tree))")
    fill(SupervisorSnapshot(tree)) { TreeDescription(planned: $0) }
    estimate()
  }

  /// The same without what differs from one run to the next: processes and states.
  public var plan: TreeDescription {
    var plan = self
    plan.process = nil
    plan.state = nil
    plan.children = children.map { $0.map(\.plan) }
    return plan
  }
}

/// How often children are restarted before somebody gives up.
public struct RestartLimit: Codable, Hashable, Sendable {
  /// How many restarts are accepted.
  public var restarts: Int
  /// The time within which they count, in seconds.
  public var seconds: Double

  init(_ restarts: Int, _ period: Duration) {
    self.restarts = restarts
    seconds = period.inSeconds
  }
}

/// What a supervisor does for a child beyond OTP: see ``ChildCare``.
public struct CareDescription: Codable, Hashable, Sendable {
  /// The waits before restarts.
  public var backoff: String?
  /// How often it may fail before it is in quarantine.
  public var budget: RestartLimit?
  /// How long a quarantine lasts, in seconds; nil: until somebody restarts it, or there is no budget.
  public var retriesAfter: Double?
  /// What kinds of faults lead to, by kind.
  public var faultResponses: [String: String]?
  /// Whether it has policies of its own for faults, hangs and the mailbox, and which.
  public var policies: [String]?

  init?(_ care: ChildCare) {
    if care == ChildCare() { return nil }
    backoff = care.backoff?.description
    budget = care.budget.map { RestartLimit($0.restarts, $0.period) }
    retriesAfter = care.budget?.retriesAfter?.inSeconds
    if !care.faultResponses.isEmpty {
      faultResponses = [:]
      for (kind, response) in care.faultResponses { faultResponses?["\(kind)"] = "\(response)" }
    }
    var policies: [String] = []
    if care.faultPolicy != nil { policies.append("faults") }
    if care.hangPolicy != nil { policies.append("hangs") }
    if care.mailboxPolicy != nil { policies.append("mailbox") }
    self.policies = policies.isEmpty ? nil : policies
  }
}

/// How a child is stopped: in JSON a number of seconds, `"brutalKill"` or `"infinity"`.
public enum ShutdownTime: Hashable, Sendable {
  case seconds(Double)
  case brutalKill
  case infinity

  init(_ shutdown: ChildSpec.Shutdown) {
    self =
      switch shutdown {
      case .timeout(let time): .seconds(time.inSeconds)
      case .brutalKill: .brutalKill
      case .infinity: .infinity
      }
  }
}

extension ShutdownTime: Codable {
  /// From a number or a word.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let seconds = try? container.decode(Double.self) {
      self = .seconds(seconds)
      return
    }
    switch try container.decode(String.self) {
    case "brutalKill": self = .brutalKill
    case "infinity": self = .infinity
    case let word:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(word) is no shutdown; it is a number of seconds, brutalKill or infinity")
    }
  }

  /// To a number or a word.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .seconds(let seconds): try container.encode(seconds)
    case .brutalKill: try container.encode("brutalKill")
    case .infinity: try container.encode("infinity")
    }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
