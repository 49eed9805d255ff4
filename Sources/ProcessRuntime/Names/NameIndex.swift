/// Processes by name, with open addressing: who collides stands in the next place that is free.
///
/// Belongs to its shard's lock.
struct NameIndex: ~Copyable {
  private struct Entry {
    let name: String
    var cell: ProcessCell
  }

  /// Zero where a place is free.
  private var hashes: UnsafeMutablePointer<UInt>
  /// Initialised where a place is taken.
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity: Int
  private var count = 0

  init() { self.init(capacity: 4) }

  private init(capacity: Int) {
    self.capacity = capacity
    hashes = .allocate(capacity: capacity)
    hashes.initialize(repeating: 0, count: capacity)
    entries = .allocate(capacity: capacity)
  }

  deinit {
    for place in 0..<capacity where hashes[place] != 0 { (entries + place).deinitialize(count: 1) }
    hashes.deallocate()
    entries.deallocate()
  }

  /// The upper bits say which shard.
  @inline(__always)
  private func home(_ hash: UInt) -> Int { Int(truncatingIfNeeded: hash) & (capacity - 1) }

  @inline(__always)
  private func place(of name: String, _ hash: UInt) -> Int? {
    var place = home(hash)
    while hashes[place] != 0 {
      if hashes[place] == hash, entries[place].name == name { return place }
      place = (place + 1) & (capacity - 1)
    }
    return nil
  }

  @inline(__always)
  func find(_ name: String, _ hash: UInt) -> ProcessCell? {
    place(of: name, hash).map { entries[$0].cell }
  }

  /// Gives the name to that process, whoever had it.
  mutating func set(_ cell: ProcessCell, _ name: String, _ hash: UInt) {
    if let place = place(of: name, hash) {
      entries[place].cell = cell
      return
    }
    if (count + 1) * 4 > capacity * 3 { resize(capacity * 2) }
    let place = freePlace(hash)
    hashes[place] = hash
    (entries + place).initialize(to: Entry(name: name, cell: cell))
    count += 1
  }

  private func freePlace(_ hash: UInt) -> Int {
    var place = home(hash)
    while hashes[place] != 0 { place = (place + 1) & (capacity - 1) }
    return place
  }

  mutating func remove(_ name: String, _ hash: UInt) {
    guard var hole = place(of: name, hash) else { return }
    hashes[hole] = 0
    (entries + hole).deinitialize(count: 1)
    count -= 1
    // Whoever stands behind the hole because of a collision moves up, so that a search never ends too early.
    var next = (hole + 1) & (capacity - 1)
    while hashes[next] != 0 {
      let distance = (next - home(hashes[next])) & (capacity - 1)
      if distance >= (next - hole) & (capacity - 1) {
        hashes[hole] = hashes[next]
        (entries + hole).moveInitialize(from: entries + next, count: 1)
        hashes[next] = 0
        hole = next
      }
      next = (next + 1) & (capacity - 1)
    }
    if capacity > 64, count * 8 < capacity { resize(capacity / 2) }
  }

  private mutating func resize(_ newCapacity: Int) {
    var new = NameIndex(capacity: newCapacity)
    for place in 0..<capacity where hashes[place] != 0 {
      let target = new.freePlace(hashes[place])
      new.hashes[target] = hashes[place]
      (new.entries + target).moveInitialize(from: entries + place, count: 1)
      hashes[place] = 0
    }
    new.count = count
    swap(&self, &new)
  }
}

extension NameIndex {
  /// Another one in each program, so that nobody can choose names that collide.
  private static let seed = UInt.random(in: .min ... .max)

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
        hash = (hash ^ UInt(truncatingIfNeeded: word)) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
        index += 8
      }
      return hash
    }
    // Zero stands for a free place.
    return (all & 0x8080_8080_8080_8080 == 0 ? hash : UInt(bitPattern: name.hashValue)) | 1 << 32
  }
}
