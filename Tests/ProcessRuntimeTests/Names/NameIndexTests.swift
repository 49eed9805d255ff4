import SupervisionTesting
import Testing

@_spi(Runtime) @testable import ProcessRuntime

@Suite("Names in a hash table")
struct NameIndexTests {
  private final class Nobody: ProcessCell, @unchecked Sendable {}

  @Test("NAM-1: any sequence of changes is answered as by a dictionary", arguments: 0..<100 as Range<UInt64>)
  func againstDictionary(seed: UInt64) {
    var random = SplitMix(state: seed)
    // Few different hashes, so that names collide and stand one behind the other.
    let spread = UInt.random(in: 1...64, using: &random)
    let names = (0..<Int.random(in: 1...100, using: &random)).map { "name-\($0)" }
    let cells = (0..<8).map { _ in Nobody(node: .shared) }
    let index = NameIndex()
    var expected: [String: ProcessCell] = [:]
    for _ in 0..<500 {
      let name = names[Int.random(in: 0..<names.count, using: &random)]
      let hash = NameIndex.hash(name) % spread | 1 << 32
      if Bool.random(using: &random) {
        let cell = cells[Int.random(in: 0..<cells.count, using: &random)]
        let retired = index.set(cell, name, hash)
        index.free(retired)
        expected[name] = cell
      } else {
        let retired = index.remove(name, hash)
        index.free(retired)
        expected[name] = nil
      }
      let other = names[Int.random(in: 0..<names.count, using: &random)]
      let found = index.find(other, NameIndex.hash(other) % spread | 1 << 32)
      #expect(found === expected[other], "seed \(seed)")
    }
    for name in names {
      let found = index.find(name, NameIndex.hash(name) % spread | 1 << 32)
      #expect(found === expected[name], "seed \(seed)")
    }
  }

  @Test("NAM-1: equal strings have equal hashes, however they are stored or composed")
  func hashes() {
    let long = String(repeating: "a long name ", count: 5)
    #expect(NameIndex.hash(long) == NameIndex.hash(String(long.reversed().reversed())))
    #expect(NameIndex.hash("caf\u{E9}") == NameIndex.hash("cafe\u{301}"))
    #expect(NameIndex.hash("cache") == NameIndex.hash(String("xcache".dropFirst())))
    #expect(Set((0..<1_000).map { NameIndex.hash("worker-\($0)") }).count == 1_000)
  }

  @Test(
    "NAM-1: names that differ in a few bytes are spread over shards and chains",
    arguments: ["", "s", "worker_", "match_of_the_day", "abcdefg"])
  func spread(prefix: String) {
    var shards = [Int](repeating: 0, count: 64)
    var chains = [Int](repeating: 0, count: 4_096)
    let all = (0..<4_096).map { NameIndex.hash(prefix + String($0 + 10_000)) }
    for hash in all {
      shards[Int(hash >> 58)] += 1
      chains[Int(hash & 4_095)] += 1
    }
    // 64 and 1 on the average; the probability of more is below one in a million.
    #expect((shards.max() ?? 0) < 120, "\(shards)")
    #expect((chains.max() ?? 0) < 13, "\(chains)")
  }
}
