/// Frames that the sending threads write themselves, one thread at a time.
extension WriteQueue {
  /// As much as one system call takes.
  static let directByteCount = 256 << 10

  /// What the caller is to write now.
  ///
  /// Empty when there is nothing, or somebody else writes it.
  mutating func beginWriting() -> [[UInt8]] {
    guard writer == .nobody, !isClosed, !isEmpty else { return [] }
    writer = .thread
    return take(upTo: WriteQueue.directByteCount)
  }

  /// Everything was written: what has come meanwhile, which the same thread writes too.
  mutating func goOnWriting() -> [[UInt8]] {
    guard !isClosed, !isEmpty else {
      writer = .nobody
      return []
    }
    return take(upTo: WriteQueue.directByteCount)
  }

  /// The socket takes no more, or one thread has written for the others for long: who reads the socket goes on.
  mutating func leaveToCarrier(_ rest: [UInt8]) {
    putBack(rest)
    writer = .carrier
    drainIsScheduled()
  }

  /// The carrier has written everything: the senders may go on.
  ///
  /// False if there is more, which is the carrier's to write.
  mutating func carrierIsDone() -> Bool {
    guard writer == .carrier else { return true }
    guard isEmpty else { return false }
    writer = .nobody
    return true
  }
}
