@_spi(Runtime) public import ProcessRuntime

/// Processes by key, each key with any number of processes (Elixir's `Registry` with `keys: :duplicate`): for telling all
/// who are interested in something.
///
///     let rooms = DuplicateRegistry<String, ProcessRef<Chat.Message>>()
///
///     try rooms.register("lobby", inbox.ref)
///     rooms.dispatch("lobby") { for member in $0 { member.value.send(.said("hello")) } }
///
/// Otherwise it is as ``ProcessRegistry``. It gives no names: a name means one process.
public struct DuplicateRegistry<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// What a listener hears.
  public typealias Event = RegistryEvent<Key, Value>
  /// Key, process and value together.
  public typealias Item = RegistryItem<Key, Value>

  @usableFromInline let core: RegistryCore<Key, Value>

  /// An empty registry: see ``ProcessRegistry/init(partitions:listeners:)``.
  ///
  /// The entries of one key are in one partition (Elixir's `{:duplicate, :key}`).
  public init(partitions: Int = 16, listeners: [@Sendable (Event) -> Void] = []) {
    core = RegistryCore(isUnique: false, partitions: partitions, listeners)
  }

  /// Enters the current process under the key, once more if it is there already (`Registry.register/3`).
  ///
  /// Does not suspend.
  ///
  /// - Throws: ``RegistryError``, `outsideProcess`.
  @inlinable
  public func register(_ key: Key, _ value: Value) throws(RegistryError) {
    try core.registerCurrent(key, value)
  }

  /// Removes all entries of the current process under the key (`Registry.unregister/2`).
  ///
  /// Does not suspend.
  @inlinable
  public func unregister(_ key: Key) { core.unregisterCurrent(key) }

  /// Removes those entries of the current process under the key that have such a value (`Registry.unregister_match/4`).
  public func unregister(_ key: Key, where isWanted: (Value) throws -> Bool) rethrows {
    try core.unregister(key, isWanted)
  }

  /// All entries of the key, in no order (`Registry.lookup/2`, and with a filter `Registry.match/4`).
  ///
  /// No dead processes. Does not suspend.
  public func lookup(_ key: Key) -> [RegistryEntry<Value>] { core.entries(key) }

  /// The values that a process has the key with, in the order in which it registered (`Registry.values/3`).
  public func values(_ key: Key, of process: ProcessID) -> [Value] { core.values(key, of: process) }

  /// The keys that a process has, in the order in which it got them, and as often (`Registry.keys/2`).
  public func keys(of process: ProcessID) -> [Key] { core.keys(of: process) }

  /// Calls `body` with all entries of the key; not at all if there are none (`Registry.dispatch/4`).
  ///
  /// It runs in the caller, and holds no lock.
  public func dispatch(_ key: Key, _ body: ([RegistryEntry<Value>]) throws -> Void) rethrows {
    let entries = core.entries(key)
    if !entries.isEmpty { try body(entries) }
  }

  /// How many entries there are (`Registry.count/1`).
  public var count: Int { core.count }

  /// Everything in it, the oldest entry first (`Registry.select/2`): see ``ProcessRegistry/select()``.
  public func select() -> [Item] { core.items() }

  /// Runs `body` while nobody else has the lock of that key: see ``ProcessRegistry/lock(_:_:)``.
  public func lock<Result>(_ key: Key, _ body: () async throws -> Result) async throws -> Result {
    try await core.withLock(key, body)
  }
}

extension DuplicateRegistry where Value == Void {
  /// Enters the current process under the key, without a value.
  public func register(_ key: Key) throws(RegistryError) { try register(key, ()) }
}
