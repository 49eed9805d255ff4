/// The proof that a node has the cookie, for one challenge.
enum CookieProof {
  static let byteCount = 16

  static func digest(_ cookie: Cookie, _ challenge: UInt32) -> [UInt8] {
    MD5.digest(cookie.bytes + Array(String(challenge).utf8))
  }

  /// Whether two digests are equal.
  ///
  /// It takes as long whether they are or not.
  static func areEqual(_ left: [UInt8], _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (left, right) in zip(left, right) { difference |= left ^ right }
    return difference == 0
  }
}
