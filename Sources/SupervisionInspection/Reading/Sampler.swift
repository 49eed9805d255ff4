@_spi(Runtime) package import ProcessRuntime
import Supervision

/// Looks at a node on behalf of all who watch: what one of them has just asked for is what the others get.
///
/// It looks when it is asked, at most once in an interval. Only while somebody watches are restarts counted and plots kept.
package actor Sampler {
  private struct Sample<Value: Sendable>: Sendable {
    let value: Value
    let at: Instant
  }

  private struct Look: Sendable {
    let statistics: NodeStatistics
    let restarts: Int
    let at: Instant
  }

  private struct Track: Sendable {
    var reductions: UInt64
    var at: Instant
    var rates: [Double] = []
  }

  package static var points: Int { 120 }
  package static var mostWatchers: Int { 64 }
  private static var mostLists: Int { 16 }
  private static var mostTracks: Int { 32 }

  package nonisolated let runtime: Node
  private let settings: InspectionSettings
  private let began = Instant.now

  package private(set) var watchers = 0
  private var feed = RestartFeed()
  private var monitor: EventMonitor?
  private var last: Look?
  private var history: [NodePoint] = []
  private var nodeSample: Sample<NodeSnapshot>?
  private var treeSample: Sample<TreeSnapshot>?
  private var treeRead: Task<TreeSnapshot, Never>?
  private var lists: [ProcessQuery: Sample<ProcessList>] = [:]
  private var tracks: [UInt64: Track] = [:]

  package init(node: Node, _ settings: InspectionSettings) {
    runtime = node
    self.settings = settings
  }

  // MARK: Watchers

  /// Somebody begins to watch.
  package func begin() {
    watchers += 1
    guard watchers == 1 else { return }
    let feed = RestartFeed()
    self.feed = feed
    monitor = ChildRestarts.bus(of: runtime).monitor(label: settings.label) { feed.note($0, at: .now) }
    last = nil
    nodeSample = nil
  }

  /// Somebody has ended watching; with the last one everything that is kept goes.
  package func end() {
    watchers -= 1
    guard watchers == 0 else { return }
    monitor?.demonitor()
    monitor = nil
    history = []
    nodeSample = nil
    treeSample = nil
    lists = [:]
    tracks = [:]
  }

  private func isFresh(_ at: Instant?, _ now: Instant) -> Bool {
    at.map { now.seconds(since: $0) < settings.interval * 0.9 } ?? false
  }

  // MARK: What there is to see

  package func node() async -> NodeSnapshot {
    let now = Instant.now
    if let nodeSample, isFresh(nodeSample.at, now) { return nodeSample.value }
    let look = Look(statistics: NodeStatistics(runtime), restarts: feed.count, at: now)
    var snapshot = NodeSnapshot(look.statistics, settings, at: now, uptime: now.seconds(since: began))
    if let last {
      let seconds = max(0.001, now.seconds(since: last.at))
      snapshot.loads = look.statistics.loads(since: last.statistics)
      snapshot.restartsPerSecond = Double(look.restarts - last.restarts) / seconds
      history.append(
        NodePoint(
          time: now.since1970, loads: snapshot.loads, processes: snapshot.processes, runQueue: snapshot.runQueue,
          memory: snapshot.memory, restartsPerSecond: snapshot.restartsPerSecond))
      if history.count > Self.points { history.removeFirst(history.count - Self.points) }
    }
    last = look
    snapshot.history = history
    snapshot.restarts = feed.latest(at: now)
    nodeSample = Sample(value: snapshot, at: now)
    if let nodes = settings.neighbours {
      snapshot.nodes = await nodes()
      nodeSample = Sample(value: snapshot, at: now)
    }
    return snapshot
  }

  package func tree() async -> TreeSnapshot {
    if let treeSample, isFresh(treeSample.at, .now) { return treeSample.value }
    if let treeRead { return await treeRead.value }
    let reader = TreeReader(node: runtime)
    // Not the visitor's own task: others wait for it too, and he may go.
    let read = Task { await reader.read() }
    treeRead = read
    let tree = await read.value
    treeRead = nil
    treeSample = Sample(value: tree, at: .now)
    return tree
  }

  package func processes(_ query: ProcessQuery) -> ProcessList {
    let now = Instant.now
    if let known = lists[query], isFresh(known.at, now) { return known.value }
    lists = lists.filter { isFresh($0.value.at, now) }
    if lists.count >= Self.mostLists, let oldest = lists.min(by: { $0.value.at < $1.value.at }) {
      lists[oldest.key] = nil
    }
    let list = ProcessReader(node: runtime).list(query)
    lists[query] = Sample(value: list, at: now)
    return list
  }

  package func process(_ number: UInt64) async -> ProcessSnapshot? {
    let reader = ProcessReader(node: runtime)
    guard var snapshot = await reader.process(number, showsState: settings.showsStates) else {
      tracks[number] = nil
      return nil
    }
    snapshot.rates = note(number, snapshot.row.reductions)
    return snapshot
  }

  private func note(_ number: UInt64, _ reductions: UInt64) -> [Double] {
    let now = Instant.now
    guard var track = tracks[number] else {
      if tracks.count >= Self.mostTracks, let oldest = tracks.min(by: { $0.value.at < $1.value.at }) {
        tracks[oldest.key] = nil
      }
      tracks[number] = Track(reductions: reductions, at: now)
      return []
    }
    if isFresh(track.at, now) { return track.rates }
    let seconds = max(0.001, now.seconds(since: track.at))
    track.rates.append(Double(reductions &- track.reductions) / seconds)
    if track.rates.count > Self.points { track.rates.removeFirst() }
    track.reductions = reductions
    track.at = now
    tracks[number] = track
    return track.rates
  }
}

extension NodeSnapshot {
  package init(_ statistics: NodeStatistics, _ settings: InspectionSettings, at now: Instant, uptime: Double) {
    let budget = FaultBudget.program
    self.init(
      title: settings.title, time: now.since1970, uptime: uptime, processes: statistics.processes,
      runQueue: statistics.runQueue, timers: statistics.timers, schedulers: statistics.schedulers,
      spareSchedulers: statistics.spareSchedulers, disowned: statistics.disowned, loads: [],
      memory: ProgramMemory.resident,
      faults: Dictionary(uniqueKeysWithValues: statistics.faults.map { ("\($0.key)", $0.value) }),
      parkedThreads: FaultBudget.spent, faultBudget: budget.total, faultBudgetLeft: statistics.faultBudgetLeft,
      restartsPerSecond: 0, restarts: [], history: [], nodes: nil)
  }
}
