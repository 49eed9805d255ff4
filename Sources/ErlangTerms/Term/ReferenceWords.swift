/// The words of a reference: those of one that can be encoded stand in place.
package struct ReferenceWords: Hashable, Sendable {
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var fifth: UInt32 = 0
  private var countInPlace: UInt8 = 0
  /// All of them, when they are too many.
  private var many: [UInt32]?

  package init() {}

  init(_ words: [UInt32]) { for word in words { append(word) } }

  package var count: Int { many?.count ?? Int(countInPlace) }

  /// Within the bounds.
  package subscript(index: Int) -> UInt32 {
    if let many { return many[index] }
    return switch index {
    case 0: UInt32(truncatingIfNeeded: first)
    case 1: UInt32(truncatingIfNeeded: first >> 32)
    case 2: UInt32(truncatingIfNeeded: second)
    case 3: UInt32(truncatingIfNeeded: second >> 32)
    default: fifth
    }
  }

  package mutating func append(_ word: UInt32) {
    guard many == nil, countInPlace < 5 else {
      many = array + [word]
      // Two of the same words are equal.
      (first, second, fifth, countInPlace) = (0, 0, 0, 0)
      return
    }
    switch countInPlace {
    case 0: first = UInt64(word)
    case 1: first |= UInt64(word) << 32
    case 2: second = UInt64(word)
    case 3: second |= UInt64(word) << 32
    default: fifth = word
    }
    countInPlace += 1
  }

  package var array: [UInt32] { many ?? (0..<count).map { self[$0] } }
}
