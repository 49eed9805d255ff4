/// When a call to a name is made again: see ``ProcessName/call(timeout:retrying:_:)``.
///
///     try await store.call(retrying: .atMostOnce) { .append(event, $0) }   // waits for who is to have the name
///     try await store.call(retrying: .atLeastOnce()) { .read(key, $0) }    // asks the successor too
public struct CallRetry: Sendable {
  /// How many processes may end while they have the message, the last one's end being told to the caller.
  let ends: Int
  private let isFinal: (@Sendable (ExitReason) -> Bool)?

  private init(ends: Int, isFinal: (@Sendable (ExitReason) -> Bool)?) {
    self.ends = ends
    self.isFinal = isFinal
  }

  /// Again only while nobody has the name, or nobody alive: no process has had the message, and one handles it at most.
  ///
  /// That a process ended before it answered is the caller's to judge, as without a retry.
  public static var atMostOnce: Self { Self(ends: 1, isFinal: nil) }

  /// Again when the process ended before it answered, too: the message may have been handled, and is handled once more.
  ///
  /// The choice for what may be repeated: reading, and whatever counts once however often it is said.
  ///
  /// - Parameters:
  ///   - attempts: how many processes may get the message; one at least. A message that ends each process that handles it also
  ///     uses up the restarts that their supervisor allows: three, the default, is what a supervisor allows if not told otherwise.
  ///   - isFinal: asked for the reason when a process ended before it answered; true: it is not tried again. With
  ///     `{ $0.fault != nil }` a message that may be the cause of a trap is not repeated.
  /// - Returns: what a call takes.
  public static func atLeastOnce(
    attempts: Int = 3, unless isFinal: (@Sendable (ExitReason) -> Bool)? = nil
  ) -> Self {
    Self(ends: max(1, attempts), isFinal: isFinal)
  }

  /// Whether the message may be repeated at all after somebody may have had it.
  var repeats: Bool { ends > 1 }

  func isFinal(_ reason: ExitReason) -> Bool { isFinal?(reason) ?? false }
}
