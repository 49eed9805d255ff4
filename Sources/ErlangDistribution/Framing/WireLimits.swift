package import ErlangTerms

/// What is accepted from a peer that has proved who it is, and what may wait for one.
///
/// Beyond it the connection is closed.
package struct WireLimits: Hashable, Sendable {
  /// Bytes of a frame.
  ///
  /// BEAM nodes send what is longer than 64 KiB in fragments.
  package var frameByteCount = 128 << 20
  /// Bytes of a message that came in fragments, and of all unfinished ones together.
  package var messageByteCount = 256 << 20
  /// Messages of which not all fragments have come.
  package var unfinishedMessageCount = 1024
  /// Bytes of a control message, without its payload.
  package var controlByteCount = 64 << 10
  /// Terms in control messages and exit reasons.
  package var terms = TermLimits()
  /// Bytes that wait for the peer from which on senders are told to wait.
  package var busyByteCount = 1 << 20
  /// Bytes that wait for the peer from which on it is given up as too slow.
  package var queueByteCount = 64 << 20

  package init() {}

  /// Fragments of one message: each is at least 1 KiB, on the average.
  var fragmentCount: UInt64 { UInt64(max(1, messageByteCount >> 10)) }
}
