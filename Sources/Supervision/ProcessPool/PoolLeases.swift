import Synchronization

/// Numbers of leases: of all pools, so that one that is given back to the wrong pool means nothing there.
enum PoolLeases {
  private static let last = Atomic<UInt64>(0)

  static func next() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
