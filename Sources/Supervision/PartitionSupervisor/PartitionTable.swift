@_spi(Runtime) import ProcessRuntime
import Synchronization

/// How many partitions a partition supervisor has, and how many it may have.
final class PartitionCount: Sendable {
  /// What it was started with.
  let most: Int
  private let present: Atomic<Int>

  init(_ count: Int) {
    most = count
    present = Atomic(count)
  }

  var now: Int {
    get { present.load(ordering: .acquiring) }
    set { present.store(newValue, ordering: .releasing) }
  }
}

/// Where the partitions of all partition supervisors are found: by the supervisor's name.
enum PartitionTable {
  struct Place: Hashable, Sendable {
    let supervisor: NameTarget
    let partition: Int
  }

  static let supervisors = ProcessRegistry<NameTarget, PartitionCount>()
  static let partitions = ProcessRegistry<Place, Void>()
}

/// A partition as a name: which one, is found out at each use (OTP's `{via, PartitionSupervisor, {Name, Key}}`).
struct PartitionRoute: ViaName, Hashable {
  /// A number takes turns, anything else is spread.
  enum Key: Hashable, Sendable {
    case number(UInt)
    case hash(Int)

    func partition(of count: Int) -> Int {
      switch self {
      case .number(let number): Int(number % UInt(count))
      case .hash(let hash): Int(UInt(bitPattern: hash) % UInt(count))
      }
    }
  }

  let supervisor: NameTarget
  let key: Key
  let text: String

  init<Value: Hashable & Sendable>(_ supervisor: NameTarget, _ value: Value) {
    self.supervisor = supervisor
    if let number = value as? any BinaryInteger {
      key = .number(number.magnitudeForRouting)
    } else {
      key = .hash(value.hashValue)
    }
    text = "\(supervisor.text)[\(value)]"
  }

  func whereis(onNode node: UInt64) -> ProcessID? {
    let name = RegistryName(core: PartitionTable.supervisors.core, key: supervisor, value: PartitionCount(0))
    guard name.whereis(onNode: node) != nil, let count = name.value(onNode: node)?.now, count > 0 else { return nil }
    let place = PartitionTable.Place(supervisor: supervisor, partition: key.partition(of: count))
    return RegistryName(core: PartitionTable.partitions.core, key: place, value: ()).whereis(onNode: node)
  }

  func isReleased(onNode node: UInt64) -> Bool { whereis(onNode: node) == nil }

  /// A partition's processes are its supervisor's to enter (rule PART-9).
  func register(_ process: ProcessID) throws(NameError) { throw NameError(.reserved, name: text) }
  func unregister() throws(NameError) { throw NameError(.reserved, name: text) }

  func isEqual(to other: any ViaName) -> Bool { (other as? Self) == self }
}

extension BinaryInteger {
  fileprivate var magnitudeForRouting: UInt { UInt(truncatingIfNeeded: magnitude) }
}

extension RegistryName {
  /// What is entered with the key.
  func value(onNode node: UInt64) -> Value? {
    core.first(key, node: node).map { RegistryCore<Key, Value>.typed($0).value }
  }
}
