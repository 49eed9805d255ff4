@_spi(Runtime) package import ProcessRuntime
package import Supervision

/// One process in detail.
extension ProcessReader {
  private static var mostLinks: Int { 30 }

  /// Nil if there is no such process any more; with `showsState` a server is asked for its state, which costs it one system
  /// message.
  package func process(_ number: UInt64, showsState: Bool) async -> ProcessSnapshot? {
    guard let process = node.livingProcess(number), let summary = process.summary, let details = process.info else {
      return nil
    }
    let most = Self.mostLinks
    var snapshot = ProcessSnapshot(
      row: ProcessRow(summary), trapsExits: details.trapsExits, parent: details.parent.map(ProcessLink.init),
      ancestors: details.ancestors.map(ProcessLink.init), links: details.links.prefix(most).map(ProcessLink.init),
      otherLinks: max(0, details.links.count - most),
      monitors: details.monitors.prefix(most).map { ProcessLink($0.process) },
      otherMonitors: max(0, details.monitors.count - most),
      monitoredBy: details.monitoredBy.prefix(most).map(ProcessLink.init),
      otherMonitoredBy: max(0, details.monitoredBy.count - most), rates: [])
    snapshot.child = await place(of: process, under: details.parent)
    if !showsState {
      snapshot.serverNote = "States are not shown: the observer is configured so."
    } else {
      do throws(SysError) {
        snapshot.server = ServerSnapshot(try await Sys.getStatus(of: process, timeout: .milliseconds(500)))
      } catch {
        snapshot.serverNote = Self.note(on: error)
      }
    }
    return snapshot
  }

  private static func note(on error: SysError) -> String {
    switch error.kind {
    case .notAServer: "It is no server, so there is no state to show."
    case .call(let error):
      switch error.kind {
      case .timeout: "It has not answered within half a second: it is busy, or waits for something."
      default: "It has not answered: \(error.description)"
      }
    default: error.description
    }
  }

  private func place(of process: ProcessID, under parent: ProcessID?) async -> ChildPlace? {
    guard let parent, parent.supervisorKind == "Supervisor",
      let snapshot = try? await parent.supervisorSnapshot(0, ofStatic: 500, .milliseconds(100)),
      let child = snapshot.children.first(where: { $0.entry?.process == process })
    else { return nil }
    return ChildPlace(
      supervisor: parent.number, supervisorTitle: ProcessLink(parent).title, id: child.spec.id.text)
  }
}

extension ProcessLink {
  package init(_ process: ProcessID) {
    let isRemote = process.remoteNode != nil
    self.init(
      number: isRemote ? 0 : process.number, id: "\(process)",
      title: process.registeredName ?? process.label ?? (isRemote ? "remote" : process.supervisorKind ?? process.kind),
      isAlive: process.isAlive)
  }
}

extension ServerSnapshot {
  package init(_ status: SystemStatus) {
    self.init(
      behaviour: status.behaviour, activity: status.activity.rawValue, state: status.state,
      details: status.details.map(\.description), log: status.log.suffix(20).map(\.description))
  }
}
