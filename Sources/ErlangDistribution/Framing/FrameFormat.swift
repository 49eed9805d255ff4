/// How frames look once a connection is established.
enum FrameFormat: Equatable {
  /// `112, 131, Control [, 131, Payload]`
  case passThrough
  /// `131, 68 | 69 | 70, …`, with references to the atom cache.
  case header(sendsFragments: Bool)

  /// The format of a connection whose ends both know these flags.
  init(_ flags: DistributionFlags) {
    if flags.isDisjoint(with: [.atomCache, .fragments]) {
      self = .passThrough
    } else {
      self = .header(sendsFragments: flags.contains(.fragments))
    }
  }

  static let passThroughTag: UInt8 = 112
  static let version: UInt8 = 131
  static let whole: UInt8 = 68
  static let firstFragment: UInt8 = 69
  static let fragment: UInt8 = 70

  /// The bytes of a message from which on it is cut, and those of each part: as many as the BEAM takes.
  static let fragmentByteCount = 64 << 10
}
