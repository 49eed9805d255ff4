/// The secret that nodes of one cluster share.
///
/// It is not printed: who has it can do everything that a node can do.
package struct Cookie: Sendable {
  let bytes: [UInt8]

  /// A cookie of characters up to U+00FF, at least one.
  package init(_ text: String) throws(CookieError) {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { throw .badCharacters }
      bytes.append(byte)
    }
    guard !bytes.isEmpty else { throw .empty }
    self.bytes = bytes
  }
}

extension Cookie: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "Cookie(…)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why there is no cookie.
package enum CookieError: Error, Hashable, Sendable {
  case empty
  case badCharacters
  /// None of these files exists.
  case noFile([String])
  case notAFile(String)
  /// The file belongs to somebody else, or others may read or write it.
  case notPrivate(String)
  case unreadable(String)
}

extension CookieError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the cookie is empty: give the one that the other nodes of the cluster have"
    case .badCharacters: "the cookie has characters beyond U+00FF or, in a file, others than printable ASCII"
    case .noFile(let paths):
      "there is no cookie: give one, set \(CookieSource.environmentVariable), or write it to "
        + paths.joined(separator: " or ") + " with mode 0400"
    case .notAFile(let path): "\(path) is no regular file, so it is not taken for a cookie"
    case .notPrivate(let path):
      "the cookie in \(path) is not private: it must belong to this user, with no permissions for others (chmod 400)"
    case .unreadable(let path): "the cookie in \(path) cannot be read"
    }
  }
}
