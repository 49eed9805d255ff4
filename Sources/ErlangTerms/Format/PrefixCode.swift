/// A Huffman code of deflate: how many codes there are of each length, and their symbols in order.
struct PrefixCode: Sendable {
  private(set) var counts = [Int](repeating: 0, count: 16)
  private(set) var symbols: [Int] = []

  /// The code of the lengths of its symbols' codes, 0 to 15 each; nil when there are more codes than fit.
  init?(_ lengths: [Int]) {
    for length in lengths { counts[length] += 1 }
    counts[0] = 0
    var left = 1
    for length in 1...15 {
      left = left * 2 - counts[length]
      if left < 0 { return nil }
    }
    for length in 1...15 {
      symbols += lengths.indices.filter { lengths[$0] == length }
    }
  }

  private init(fixed lengths: [Int]) {
    for length in lengths { counts[length] += 1 }
    for length in 1...15 { symbols += lengths.indices.filter { lengths[$0] == length } }
  }

  static let fixedLiterals = PrefixCode(
    fixed: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  static let fixedDistances = PrefixCode(fixed: [Int](repeating: 5, count: 30))

  static let orderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  /// What symbols 257 to 285 stand for: a length, and how many bits are added to it.
  static let lengths: [(base: Int, extra: Int)] = {
    var lengths: [(base: Int, extra: Int)] = []
    var base = 3
    for symbol in 0..<28 {
      let extra = symbol < 8 ? 0 : symbol / 4 - 1
      lengths.append((base, extra))
      base += 1 << extra
    }
    return lengths + [(258, 0)]
  }()

  /// What symbols 0 to 29 stand for: a distance, and how many bits are added to it.
  static let distances: [(base: Int, extra: Int)] = {
    var distances: [(base: Int, extra: Int)] = []
    var base = 1
    for symbol in 0..<30 {
      let extra = symbol < 4 ? 0 : symbol / 2 - 1
      distances.append((base, extra))
      base += 1 << extra
    }
    return distances
  }()
}
