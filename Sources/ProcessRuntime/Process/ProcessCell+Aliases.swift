/// Aliases (rules ALI). Whether an alias is active is decided under its owner's lock, in one step with the arrival of the
/// message.
extension ProcessCell {
  /// A new alias's number.
  ///
  /// That of a dead process is never active.
  final func makeAlias(_ mode: AliasMode) -> UInt64 {
    let number = node.nextReference()
    lock.withLock { if reason == nil { sureExtras.aliases[number] = mode } }
    return number
  }

  /// True if it was active.
  final func removeAlias(_ number: UInt64) -> Bool {
    lock.withLock { extras?.aliases.removeValue(forKey: number) != nil }
  }

  /// Puts a message into the mailbox if the alias is active; else destroys it.
  final func push(_ envelope: UnsafeMutablePointer<EnvelopeHeader>, throughAlias number: UInt64) {
    lock.lock()
    guard reason == nil, let mode = extras?.aliases[number] else {
      lock.unlock()
      destroy(envelope)
      return
    }
    var monitoring: Monitoring?
    if mode == .untilReply {
      extras?.aliases[number] = nil
      monitoring = extras?.monitoring.removeValue(forKey: number)
    }
    pushAndUnlock(envelope)
    monitoring?.cell.removeWatcher(number, of: self)
  }
}
