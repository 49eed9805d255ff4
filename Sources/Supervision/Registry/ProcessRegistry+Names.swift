@_spi(Runtime) public import ProcessRuntime

/// Keys as names (OTP's `{via, Registry, {Registry, Key}}`).
extension ProcessRegistry: NameRegistry where Value == Void {
  /// Who has the key, as ``whereis(_:)`` says.
  public func whereisName(_ key: Key) -> ProcessID? { whereis(key) }

  /// Gives the key to a process, as a start with a name does.
  public func registerName(_ key: Key, _ process: ProcessID) throws(NameError) {
    try RegistryName(core: core, key: key, value: ()).register(process)
  }

  /// Takes the key away from whoever has it, where ``unregister(_:)`` takes it from the current process only.
  public func unregisterName(_ key: Key) throws(NameError) {
    try RegistryName(core: core, key: key, value: ()).unregister()
  }
}

extension ProcessName {
  /// A name that is a key of a registry.
  ///
  ///     ChildSpec(.via(matches, 42)) { Match(42) }
  @inlinable
  public static func via<Key>(_ registry: ProcessRegistry<Key, Void>, _ key: Key) -> Self {
    .via(registry, key, value: ())
  }

  /// A name that is a key of a registry, with the value that who starts under the name is registered with
  /// (Elixir's `{:via, Registry, {Registry, key, value}}`).
  @inlinable
  public static func via<Key, Value>(_ registry: ProcessRegistry<Key, Value>, _ key: Key, value: Value) -> Self {
    Self(via: RegistryName(core: registry.core, key: key, value: value))
  }
}

/// A key of a registry as a name, and what is entered together with it.
@usableFromInline
struct RegistryName<Key: Hashable & Sendable, Value: Sendable>: ViaName {
  let core: RegistryCore<Key, Value>
  let key: Key
  let value: Value

  @usableFromInline
  init(core: RegistryCore<Key, Value>, key: Key, value: Value) {
    self.core = core
    self.key = key
    self.value = value
  }

  @usableFromInline
  var text: String { "\(key)" }

  @usableFromInline
  func whereis(onNode node: UInt64) -> ProcessID? {
    core.first(key, node: node)?.livingProcess
  }

  /// A dead one stays in the table until its links and monitors have been told.
  @usableFromInline
  func isReleased(onNode node: UInt64) -> Bool { core.first(key, node: node) == nil }

  @usableFromInline
  func register(_ process: ProcessID) throws(NameError) {
    switch core.register(process.cell, key, value) {
    case .done: return
    case .taken(let holder): throw NameError(.taken(holder), name: text)
    case .dead, .changed: throw NameError(.noProcess(process), name: text)
    }
  }

  @usableFromInline
  func unregister() throws(NameError) {
    guard let record = core.first(key), core.table.remove(record), !record.cell.isDead else {
      throw NameError(.notRegistered, name: text)
    }
    record.cell.node.viaChanged()
  }

  @usableFromInline
  func isEqual(to other: any ViaName) -> Bool {
    guard let other = other as? Self else { return false }
    return other.core === core && other.key == key
  }

  @usableFromInline
  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(core))
    hasher.combine(key)
  }
}
