@_spi(Runtime) import ProcessRuntime

/// The processes of another node of which this program knows: one object each, as long as anybody holds it.
///
/// Those that nobody else holds are let go of when there are twice as many as were held last time. Weak references would do it
/// sooner, and make each count of references to such an object several times slower.
struct KnownProcesses: Sendable {
  private var processes: [RemoteAddress: RemoteProcess] = [:]
  private var nextLook = fewest

  private static let fewest = 64

  subscript(address: RemoteAddress) -> RemoteProcess? { processes[address] }

  /// Adds one that is not known, and returns it, with those that nobody holds any more.
  mutating func add(_ process: RemoteProcess) -> (RemoteProcess, unused: [RemoteProcess]) {
    let unused = processes.count >= nextLook ? takeUnused() : []
    processes[process.address] = process
    return (process, unused)
  }

  /// Those that nobody else holds.
  mutating func takeUnused() -> [RemoteProcess] {
    var unused: [RemoteProcess] = []
    var addresses: [RemoteAddress] = []
    // Not over its indices: they would hold a copy, and with it each of them.
    var index = processes.values.startIndex
    while index != processes.values.endIndex {
      if isKnownUniquelyReferenced(&processes.values[index]) { addresses.append(processes.values[index].address) }
      processes.values.formIndex(after: &index)
    }
    for address in addresses {
      if let process = processes.removeValue(forKey: address) { unused.append(process) }
    }
    nextLook = max(Self.fewest, processes.count * 2)
    return unused
  }
}
