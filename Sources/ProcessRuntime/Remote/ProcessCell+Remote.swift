/// What another node's signals do to a process of this one.
extension ProcessCell {
  /// Enters one half of a link to a process of another node.
  ///
  /// False if this process is dead.
  package final func addLink(_ remote: RemoteProcess) -> Bool {
    lock.withLock {
      guard reason == nil else { return false }
      links.insert(remote)
      return true
    }
  }

  package final func removeLink(_ remote: RemoteProcess) {
    lock.withLock { _ = links.remove(remote) }
  }

  /// Enters the monitor of a process of another node.
  ///
  /// False if this process is dead.
  package final func addWatcher(_ number: UInt64, of remote: RemoteProcess) -> Bool {
    addWatcher(Watcher(ref: number, cell: remote))
  }
}

extension Node {
  /// The living process of that number.
  package func process(_ number: UInt64) -> ProcessCell? { processes[number] }

  /// The living process of that name.
  package func whereis(_ name: String) -> ProcessCell? { names.whereis(name) }
}
