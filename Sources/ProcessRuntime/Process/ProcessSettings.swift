/// What a supervisor lays down for a child's process, before that begins; `nil`: as the program has it.
package struct ProcessSettings: Sendable, Hashable {
  package var faultPolicy: FaultPolicy?
  package var hangPolicy: HangPolicy?
  package var mailboxPolicy: MailboxPolicy?

  package init(
    faultPolicy: FaultPolicy? = nil, hangPolicy: HangPolicy? = nil, mailboxPolicy: MailboxPolicy? = nil
  ) {
    self.faultPolicy = faultPolicy
    self.hangPolicy = hangPolicy
    self.mailboxPolicy = mailboxPolicy
  }
}

extension ProcessCell {
  /// What holds for the processes that this one starts from now on; `nil`: what the program has.
  package final func layDownForChildren(_ settings: ProcessSettings?) {
    lock.withLock {
      // A dead process's extras are gone, and stay so.
      guard reason == nil, settings != nil || extras != nil else { return }
      sureExtras.settingsOfChildren = settings
    }
  }

  /// Before it begins, under its lock.
  final func take(_ settings: ProcessSettings) {
    if let policy = settings.faultPolicy { faultPolicy = policy }
    if let policy = settings.hangPolicy { sureExtras.hangPolicy = policy }
    // Nobody waits for a place before it begins.
    if let policy = settings.mailboxPolicy { _ = set(policy) }
  }
}
