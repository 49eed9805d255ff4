/// Orders of the runtime to a process, in its mailbox with everything else (OTP's system messages).
package enum SystemMessage: Sendable {
  /// End with this reason, after the usual cleaning up.
  case stop(ExitReason)
  /// Nothing has come for as long as the server said: the timeout of this number has passed.
  case idle(UInt64)
}
