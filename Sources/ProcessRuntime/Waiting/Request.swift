/// A request that has been sent, and whose response is asked for later (OTP's request id).
///
///     let score = match.sendRequest { .score($0) }
///     let weather = forecast.sendRequest { .today($0) }
///     print(try await score.receiveResponse(timeout: .seconds(5)), try await weather.receiveResponse())
///
/// The response does not come into the mailbox: it waits here, and can be asked for any number of times, by whoever holds the
/// request. When the last copy of the request goes away, the request is abandoned: a response that comes later is dropped.
///
/// No timer runs for a request: how long to wait is said when its response is asked for.
public struct Request<Value: Sendable>: Hashable, Sendable, CustomStringConvertible {
  let handle: RequestHandle<Value>

  init(_ handle: RequestHandle<Value>) { self.handle = handle }

  public static func == (a: Self, b: Self) -> Bool { a.handle === b.handle }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(handle)) }
  public var description: String { "request to \(handle.name)" }

  /// Waits for the response, and gives the request up if there is none in time (`gen_server:receive_response/2`).
  ///
  /// Suspends until the process answers, ends, or gives up the reply. If it is the caller itself that would have to answer,
  /// or someone who waits for the caller, that is an error at once.
  ///
  /// - Parameter timeout: how long to wait; nil for ever; zero looks, and does not wait.
  /// - Returns: the answer.
  /// - Throws: ``CallError``. After `timeout` and `cancelled` the request is abandoned: to ask again is `timeout`, at once.
  public func receiveResponse(timeout: Duration? = nil) async throws(CallError) -> Value {
    try await handle.receive(until: handle.deadline(timeout))
  }

  /// The same, until an instant; one that has passed looks, and does not wait (OTP's `{abs, Time}`).
  public func receiveResponse(until instant: ProcessClock.Instant) async throws(CallError) -> Value {
    try await handle.receive(until: instant.nanoseconds)
  }

  /// Waits for the response, and leaves everything as it is if there is none in time (`gen_server:wait_response/2`).
  ///
  /// Suspends until the process answers, ends, or gives up the reply.
  ///
  /// - Parameter timeout: how long to wait; nil for ever; zero looks, and does not wait.
  /// - Returns: the answer, or why there is none; nil when the time is over: then it may be asked again.
  /// - Throws: ``CallError``, `exited` or `cancelled`, if the caller itself ends or is cancelled meanwhile.
  public func waitResponse(timeout: Duration? = nil) async throws(CallError) -> Result<Value, CallError>? {
    try await handle.wait(until: handle.deadline(timeout))
  }

  /// The same, until an instant; one that has passed looks, and does not wait.
  public func waitResponse(until instant: ProcessClock.Instant) async throws(CallError) -> Result<Value, CallError>? {
    try await handle.wait(until: instant.nanoseconds)
  }

  /// The response, if it is there (`gen_server:check_response/2`).
  ///
  /// Does not suspend. In OTP the response is a message, and is checked when it comes; here a message says that it has come:
  /// see ``notify(_:with:)``.
  ///
  /// - Returns: the answer, or why there is none; nil while there is no response.
  public func checkResponse() -> Result<Value, CallError>? { handle.result }

  /// Sends `message` to a process when the response is there; at once, if it is.
  ///
  /// So a server gets responses among its messages, and waits for none: it handles the message by ``checkResponse()``.
  /// Does not suspend. Nothing is sent for a request that was abandoned.
  public func notify<Message: Sendable>(_ process: ProcessRef<Message>, with message: Message) {
    if ProcessCell.isFenced() { return }
    handle.answer.notify { process.deliver(message) }
  }

  /// Gives the request up: its response, if it comes, is dropped.
  ///
  /// Does not suspend. The process that was asked does not learn of it.
  public func abandon() { handle.abandon() }
}

/// What all copies of a request share: its end is the end of the last copy.
final class RequestHandle<Value: Sendable>: Sendable {
  let answer = RequestAnswer<Value>()
  let name: String
  /// Nil: there was nobody to ask.
  let target: ProcessCell?
  private let caller: ProcessCell?
  private let ticket: WaitTicket
  /// The request's number at the node of a target that is of another one.
  private let number: UInt64

  /// A request to `target`, which is sent with its ticket.
  init(to target: ProcessCell?, name: String?) {
    self.target = target
    self.name = name ?? target?.id.description ?? "nobody"
    caller = ProcessCell.current
    let node = target?.node ?? .current
    let isRemote = target?.id.remote != nil
    number = isRemote ? node.nextReference() : 0
    ticket = (isRemote ? ForeignRequest(answer) : answer).open(for: caller, on: node)
  }

  deinit { abandon() }

  /// Sends it.
  func send(_ makeEnvelope: (WaitTicket) -> UnsafeMutablePointer<EnvelopeHeader>) {
    guard callerLives() else { return }
    guard let target, !target.isDead else {
      ticket.resume(throwing: CallError(.noProcess))
      return
    }
    target.push(makeEnvelope(ticket))
    // Who ends the target looks at its mailbox after marking it dead; this looks for death after the mailbox.
    if target.isDeadInOrder(), let reason = target.exitReason {
      ticket.resume(throwing: CallError.exited(target.id, reason))
    }
  }

  /// Who is asked, if that is a process of another node.
  var remote: RemoteProcess? { number == 0 ? nil : target?.remote }

  func send<Message: Sendable>(_ message: Message, to remote: RemoteProcess) {
    if callerLives() { remote.peer.call(message, to: remote, as: number, ticket) }
  }

  private func callerLives() -> Bool {
    guard let caller, caller.isDead, let reason = caller.exitReason else { return true }
    ticket.resume(throwing: CallError(.exited(reason), target: caller.id.description))
    return false
  }

  func fail(_ error: CallError) { ticket.resume(throwing: error) }

  func abandon() {
    answer.abandon()
    // The slot, and with it the answer's place, are free again.
    ticket.resume(throwing: CallError.unanswered)
    remote?.peer.endCall(number)
  }

  /// As its holder sees it.
  var result: Result<Value, CallError>? {
    switch answer.result {
    case .success(let value)?: .success(value)
    case .failure(let error)?: .failure(explain(error))
    case nil: nil
    }
  }

  private func explain(_ error: any Error) -> CallError {
    target.map { Call.explain(error, $0, caller) } ?? (error as? CallError ?? CallError(.noProcess)).to(name)
  }

  private var node: Node { target?.node ?? .current }

  func deadline(_ timeout: Duration?) -> Int64 { timeout.map { node.clock.now().after($0) } ?? .max }

  func wait(until deadline: Int64) async throws(CallError) -> Result<Value, CallError>? {
    try await wait(until: deadline) { _ in }
  }

  func receive(until deadline: Int64) async throws(CallError) -> Value {
    let waiting = ProcessCell.current
    do throws(CallError) {
      let result = try await wait(until: deadline) { waiter in
        // Who waits here does nothing else until then: so a circle would never end.
        guard let waiting, let target, let path = waiting.beginCall(to: target, ticket) else { return }
        waiter.resume(throwing: CallError(waiting === target ? .callingSelf : .deadlock(path), target: name))
      }
      waiting?.endCall()
      guard let result else { throw CallError(.timeout, target: name) }
      return try result.get()
    } catch {
      waiting?.endCall()
      abandon()
      throw error
    }
  }

  private func wait(
    until deadline: Int64, _ begin: (WaitTicket) -> Void
  ) async throws(CallError) -> Result<Value, CallError>? {
    let node = node
    if let result { return result }
    if answer.isAbandoned || deadline <= node.clock.now() { return nil }
    var waiter: WaitTicket?
    defer { if let waiter { answer.endWait(waiter) } }
    do {
      try await suspend(until: deadline, on: node) { ticket in
        waiter = ticket
        if answer.wait(ticket) { begin(ticket) } else { ticket.resume(returning: ()) }
      } as Void
    } catch {
      switch error {
      case is WaitTimeout: break
      case let error as CallError: throw error
      case let reason as ExitReason: throw CallError(.exited(reason), target: ProcessCell.current?.id.description)
      default: throw CallError(.cancelled, target: name)
      }
    }
    return result
  }
}
