extension ProcessRef {
  /// Asks, and does not wait for the answer (`gen_server:send_request/2`).
  ///
  /// Does not suspend, and never fails: what is wrong is told by the response. If the process is dead, that is `noProcess`; if
  /// its mailbox is bounded and full, `mailboxFull`; if it ends before it answers, `exited`; each at once. A process of
  /// another node is monitored meanwhile; if the connection is lost, that is `exited(.noConnection)`.
  ///
  /// - Parameter make: makes the message around the reply token.
  /// - Returns: what the response is asked of.
  public func sendRequest<Value: Sendable>(_ make: (ReplyTo<Value>) -> Message) -> Request<Value> {
    let handle = RequestHandle<Value>(to: cell, name: nil)
    if let remote = handle.remote {
      handle.send(make(ReplyTo(outside: Question())), to: remote)
      return Request(handle)
    }
    handle.send { Envelope.make(make(ReplyTo($0)), sentAs: .call, call: $0) }
    return Request(handle)
  }
}

extension ProcessName {
  /// Asks whoever has the name, and does not wait for the answer: see ``ProcessRef/sendRequest(_:)``.
  ///
  /// Nobody having the name is the response `noProcess`.
  public func sendRequest<Value: Sendable>(_ make: (ReplyTo<Value>) -> Message) -> Request<Value> {
    do {
      return try resolved(target.whereis()).sendRequest(make)
    } catch {
      let handle = RequestHandle<Value>(to: nil, name: rawValue)
      handle.fail(CallError(naming: error, target: rawValue))
      return Request(handle)
    }
  }
}
