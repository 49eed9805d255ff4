@_spi(Runtime) package import ProcessRuntime

/// The links between processes of this node and of another (rules of the unlink protocol, OTP 26).
///
/// A machine without locks: it says what to send, and what to do to the local process. A link that was taken back by this side
/// stays here, inactive, until the peer has acknowledged that: an exit that the peer had sent before means nothing then.
package struct LinkTable: Sendable {
  package struct Key: Hashable, Sendable {
    package var local: ProcessID
    package var remote: RemoteProcess

    package init(_ local: ProcessID, _ remote: RemoteProcess) {
      self.local = local
      self.remote = remote
    }

    package static func == (a: Self, b: Self) -> Bool { a.local == b.local && a.remote === b.remote }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(local)
      hasher.combine(ObjectIdentifier(remote))
    }
  }

  private enum Link {
    case active
    /// Taken back by this side; the number is what the acknowledgement will carry.
    case unlinking(UInt64)
  }

  private var links: [Key: Link] = [:]
  private var lastID: UInt64 = 0

  package init() {}

  package var count: Int { links.count }

  package func isActive(_ key: Key) -> Bool {
    if case .active? = links[key] { true } else { false }
  }

  /// A local process links.
  ///
  /// True: send `link`.
  package mutating func link(_ key: Key) -> Bool {
    if isActive(key) { return false }
    links[key] = .active
    return true
  }

  /// A local process takes the link back.
  ///
  /// The number, if there is one: send `unlink` with it.
  package mutating func unlink(_ key: Key) -> UInt64? {
    guard isActive(key) else { return nil }
    lastID &+= 1
    if lastID == 0 { lastID = 1 }
    links[key] = .unlinking(lastID)
    return lastID
  }

  /// The local process has ended.
  ///
  /// True: send `exit`.
  package mutating func localEnded(_ key: Key) -> Bool {
    guard isActive(key) else { return false }
    links[key] = nil
    return true
  }

  /// `link` has come.
  ///
  /// True: the local process has a link more.
  package mutating func linkReceived(_ key: Key) -> Bool {
    if links[key] != nil { return false }
    links[key] = .active
    return true
  }

  /// `unlink` has come, and was acknowledged.
  ///
  /// True: the local process has a link less.
  package mutating func unlinkReceived(_ key: Key) -> Bool {
    guard isActive(key) else { return false }
    links[key] = nil
    return true
  }

  /// The acknowledgement of an `unlink` has come.
  package mutating func unlinkAcknowledged(_ key: Key, _ id: UInt64) {
    if case .unlinking(id)? = links[key] { links[key] = nil }
  }

  /// `exit` has come.
  ///
  /// True: the local process gets the signal.
  package mutating func exitReceived(_ key: Key) -> Bool {
    defer { links[key] = nil }
    return isActive(key)
  }

  /// The connection is lost: all links go.
  ///
  /// Those that were active.
  package mutating func takeAll() -> [Key] {
    defer { links = [:] }
    return links.compactMap { key, link in if case .active = link { key } else { nil } }
  }
}
