import Synchronization

/// What a type is to the coding of terms, besides `Codable`: found out once for each type, since to ask the runtime for a
/// conformance takes longer than to write an integer.
struct TypeTraits: OptionSet {
  let rawValue: UInt16

  static let scalar = Self(rawValue: 1)
  static let convertible = Self(rawValue: 2)
  static let atomic = Self(rawValue: 4)
  static let writableCollection = Self(rawValue: 8)
  static let readableCollection = Self(rawValue: 16)
  static let record = Self(rawValue: 32)
  static let elixirStruct = Self(rawValue: 64)
  static let beside = Self(rawValue: 128)
  /// An optional, of which a cast finds out what is in it.
  static let optional = Self(rawValue: 256)

  static func of(_ type: Any.Type) -> TypeTraits {
    let address = UInt64(UInt(bitPattern: ObjectIdentifier(type)))
    let place = table.place(address)
    let word = place.pointee.load(ordering: .relaxed)
    if word >> 16 == address { return TypeTraits(rawValue: UInt16(truncatingIfNeeded: word)) }
    let traits = TypeTraits(conformancesOf: type)
    // An address that does not fit is looked up each time.
    if address >> 48 == 0 { place.pointee.store(address << 16 | UInt64(traits.rawValue), ordering: .relaxed) }
    return traits
  }

  private init(conformancesOf type: Any.Type) {
    var traits: TypeTraits = []
    if type is any TermScalar.Type { traits.insert(.scalar) }
    if type is any TermConvertible.Type { traits.insert(.convertible) }
    if type is any AtomCodable.Type { traits.insert(.atomic) }
    if type is any TermWritableCollection.Type { traits.insert(.writableCollection) }
    if type is any TermReadableCollection.Type { traits.insert(.readableCollection) }
    if type is any ErlangRecord.Type { traits.insert(.record) }
    if type is any ElixirStruct.Type { traits.insert(.elixirStruct) }
    if type is any CarriedBeside.Type { traits.insert(.beside) }
    if type is any AnyOptional.Type { traits.insert(.optional) }
    self = traits
  }

  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The types that were asked for last, each with its traits in one word: so nobody waits for anybody.
  private struct Table: @unchecked Sendable {
    private static let bits = 10
    private let words: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
      let count = 1 << Table.bits
      words = .allocate(capacity: count)
      for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    @inline(__always)
    func place(_ address: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
      words + Int(((address >> 3) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - Table.bits))
    }
  }

  private static let table = Table()
}

private protocol AnyOptional {}
extension Optional: AnyOptional {}
