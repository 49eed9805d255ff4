import Synchronization

/// A message from another node, which nobody has looked into yet.
///
/// It becomes one of the receiver's own type in the receiver's turn: what that takes runs the user's code.
@_spi(Runtime)
public protocol ForeignMessage: AnyObject, Sendable {
  /// The message as one of the receiver's; nil if there is nothing left for it to handle.
  ///
  /// Called once, in the receiver's turn.
  func envelope<Message: Sendable>(
    of type: Message.Type, for process: ProcessCell
  ) -> UnsafeMutablePointer<EnvelopeHeader>?

  /// The receiver's mailbox is full, and nobody will look into the message.
  func isRefused(by process: ProcessCell)
}

extension UnsafeMutablePointer<EnvelopeHeader> {
  var foreignMessage: (any ForeignMessage)? {
    pointee.kind == .foreign ? Envelope<any ForeignMessage>.peek(self) { $0 } : nil
  }
}

/// The answer to a call of another node's process.
package protocol ForeignAnswer: AnyObject, Sendable {
  /// The answer as what the caller wants, in the caller's turn.
  func value<Value: Sendable>(of type: Value.Type) throws -> Value
}

/// What a waiting caller is resumed with: a type of its own, for an existential would be resumed as what is in it.
package struct ForeignReply: Sendable {
  let answer: any ForeignAnswer

  package init(_ answer: any ForeignAnswer) { self.answer = answer }
}

extension ProcessCell {
  /// Puts a message from another node into the mailbox.
  package final func push(foreign message: any ForeignMessage) {
    push(Envelope<any ForeignMessage>.make(message, kind: .foreign))
  }

  /// The same, where others may be woken together with this process.
  package final func push(foreign message: any ForeignMessage, _ wakeUps: WakeUps) {
    let envelope = Envelope<any ForeignMessage>.make(message, kind: .foreign)
    if isBounded.load(ordering: .acquiring) { return push(envelope) }
    switch inbox.push(envelope) {
    case .wakes: wakeUps.add(self)
    case .queued: break
    case .closed: refuse(envelope, .noProcess)
    }
  }

  /// The same, if the alias through which it has come is active.
  package final func push(foreign message: any ForeignMessage, throughAlias number: UInt64) {
    push(Envelope<any ForeignMessage>.make(message, kind: .foreign), throughAlias: number)
  }

  /// In a turn, for the envelope being handled: what takes its place, if anything does.
  package final func adoptCurrent(
    _ envelope: UnsafeMutablePointer<EnvelopeHeader>
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    let own = adopt(envelope)
    lock.lock()
    current = own
    lock.unlock()
    destroy(envelope)
    return own
  }

  /// In a turn, for an envelope that waits in the queue: puts what it is to this process in its place.
  final func adoptQueued(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    let isDropped = lock.withLock { envelope.pointee.mark == .dropped }
    let own = isDropped ? nil : adopt(envelope)
    lock.lock()
    queue.replace(envelope, with: own)
    extras?.gate?.forget(envelope)
    let mark = envelope.pointee.mark
    if let own, own.pointee.kind == .message { own.pointee.mark = mark }
    let release = own?.pointee.kind == .message ? nil : release(for: envelope)
    lock.unlock()
    release?.carryOut(for: self)
    destroy(envelope)
  }

  private final func adopt(
    _ envelope: UnsafeMutablePointer<EnvelopeHeader>
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    let message = Envelope<any ForeignMessage>.peek(envelope) { $0 }
    return guarded { openForeign(message) }
  }
}
