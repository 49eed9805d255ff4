/// A type of messages that is any term, taken as it comes.
package protocol OutsideTermMessage {
  /// - Parameters:
  ///   - term: the message.
  ///   - reply: who waits for an answer, of a kind that only the runtime knows; nil: nobody does.
  init(_ term: Term, replyingTo reply: AnyObject?)
}
