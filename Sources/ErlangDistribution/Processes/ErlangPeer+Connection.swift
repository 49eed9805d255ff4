import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The connection comes and goes.
extension ErlangPeer {
  func connected(_ connection: any PeerConnection) {
    state.withLock { state in
      let waiting: [(RemoteProcess?, ControlMessage)]
      if case .dialing(let queue) = state.link { waiting = queue } else { waiting = [] }
      state.link = .up(connection)
      state.creation = connection.peer.node.creation
      state.refused = []
      for (target, message) in waiting { transmit(message, to: target, &state) }
    }
  }

  /// The connection is lost, or could not be made.
  func disconnected(_ connection: (any PeerConnection)?) {
    let lost = state.withLock { state -> Lost? in
      switch state.link {
      case .up(let present):
        guard let connection, connection.id == present.id else { return nil }
      case .dialing: guard connection == nil else { return nil }
      case .none: return nil
      }
      state.link = .none
      let (watches, calls, watched) = state.monitors.takeAll()
      return Lost(links: state.links.takeAll(), watches: watches, calls: calls, watched: watched)
    }
    guard let lost else { return }
    node.spawns.lost(self)
    defer { forgetProcesses() }
    // Who has few hears of it before this returns; very many are told by a process, a slice in each of its turns.
    if lost.count <= 1_000 { return lost.tell(from: 0, to: lost.count) }
    _ = spawn(on: node.core) {
      for start in stride(from: 0, to: lost.count, by: 1_000) {
        lost.tell(from: start, to: min(start + 1_000, lost.count))
        try await CurrentProcess.sleep(for: .zero)
      }
    }
  }

  /// What was tied to processes of the peer.
  private struct Lost: Sendable {
    let links: [LinkTable.Key]
    let watches: [(UInt64, MonitorTable.Watch)]
    let calls: [MonitorTable.Call]
    let watched: [MonitorTable.Watched]

    init(
      links: [LinkTable.Key], watches: [UInt64: MonitorTable.Watch], calls: [MonitorTable.Call],
      watched: [MonitorTable.Watched]
    ) {
      // In the order of their numbers, so that a seeded run is the same each time.
      self.links = links.sorted { $0.local.cell.number < $1.local.cell.number }
      self.watches = watches.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      self.calls = calls
      self.watched = watched
    }

    var count: Int { links.count + watches.count + calls.count + watched.count }

    func tell(from start: Int, to end: Int) {
      for index in start..<end { tell(index) }
    }

    private func tell(_ index: Int) {
      var index = index
      if index < links.count {
        let link = links[index]
        return link.local.cell.receiveExit(from: link.remote, .noConnection, isLink: true)
      }
      index -= links.count
      if index < watches.count {
        let (number, watch) = watches[index]
        return watch.watcher.tell(number, watch.target, .noConnection)
      }
      index -= watches.count
      if index < calls.count { return calls[index].end(.failed(.noConnection)) }
      index -= calls.count
      let entry = watched[index]
      entry.process.cell.removeWatcher(entry.number, of: entry.by)
    }
  }
}
