/// Orders of the runtime to a process, in its mailbox with everything else (OTP's system messages).
package enum SystemMessage: Sendable {
  /// End with this reason, after the usual cleaning up.
  case stop(ExitReason)
  /// Nothing has come for as long as the server said: the timeout of this number has passed.
  case idle(UInt64)
  /// What only the kind of process knows how to do.
  case request(any SystemRequest)
}

/// Something that a server is to do or to tell, besides its messages.
package protocol SystemRequest: Sendable {
  /// For reports.
  var name: String { get }
}
