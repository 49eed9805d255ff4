@_spi(Runtime) public import ProcessRuntime

/// Keys as names (OTP's `{via, Registry, {Registry, Key}}`).
extension ProcessRegistry: NameRegistry where Value == Void {
  /// Gives the key to a process, as a start with a name does.
  public func register(_ process: ProcessID, as key: Key) throws(NameError) {
    try RegistryName(core: core, key: key, value: ()).register(process)
  }

  /// Takes the key away from whoever has it.
  public func unregister(_ key: Key) throws(NameError) {
    try RegistryName(core: core, key: key, value: ()).unregister()
  }
}

extension ProcessName {
  /// A name that is a key of a registry.
  ///
  ///     ChildSpec(.via(matches, 42)) { Match(42) }
  public static func via<Key>(_ registry: ProcessRegistry<Key, Void>, _ key: Key) -> Self {
    .via(registry, key, value: ())
  }

  /// A name that is a key of a registry, with the value that who starts under the name is registered with
  /// (Elixir's `{:via, Registry, {Registry, key, value}}`).
  public static func via<Key, Value>(_ registry: ProcessRegistry<Key, Value>, _ key: Key, value: Value) -> Self {
    Self(target: .via(RegistryName(core: registry.core, key: key, value: value)))
  }
}

/// A key of a registry as a name, and what is entered together with it.
struct RegistryName<Key: Hashable & Sendable, Value: Sendable>: ViaName {
  let core: RegistryCore<Key, Value>
  let key: Key
  let value: Value

  var text: String { "\(key)" }

  func whereis(on node: Node) -> ProcessID? {
    guard let record = core.records(key, node: node.number).first, !record.cell.isDead else { return nil }
    return record.cell.id
  }

  /// A dead one stays in the table until its links and monitors have been told.
  func isReleased(on node: Node) -> Bool { core.records(key, node: node.number).isEmpty }

  func register(_ process: ProcessID) throws(NameError) {
    switch core.register(process.cell, key, value) {
    case .done: return
    case .taken(let holder): throw NameError(.taken(holder.id), name: text)
    case .dead, .changed: throw NameError(.noProcess(process), name: text)
    }
  }

  func unregister() throws(NameError) {
    guard let record = core.records(key).first, core.table.remove(record), !record.cell.isDead else {
      throw NameError(.notRegistered, name: text)
    }
    record.cell.node.viaChanged()
  }

  func isEqual(to other: any ViaName) -> Bool {
    guard let other = other as? Self else { return false }
    return other.core === core && other.key == key
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(core))
    hasher.combine(key)
  }
}
