import Synchronization

/// Processes by name: chains of entries, changed under the lock of its shard, and read by anybody at any time.
///
/// Of an entry that can be found only the link changes. What is taken out is left as it is, and handed to the caller, who frees
/// it when nobody can stand on it any more: see ``NameReaders``.
struct NameIndex: ~Copyable {
  struct Entry: ~Copyable {
    let hash: UInt
    let name: String
    /// Counted by hand, so that a look counts it only if that is what was looked for.
    let cell: Unmanaged<ProcessCell>
    fileprivate let next: Atomic<Link>

    fileprivate init(_ hash: UInt, _ name: String, _ cell: Unmanaged<ProcessCell>, next: Link) {
      self.hash = hash
      self.name = name
      self.cell = cell
      self.next = Atomic(next)
    }
  }

  fileprivate typealias Link = UnsafeMutablePointer<Entry>?

  /// An array of chains as one word, the logarithm of its length in the lowest bits.
  private struct Chains {
    let word: UInt

    private static var lowest: UInt { 63 }

    init(word: UInt) { self.word = word }

    init(logarithm: UInt) {
      let length = 1 << Int(logarithm)
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: length * MemoryLayout<Atomic<Link>>.stride, alignment: Int(Self.lowest) + 1)
      let first = memory.bindMemory(to: Atomic<Link>.self, capacity: length)
      for index in 0..<length { (first + index).initialize(to: Atomic(nil)) }
      word = UInt(bitPattern: memory) | logarithm
    }

    var logarithm: UInt { word & Self.lowest }
    var length: Int { 1 << Int(logarithm) }

    @inline(__always)
    var first: UnsafeMutablePointer<Atomic<Link>>? {
      UnsafeMutablePointer(bitPattern: word & ~Self.lowest)
    }

    /// The upper bits of a hash say which shard.
    @inline(__always)
    func head(_ hash: UInt) -> UnsafeMutablePointer<Atomic<Link>>? {
      first.map { $0 + Int(hash & ((1 << logarithm) &- 1)) }
    }

    func forEach(_ body: (UnsafeMutablePointer<Entry>) -> Void) {
      guard let first else { return }
      for index in 0..<length {
        var link = first[index].load(ordering: .relaxed)
        while let entry = link {
          link = entry.pointee.next.load(ordering: .relaxed)
          body(entry)
        }
      }
    }

    /// With all that stands in it.
    func free() {
      guard let first else { return }
      forEach(NameIndex.free)
      first.deinitialize(count: length)
      UnsafeMutableRawPointer(first).deallocate()
    }
  }

  /// What was taken out, and may still be read.
  // The pointer is handed from one owner to the next.
  struct Retired: @unchecked Sendable {
    fileprivate var entry: Link
    fileprivate var chains: UInt = 0

    fileprivate init(_ entry: Link = nil) { self.entry = entry }
  }

  private static func free(_ entry: UnsafeMutablePointer<Entry>) {
    entry.pointee.cell.release()
    entry.deinitialize(count: 1)
    entry.deallocate()
  }

  private static var fewest: UInt { 2 }

  private let chains = Atomic<UInt>(Chains(logarithm: NameIndex.fewest).word)
  // Whoever writes the count does not take away the line that readers look at.
  private let padding: (UInt, UInt, UInt, UInt, UInt, UInt, UInt) = (0, 0, 0, 0, 0, 0, 0)
  /// Changed under the lock; an atomic, so that a change of the index is no change of the variable that readers look at.
  private let count = Atomic<Int>(0)
  /// The memory of an entry that is no more: who registers and unregisters in turn need not ask for any.
  private let spare = Atomic<Link>(nil)
  private let morePadding: (UInt, UInt, UInt, UInt, UInt, UInt) = (0, 0, 0, 0, 0, 0)

  deinit {
    Chains(word: chains.load(ordering: .relaxed)).free()
    spare.load(ordering: .relaxed)?.deallocate()
  }

  /// Without the lock, and when nobody can read any more what was taken out.
  ///
  /// With the last reference goes the process.
  func free(_ retired: Retired) {
    if let entry = retired.entry {
      let cell = entry.pointee.cell
      entry.deinitialize(count: 1)
      spare.exchange(entry, ordering: .acquiringAndReleasing)?.deallocate()
      cell.release()
    }
    if retired.chains != 0 { Chains(word: retired.chains).free() }
  }

  /// The entry of that name.
  ///
  /// For a caller without the lock it stays as long as his look lasts.
  @inline(__always)
  func entry(_ name: String, _ hash: UInt) -> UnsafeMutablePointer<Entry>? {
    let chains = Chains(word: chains.load(ordering: .sequentiallyConsistent))
    var link = chains.head(hash)?.pointee.load(ordering: .sequentiallyConsistent)
    while let entry = link {
      if entry.pointee.hash == hash, entry.pointee.name == name { return entry }
      link = entry.pointee.next.load(ordering: .sequentiallyConsistent)
    }
    return nil
  }

  /// Under the lock, as all that follows.
  func find(_ name: String, _ hash: UInt) -> ProcessCell? {
    entry(name, hash)?.pointee.cell.takeUnretainedValue()
  }

  /// Gives the name to that process, whoever had it.
  func set(_ cell: ProcessCell, _ name: String, _ hash: UInt) -> Retired {
    let earlier = entry(name, hash)
    guard let head = Chains(word: chains.load(ordering: .relaxed)).head(hash) else { return Retired() }
    let new = spare.exchange(nil, ordering: .acquiring) ?? .allocate(capacity: 1)
    new.initialize(to: Entry(hash, name, .passRetained(cell), next: head.pointee.load(ordering: .relaxed)))
    head.pointee.store(new, ordering: .sequentiallyConsistent)
    let count = count.load(ordering: .relaxed) + 1
    self.count.store(count, ordering: .relaxed)
    // Found no more behind the new one.
    if let earlier { return take(earlier) }
    var retired = Retired()
    let chains = Chains(word: chains.load(ordering: .relaxed))
    if count > chains.length { retired.chains = resize(chains.logarithm + 1) }
    return retired
  }

  func remove(_ name: String, _ hash: UInt) -> Retired {
    entry(name, hash).map { remove($0) } ?? Retired()
  }

  func remove(_ entry: UnsafeMutablePointer<Entry>) -> Retired {
    var retired = take(entry)
    let chains = Chains(word: chains.load(ordering: .relaxed))
    if chains.length > 64, count.load(ordering: .relaxed) * 8 < chains.length {
      retired.chains = resize(chains.logarithm - 1)
    }
    return retired
  }

  private func take(_ entry: UnsafeMutablePointer<Entry>) -> Retired {
    let next = entry.pointee.next.load(ordering: .relaxed)
    let head = Chains(word: chains.load(ordering: .relaxed)).head(entry.pointee.hash)
    var link = head?.pointee.load(ordering: .relaxed)
    if link == entry {
      head?.pointee.store(next, ordering: .sequentiallyConsistent)
    } else {
      while let other = link {
        link = other.pointee.next.load(ordering: .relaxed)
        if link == entry { other.pointee.next.store(next, ordering: .sequentiallyConsistent) }
      }
    }
    count.store(count.load(ordering: .relaxed) - 1, ordering: .relaxed)
    return Retired(entry)
  }

  /// All entries anew, for somebody may walk along the old ones.
  private func resize(_ logarithm: UInt) -> UInt {
    let new = Chains(logarithm: logarithm)
    let old = Chains(word: chains.load(ordering: .relaxed))
    old.forEach { entry in
      guard let head = new.head(entry.pointee.hash) else { return }
      let copy = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
      copy.initialize(
        to: Entry(
          entry.pointee.hash, entry.pointee.name, entry.pointee.cell.retain(),
          next: head.pointee.load(ordering: .relaxed)))
      head.pointee.store(copy, ordering: .relaxed)
    }
    chains.store(new.word, ordering: .sequentiallyConsistent)
    return old.word
  }
}

extension NameIndex {
  /// Another one in each program, as the standard library's hashes have it, so that nobody can choose names that collide.
  private static let seed = UInt(bitPattern: "names".hashValue)

  /// Eight bytes at a time, which takes a tenth of the standard library's hash; that one remains for what is not ASCII,
  /// where equal strings may have different bytes.
  static func hash(_ name: String) -> UInt {
    var name = name
    var all: UInt64 = 0
    let hash = name.withUTF8 { bytes in
      var hash = seed &+ UInt(bytes.count)
      var index = 0
      while index < bytes.count {
        var word: UInt64 = 0
        if index + 8 <= bytes.count {
          word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
        } else {
          for rest in index..<bytes.count { word = word << 8 | UInt64(bytes[rest]) }
        }
        all |= word
        // Both halves of the product: names often differ in a few of the bytes, and all of those bits must reach all others.
        let product = (hash ^ UInt(truncatingIfNeeded: word)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        hash = product.high ^ product.low
        index += 8
      }
      return hash
    }
    return all & 0x8080_8080_8080_8080 == 0 ? hash : UInt(bitPattern: name.hashValue)
  }
}
