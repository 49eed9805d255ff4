public import ProcessRuntime

/// What several servers have answered to one request (the result of `gen_server:multi_call/4`).
public struct MultiCallReplies<Server: Sendable, Value: Sendable>: Sendable {
  /// Who has answered, and what; in the order in which the servers were named.
  public let replies: [(server: Server, value: Value)]
  /// Who has not, and why: there was no such server, it ended, or the time was over.
  public let badServers: [(server: Server, error: CallError)]
}

extension GenServer {
  /// Asks several servers the same, and waits for all of them together (`gen_server:multi_call/4`).
  ///
  ///     let replies = try await Cache.multiCall([.east, .west], timeout: .seconds(1)) { .get($0) }
  ///
  /// Suspends until each has answered or cannot answer any more, or until the time is over. An answer after that is dropped.
  ///
  /// - Parameters:
  ///   - servers: whom to ask, by name. One that is named twice is asked twice.
  ///   - timeout: how long to wait, for all together; nil for ever.
  ///   - make: makes the message around the reply token, once for each server.
  /// - Returns: the answers, and the servers without one; the caller itself is one of those, at once.
  /// - Throws: ``CallError``, `exited` or `cancelled`, if the caller itself ends or is cancelled meanwhile.
  public static func multiCall<Value: Sendable>(
    _ servers: [ProcessName<Message>], timeout: Duration? = nil, _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> MultiCallReplies<ProcessName<Message>, Value> {
    let own = CurrentProcess.id
    return try await collect(
      servers.map { ($0, own != nil && $0.whereis == own ? nil : $0.sendRequest(make)) }, timeout)
  }

  /// The same, for servers whose processes are known.
  public static func multiCall<Value: Sendable>(
    _ servers: [ProcessRef<Message>], timeout: Duration? = nil, _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> MultiCallReplies<ProcessRef<Message>, Value> {
    let own = CurrentProcess.id
    return try await collect(servers.map { ($0, $0.id == own ? nil : $0.sendRequest(make)) }, timeout)
  }

  /// Sends several servers the same message (`gen_server:abcast/3`).
  ///
  /// Does not suspend. Nothing happens where nobody has the name.
  public static func abcast(_ servers: [ProcessName<Message>], _ message: Message) {
    for server in servers { server.send(message) }
  }
}

/// A request that is nil would be one to the caller, who cannot answer while it waits.
private func collect<Server: Sendable, Value: Sendable>(
  _ requests: [(server: Server, request: Request<Value>?)], _ timeout: Duration?
) async throws(CallError) -> MultiCallReplies<Server, Value> {
  let deadline = timeout.map { ProcessClock.now.advanced(by: $0) }
  var replies: [(server: Server, value: Value)] = []
  var badServers: [(server: Server, error: CallError)] = []
  for (server, request) in requests {
    guard let request else {
      badServers.append((server, CallError(.callingSelf, target: "\(server)")))
      continue
    }
    let result: Result<Value, CallError>?
    if let deadline {
      result = try await request.waitResponse(until: deadline)
    } else {
      result = try await request.waitResponse()
    }
    switch result {
    case .success(let value)?: replies.append((server, value))
    case .failure(let error)?: badServers.append((server, error))
    case nil:
      request.abandon()
      badServers.append((server, CallError(.timeout, target: "\(server)")))
    }
  }
  return MultiCallReplies(replies: replies, badServers: badServers)
}
