@_spi(Runtime) public import ProcessRuntime
import Synchronization

/// One process that has a key, and the value that it has it with.
public struct RegistryEntry<Value: Sendable>: Sendable {
  /// Who has the key.
  ///
  /// `ProcessRef(process)` is for sending to it.
  public let process: ProcessID
  /// What it was registered with.
  public let value: Value

  init(_ record: ValueRecord<Value>) {
    process = record.cell.id
    value = record.value
  }

  @inlinable
  init(_ process: ProcessID, _ value: Value) {
    self.process = process
    self.value = value
  }
}

extension RegistryEntry: Equatable where Value: Equatable {}

/// One entry of a registry, with its key.
public struct RegistryItem<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// What the process is found by.
  public let key: Key
  /// Who has the key.
  public let process: ProcessID
  /// What it was registered with.
  public let value: Value

  init(_ record: RegistryRecord) {
    key = unsafeDowncast(record.slot, to: KeySlot<Key>.self).key
    process = record.cell.id
    value = unsafeDowncast(record, to: ValueRecord<Value>.self).value
  }
}

extension RegistryItem: Equatable where Value: Equatable {}

/// What the listeners of a registry hear: what processes have done, not that they have ended.
public enum RegistryEvent<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// A process has got a key, with a value.
  case registered(Key, ProcessID, Value)
  /// A process has given a key back.
  case unregistered(Key, ProcessID)
}

/// Why a process did not get a key.
public struct RegistryError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable, Equatable {
    /// This process has the key: another one, or the one that asked.
    case alreadyRegistered(ProcessID)
    /// A process registers itself; there is no current process.
    case outsideProcess
    /// The current process has ended already.
    case noProcess(ProcessID)
  }

  /// What went wrong.
  public let kind: Kind

  @usableFromInline
  init(_ kind: Kind) { self.kind = kind }

  public var description: String {
    switch kind {
    case .alreadyRegistered(let process): "already registered: \(process)"
    case .outsideProcess:
      "a process registers itself: call this within spawn { } or a GenServer, or start the server with a name .via(registry, key)"
    case .noProcess(let process): "the process that registers, \(process), has ended"
    }
  }
}

/// The name of a piece of a registry's metadata, and the type of what is kept there.
///
///     extension RegistryMetadataKey where Value == Duration { static var patience: Self { "patience" } }
public struct RegistryMetadataKey<Value: Sendable>: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name as text.
  public let rawValue: String

  /// A name, written as a string literal.
  public init(stringLiteral value: String) { rawValue = value }
  /// A name from text.
  public init(_ rawValue: String) { self.rawValue = rawValue }
}

extension RegistryCore {
  func metadata<Wanted>(_ key: RegistryMetadataKey<Wanted>) -> Wanted? {
    metadata.withLock { $0[key.rawValue] } as? Wanted
  }

  func set(_ value: (any Sendable)?, _ key: String) {
    // What was there is let go of outside of the lock.
    let old = metadata.withLock { metadata in
      let old = metadata[key]
      metadata[key] = value
      return old
    }
    withExtendedLifetime(old) {}
  }
}

extension ProcessRegistry {
  /// What is kept under that name about the registry itself; nil if nothing, or something of another type
  /// (`Registry.meta/2`).
  public func metadata<Wanted: Sendable>(_ key: RegistryMetadataKey<Wanted>) -> Wanted? { core.metadata(key) }

  /// Keeps something about the registry itself (`Registry.put_meta/3`).
  ///
  /// Shared by all who have the registry, and kept as long as it.
  public func setMetadata<Kept: Sendable>(_ key: RegistryMetadataKey<Kept>, _ value: Kept) {
    core.set(value, key.rawValue)
  }

  /// Forgets it (`Registry.delete_meta/2`).
  public func deleteMetadata<Kept: Sendable>(_ key: RegistryMetadataKey<Kept>) { core.set(nil, key.rawValue) }
}

extension DuplicateRegistry {
  /// What is kept under that name about the registry itself: see ``ProcessRegistry/metadata(_:)``.
  public func metadata<Wanted: Sendable>(_ key: RegistryMetadataKey<Wanted>) -> Wanted? { core.metadata(key) }

  /// Keeps something about the registry itself (`Registry.put_meta/3`).
  public func setMetadata<Kept: Sendable>(_ key: RegistryMetadataKey<Kept>, _ value: Kept) {
    core.set(value, key.rawValue)
  }

  /// Forgets it (`Registry.delete_meta/2`).
  public func deleteMetadata<Kept: Sendable>(_ key: RegistryMetadataKey<Kept>) { core.set(nil, key.rawValue) }
}
