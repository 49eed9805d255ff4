@_spi(Runtime) public import ProcessRuntime

/// Processes by key, each key with one process at most (Elixir's `Registry` with `keys: :unique`).
///
///     let matches = ProcessRegistry<Int, Void>()
///
///     let match = try await Match.start(.via(matches, 42)) { Match(42) }
///     try await ProcessName<Match.Message>.via(matches, 42).call { .score($0) }
///
/// Keys are of any `Hashable` type, and a process may have many. A value goes with each. An entry goes with its process:
/// nobody finds it any more once the process has ended, and whoever is started in its place finds the key free.
///
/// The registry is a value that everybody shares who has a copy of it: a constant of the program, or a part of a server's
/// state. It is no process, so it has no start, cannot crash, and asking it neither suspends nor sends anything. Each test
/// node sees its own entries, as it has its own names.
public struct ProcessRegistry<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// What a listener hears.
  public typealias Event = RegistryEvent<Key, Value>
  /// Key, process and value together.
  public typealias Item = RegistryItem<Key, Value>

  @usableFromInline let core: RegistryCore<Key, Value>

  /// An empty registry.
  ///
  /// - Parameters:
  ///   - partitions: among how many locks the keys are divided: the next power of two, at least sixteen.
  ///   - listeners: called, in the process that registers or unregisters, after it has: most send the event on to a
  ///     process. Not told of the ends of processes; who wants to know monitors them.
  public init(partitions: Int = 16, listeners: [@Sendable (Event) -> Void] = []) {
    core = RegistryCore(isUnique: true, partitions: partitions, listeners)
  }

  /// Gives the key to the current process (`Registry.register/3`).
  ///
  /// Does not suspend. What needs no value has the value `()`.
  ///
  /// - Throws: ``RegistryError``: `alreadyRegistered` if a living process has the key, be it this one; then nothing
  ///   changes. `outsideProcess`.
  @inlinable
  public func register(_ key: Key, _ value: Value) throws(RegistryError) {
    try core.registerCurrent(key, value)
  }

  /// Takes the key away from the current process (`Registry.unregister/2`).
  ///
  /// Does nothing if another process has it, or nobody. Does not suspend.
  @inlinable
  public func unregister(_ key: Key) { core.unregisterCurrent(key) }

  /// Takes the key away from the current process, if it has it with such a value (`Registry.unregister_match/4`).
  public func unregister(_ key: Key, where isWanted: (Value) throws -> Bool) rethrows {
    try core.unregister(key, isWanted)
  }

  /// Who has the key, and with what value; nil if nobody (`Registry.lookup/2`).
  ///
  /// Never a dead process. Does not suspend.
  @inlinable
  public func lookup(_ key: Key) -> RegistryEntry<Value>? { core.entry(key) }

  /// Who has the key; nil if nobody (`Registry.whereis_name/1`).
  ///
  /// Never a dead process. Does not suspend.
  public func whereis(_ key: Key) -> ProcessID? {
    core.first(key)?.livingProcess
  }

  /// The value that the process has the key with; nil if it does not have it (`Registry.values/3`).
  public func value(_ key: Key, of process: ProcessID) -> Value? { core.values(key, of: process).first }

  /// The keys that a process has, in the order in which it got them (`Registry.keys/2`).
  public func keys(of process: ProcessID) -> [Key] { core.keys(of: process) }

  /// Another value for the current process's own entry (`Registry.update_value/3`).
  ///
  /// Does not suspend. `change` makes the new value; it is not called if the key is not this process's, and called again
  /// if the process has changed the value itself meanwhile, in a task of its own.
  ///
  /// - Returns: the new value and the old; nil if the key is not this process's.
  @discardableResult
  public func updateValue(_ key: Key, _ change: (Value) throws -> Value) rethrows -> (new: Value, old: Value)? {
    try core.update(key, change)
  }

  /// Calls `body` with the entry of the key; not at all if nobody has it (`Registry.dispatch/4`).
  public func dispatch(_ key: Key, _ body: ([RegistryEntry<Value>]) throws -> Void) rethrows {
    let entries = core.entries(key)
    if !entries.isEmpty { try body(entries) }
  }

  /// How many entries there are (`Registry.count/1`).
  public var count: Int { core.count }

  /// Everything in it, the oldest entry first (`Registry.select/2`).
  ///
  /// One moment of each partition. Filter it as any array: `select().filter { $0.value > 3 }.map(\.key)`.
  public func select() -> [Item] { core.items() }

  /// Runs `body` while nobody else has the lock of that key (`Registry.lock/3`).
  ///
  /// Suspends until the lock is free. Other keys do not matter, nor does who is registered. The lock is given back when
  /// `body` has returned or thrown, or when the process that holds it ends. Asking for a lock that the process has already
  /// waits for ever.
  ///
  /// - Throws: what `body` throws; ``RegistryError`` outside of processes.
  public func lock<Result>(_ key: Key, _ body: () async throws -> Result) async throws -> Result {
    try await core.withLock(key, body)
  }
}

extension ProcessRegistry where Value == Void {
  /// Gives the key to the current process, without a value.
  @inlinable
  public func register(_ key: Key) throws(RegistryError) { try register(key, ()) }
}

/// Equal are copies of one registry.
extension ProcessRegistry: Hashable {
  public static func == (a: Self, b: Self) -> Bool { a.core === b.core }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(core)) }
}
