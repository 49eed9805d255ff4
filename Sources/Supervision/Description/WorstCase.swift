/// How many restarts a tree allows, at most.
///
/// A supervisor makes *r* restarts within *p* seconds, and gives up at one more. What nests is that a child that is a
/// supervisor begins to count anew when it is restarted. See <doc:DescribingTrees> for the formulas.
public struct WorstRestarts: Codable, Hashable, Sendable {
  /// How many restarts there are in the whole tree before its top gives up, if everything that can fail does so at once.
  public var atOnce: Int
  /// How many restarts a minute the whole tree can go on with for ever, without its top giving up.
  ///
  /// An upper bound: backoffs make it less.
  public var perMinute: Double
}

/// How long it may take to stop a tree, at most.
public struct WorstShutdown: Codable, Hashable, Sendable {
  /// In seconds: the sum for children that are stopped one after the other, the longest for those that are stopped together.
  ///
  /// Without those that are named below.
  public var seconds: Double
  /// The paths of those that may take as long as they like.
  public var unlimited: [String]?
  /// The paths of dynamic supervisors whose children are not known.
  public var unknown: [String]?

  /// Whether it is an upper bound.
  public var isBounded: Bool { unlimited == nil && unknown == nil }
}

extension TreeDescription {
  /// Fills in the worst cases, from the leaves to the top.
  mutating func estimate() {
    for index in (children ?? []).indices { children?[index].estimate() }
    if children != nil { worstRestarts = restarts }
    worstShutdown = stopping
  }

  /// As its own supervisor counts it.
  private var isRestarted: Bool { restart != "temporary" }

  private var restarts: WorstRestarts {
    let children = children ?? []
    let first = children.reduce(0) { $0.adding($1.atOnce) }
    // What one restart by this supervisor allows besides: those that begin to count anew.
    let again =
      strategy == "oneForOne"
      ? children.filter { $0.care?.budget == nil }.map(\.atOnceAgain).max() ?? 0
      : children.filter(\.isRestarted).reduce(0) { $0.adding($1.atOnce) }
    // A dynamic supervisor may have children of any kind later.
    let counts = kind == .dynamicSupervisor || children.contains { $0.isRestarted && $0.care?.budget == nil }
    let own = counts ? max(0, intensity?.restarts ?? 0) : 0
    let each = 1.adding(again)
    var atOnce = first.adding(own.multiplied(by: each))
    var perSecond = Double(own) * Double(each) / (intensity?.window ?? 1)
    for child in children {
      guard let budget = child.care?.budget, child.isRestarted else { continue }
      let each = 1.adding(child.atOnceAgain)
      atOnce = atOnce.adding(max(0, budget.restarts).multiplied(by: each))
      // So many in its period and one on trial; or nothing but trials.
      let trials = child.care?.retriesAfter.map { 1 / $0 } ?? 0
      perSecond += ((Double(budget.restarts) + 1) / budget.window + trials) * Double(each)
    }
    let inner = children.reduce(0) { $0 + ($1.worstRestarts?.perMinute ?? 0) }
    return WorstRestarts(atOnce: atOnce, perMinute: (inner + perSecond * 60).roundedToThousandths)
  }

  private var atOnce: Int { worstRestarts?.atOnce ?? 0 }

  /// Gives up with `shutdown`, which is clean: only a permanent supervisor comes back.
  private var atOnceAgain: Int { restart == "permanent" ? atOnce : 0 }

  private var stopping: WorstShutdown {
    guard let children else { return limited(WorstShutdown(seconds: 0), own: true) }
    var whole = WorstShutdown(seconds: 0)
    for child in children {
      guard let part = child.worstShutdown else { continue }
      whole.seconds = kind == .dynamicSupervisor ? max(whole.seconds, part.seconds) : whole.seconds + part.seconds
      whole.add(part, below: child.id)
    }
    if kind == .dynamicSupervisor, state == nil || unlistedChildren != nil {
      whole.unknown = (whole.unknown ?? []) + [""]
    }
    return limited(whole, own: false)
  }

  /// What its own supervisor allows it.
  private func limited(_ needed: WorstShutdown, own isWorker: Bool) -> WorstShutdown {
    switch shutdown {
    case .brutalKill: return WorstShutdown(seconds: 0)
    case .seconds(let limit):
      if isWorker || !needed.isBounded || needed.seconds > limit { return WorstShutdown(seconds: limit) }
      return needed
    case .infinity: return isWorker ? WorstShutdown(seconds: 0, unlimited: [""]) : needed
    case nil: return needed
    }
  }
}

extension WorstShutdown {
  fileprivate mutating func add(_ part: WorstShutdown, below id: String) {
    func path(_ rest: String) -> String { rest.isEmpty ? id : "\(id)/\(rest)" }
    if let more = part.unlimited { unlimited = (unlimited ?? []) + more.map(path) }
    if let more = part.unknown { unknown = (unknown ?? []) + more.map(path) }
  }
}

extension RestartLimit {
  /// In seconds: how long it takes until as many are allowed again.
  ///
  /// Whole seconds count, and the last one counts too.
  fileprivate var window: Double { max(0, seconds.rounded(.down)) + 1 }
}

extension Int {
  fileprivate func adding(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }

  fileprivate func multiplied(by other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }
}

extension Double {
  fileprivate var roundedToThousandths: Double { (self * 1_000).rounded() / 1_000 }
}
