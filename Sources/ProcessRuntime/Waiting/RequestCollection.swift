/// Requests that are waited for together, each under a label (OTP's request id collection).
///
///     var scores = RequestCollection<String, Int>()
///     for (home, match) in matches { try scores.add(match.sendRequest { .score($0) }, label: home) }
///     while case .response(let score, let home, _) = try await scores.receiveResponse(timeout: .seconds(5)) {
///       print(home, try score.get())
///     }
///
/// Responses come in the order in which they arrive, whatever the order of the requests. All requests of a collection have
/// answers of one type. A copy is a collection of its own with the same requests. Asking for a response looks at every
/// request once.
public struct RequestCollection<Label: Sendable, Value: Sendable>: Sendable {
  /// What has come of asking a collection.
  public enum Outcome: Sendable {
    /// The response to one request: the answer, or why there is none.
    case response(Result<Value, CallError>, label: Label, request: Request<Value>)
    /// There is no request in the collection.
    case noRequest
    /// No response in time; or there will be none, because all requests were abandoned.
    case timeout
  }

  /// The requests and their labels, in the order in which they were added (`gen_server:reqids_to_list/1`).
  public private(set) var requests: [(request: Request<Value>, label: Label)] = []
  private var known: Set<Request<Value>> = []

  /// No requests (`gen_server:reqids_new/0`).
  public init() {}

  /// How many requests there are (`gen_server:reqids_size/1`).
  public var count: Int { requests.count }
  /// Whether there is none.
  public var isEmpty: Bool { requests.isEmpty }

  /// Adds a request under a label (`gen_server:reqids_add/3`).
  ///
  /// - Throws: ``RequestCollectionError`` if it is there already.
  public mutating func add(_ request: Request<Value>, label: Label) throws(RequestCollectionError) {
    guard known.insert(request).inserted else { throw RequestCollectionError() }
    requests.append((request, label))
  }

  /// Waits for the next response, and gives all requests up if there is none in time (`gen_server:receive_response/3`).
  ///
  /// - Parameters:
  ///   - timeout: how long to wait; nil for ever; zero looks, and does not wait.
  ///   - delete: whether the request leaves the collection with its response; else asking again tells of it again.
  /// - Returns: the response that came first, `noRequest`, or `timeout`.
  /// - Throws: ``CallError``, `exited` or `cancelled`, if the caller itself ends or is cancelled meanwhile.
  public mutating func receiveResponse(timeout: Duration? = nil, delete: Bool = true) async throws(CallError) -> Outcome
  {
    try await receive(until: Self.deadline(timeout), delete)
  }

  /// The same, until an instant; one that has passed looks, and does not wait.
  public mutating func receiveResponse(
    until instant: ProcessClock.Instant, delete: Bool = true
  ) async throws(CallError) -> Outcome {
    try await receive(until: instant.nanoseconds, delete)
  }

  /// Waits for the next response, and leaves everything as it is if there is none in time (`gen_server:wait_response/3`).
  ///
  /// Otherwise as ``receiveResponse(timeout:delete:)``.
  public mutating func waitResponse(timeout: Duration? = nil, delete: Bool = true) async throws(CallError) -> Outcome {
    try await wait(until: Self.deadline(timeout), delete)
  }

  /// The same, until an instant; one that has passed looks, and does not wait.
  public mutating func waitResponse(
    until instant: ProcessClock.Instant, delete: Bool = true
  ) async throws(CallError) -> Outcome {
    try await wait(until: instant.nanoseconds, delete)
  }

  /// The response that came first, if one is there (`gen_server:check_response/3`).
  ///
  /// Does not suspend.
  ///
  /// - Returns: nil while there is none, or no request.
  public mutating func checkResponse(delete: Bool = true) -> Outcome? { earliest().flatMap { take($0, delete) } }
}

extension RequestCollection {
  private static func deadline(_ timeout: Duration?) -> Int64 { timeout.map { Node.now().after($0) } ?? .max }

  private mutating func receive(until deadline: Int64, _ delete: Bool) async throws(CallError) -> Outcome {
    let outcome = try await wait(until: deadline, delete)
    if case .timeout = outcome { for (request, _) in requests { request.abandon() } }
    return outcome
  }

  private mutating func wait(until deadline: Int64, _ delete: Bool) async throws(CallError) -> Outcome {
    if requests.isEmpty { return .noRequest }
    let node = Node.current
    while true {
      if let index = earliest(), let outcome = take(index, delete) { return outcome }
      let answers = requests.map(\.request.handle.answer).filter { !$0.isAbandoned }
      if answers.isEmpty || deadline <= node.clock.now() { return .timeout }
      // Also when one of several is abandoned, which changes nothing for the others.
      try await waitForAny(of: answers, until: deadline, on: node)
    }
  }

  /// Waits until one of these is answered or abandoned, or until the deadline.
  private func waitForAny(
    of answers: [RequestAnswer<Value>], until deadline: Int64, on node: Node
  ) async throws(CallError) {
    var waiter: WaitTicket?
    defer { if let waiter { for answer in answers { answer.endWait(waiter) } } }
    do {
      try await suspend(until: deadline, on: node) { ticket in
        waiter = ticket
        for answer in answers where !answer.wait(ticket) { ticket.resume(returning: ()) }
      } as Void
    } catch {
      switch error {
      case is WaitTimeout: break
      case let reason as ExitReason: throw CallError(.exited(reason), target: ProcessCell.current?.id.description)
      default: throw CallError(.cancelled)
      }
    }
  }

  /// Where the request stands whose response came first.
  private func earliest() -> Int? {
    var found: (index: Int, arrival: UInt64)?
    for (index, item) in requests.enumerated() {
      guard let arrival = item.request.handle.answer.arrival, arrival < found?.arrival ?? .max else { continue }
      found = (index, arrival)
    }
    return found?.index
  }

  private mutating func take(_ index: Int, _ delete: Bool) -> Outcome? {
    let (request, label) = requests[index]
    guard let result = request.checkResponse() else { return nil }
    if delete {
      requests.remove(at: index)
      known.remove(request)
    }
    return .response(result, label: label, request: request)
  }
}

/// A request stands in the collection already.
public struct RequestCollectionError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String { "the request is in the collection already; a request has one label" }
}
