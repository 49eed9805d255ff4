package import ErlangTerms
@_spi(Runtime) package import ProcessRuntime

/// Who watches whom over one connection, and who waits for an answer.
package struct MonitorTable: Sendable {
  /// A process of the peer that is watched from here.
  package struct Watch: Sendable {
    package var watcher: RemoteWatcher
    package var target: RemoteProcess
  }

  /// A process of this node that is watched from there.
  package struct Watched: Sendable {
    package var process: ProcessID
    package var number: UInt64
    /// As the peer has named it.
    package var target: ProcessTarget
    package var by: RemoteProcess
  }

  /// A call that has not been answered.
  package struct Call: Sendable {
    package var target: RemoteProcess
    package var end: @Sendable (CallEnd) -> Void
  }

  /// How a call ends.
  package enum CallEnd: Sendable {
    case answer(Payload)
    case failed(ExitReason)
  }

  private(set) var watches: [UInt64: Watch] = [:]
  private(set) var calls: [UInt64: Call] = [:]
  private var watched: [Term.Reference: Watched] = [:]
  private var watchedByNumber: [UInt64: Term.Reference] = [:]

  package init() {}

  package var watchedCount: Int { watched.count }
  package var count: Int { watches.count + calls.count + watched.count }

  package mutating func watch(_ number: UInt64, _ watch: Watch) { watches[number] = watch }
  package mutating func unwatch(_ number: UInt64) -> Watch? { watches.removeValue(forKey: number) }

  package mutating func begin(_ number: UInt64, _ call: Call) { calls[number] = call }
  package mutating func end(_ number: UInt64) -> Call? { calls.removeValue(forKey: number) }

  /// A monitor of the peer's.
  ///
  /// False if there is one with that reference.
  package mutating func addWatched(_ ref: Term.Reference, _ entry: Watched) -> Bool {
    guard watched[ref] == nil else { return false }
    watched[ref] = entry
    watchedByNumber[entry.number] = ref
    return true
  }

  package func watched(_ ref: Term.Reference) -> Watched? { watched[ref] }

  package mutating func removeWatched(_ ref: Term.Reference) -> Watched? {
    guard let entry = watched.removeValue(forKey: ref) else { return nil }
    watchedByNumber[entry.number] = nil
    return entry
  }

  package mutating func removeWatched(_ number: UInt64) -> (ref: Term.Reference, entry: Watched)? {
    guard let ref = watchedByNumber.removeValue(forKey: number), let entry = watched.removeValue(forKey: ref)
    else { return nil }
    return (ref, entry)
  }

  /// The connection is lost.
  package mutating func takeAll() -> (watches: [UInt64: Watch], calls: [Call], watched: [Watched]) {
    defer { self = MonitorTable() }
    return (watches, Array(calls.values), Array(watched.values))
  }
}
