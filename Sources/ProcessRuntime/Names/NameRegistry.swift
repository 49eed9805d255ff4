/// A place where names are kept, besides the node's own table (OTP's `via` modules).
///
/// Whatever takes a ``ProcessName`` takes a name of such a place: starting, calling, sending, monitoring.
///
///     let match = ProcessName<Match.Message>.via(matches, 42)
///     try await Match.startLink(match) { Match(42) }
///     try await match.call { .score($0) }
///
/// `ProcessRegistry` is one. Write another for names that live elsewhere. Its functions must not suspend, may be called
/// on any thread, and a process must be found no more once it has ended.
public protocol NameRegistry<Key>: Hashable, Sendable {
  /// What a process is found by.
  associatedtype Key: Hashable & Sendable

  /// The living process that has the key, or nil (`whereis_name/1`).
  func whereisName(_ key: Key) -> ProcessID?

  /// Gives the key to a process, which may not have begun to run (`register_name/2`).
  ///
  /// - Throws: ``NameError``, `taken` if a living process has it.
  func registerName(_ key: Key, _ process: ProcessID) throws(NameError)

  /// Takes the key away from whoever has it (`unregister_name/1`).
  ///
  /// - Throws: ``NameError``, `notRegistered` if nobody has it.
  func unregisterName(_ key: Key) throws(NameError)
}

extension NameRegistry {
  /// To be called when a process has got a key, or has lost one: wakes those who wait in
  /// ``ProcessName/registered(otherThan:within:)`` and ``ProcessName/unregistered(within:)``.
  ///
  /// Does not suspend.
  public func namesChanged() { Node.current.names.viaChanged() }
}

extension ProcessName {
  /// A name that is kept by a registry (OTP's `{via, Registry, Key}`).
  ///
  /// Looked up at each use, as every name. Two such names are equal if the registries and the keys are.
  public static func via<Registry: NameRegistry>(_ registry: Registry, _ key: Registry.Key) -> Self {
    Self(target: .via(KeyName(registry: registry, key: key)))
  }
}

private struct KeyName<Registry: NameRegistry>: ViaName, Hashable {
  let registry: Registry
  let key: Registry.Key

  var text: String { "\(key)" }
  func whereis(onNode node: UInt64) -> ProcessID? { registry.whereisName(key) }
  func isReleased(onNode node: UInt64) -> Bool { registry.whereisName(key) == nil }
  func register(_ process: ProcessID) throws(NameError) { try registry.registerName(key, process) }
  func unregister() throws(NameError) { try registry.unregisterName(key) }
  func isEqual(to other: any ViaName) -> Bool { (other as? Self) == self }
}
