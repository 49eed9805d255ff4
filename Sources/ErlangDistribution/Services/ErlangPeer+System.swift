import ErlangTerms
@_spi(Runtime) package import ProcessRuntime
package import Supervision
import Synchronization

/// What ``Sys`` does to servers of the peer, in the words of Erlang's `sys`.
extension ErlangPeer: RemoteSystem {
  package func perform(
    _ command: RemoteCommand, on target: RemoteProcess, timeout: Duration?
  ) async throws(SysError) {
    let answer = try await ask(request(command), of: target, timeout)
    guard answer == .atom("ok") else { throw unexpected(answer, target) }
  }

  private func request(_ command: RemoteCommand) -> Term {
    switch command {
    case .suspend: .atom("suspend")
    case .resume: .atom("resume")
    case .terminate(let reason): .tuple([.atom("terminate"), node.term(of: reason)])
    case .startStatistics: debug("statistics", .atom("true"))
    case .stopStatistics: debug("statistics", .atom("false"))
    case .startLog(let last): debug("log", .tuple([.atom("true"), .integer(last)]))
    case .stopLog: debug("log", .atom("false"))
    case .noDebug: .tuple([.atom("debug"), .atom("no_debug")])
    }
  }

  private func debug(_ name: Atom, _ value: Term) -> Term {
    .tuple([.atom("debug"), .tuple([.atom(name), value])])
  }

  package func status(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> SystemStatus {
    let answer = try await ask(.atom("get_status"), of: target, timeout)
    guard let status = SystemStatus(answer, target, self) else { throw unexpected(answer, target) }
    return status
  }

  package func statistics(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> SystemStatistics? {
    let answer = try await ask(debug("statistics", .atom("get")), of: target, timeout)
    if answer.pair("ok") == .atom("no_statistics") { return nil }
    guard let statistics = answer.pair("ok").flatMap({ SystemStatistics($0) }) else {
      throw unexpected(answer, target)
    }
    return statistics
  }

  package func log(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> [SystemEvent] {
    let answer = try await ask(debug("log", .atom("get")), of: target, timeout)
    guard let events = answer.pair("ok")?.list else { throw unexpected(answer, target) }
    return events.map { SystemEvent($0, target, node) }
  }

  package func state(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> any RemoteState {
    let answer = try await ask(.atom("get_state"), of: target, timeout)
    if let failure = failure(answer) { throw failure }
    return RemoteServerState(answer, node)
  }

  // MARK: Asking

  /// Asks as `sys` does, and waits for the answer.
  private func ask(_ request: Term, of target: RemoteProcess, _ timeout: Duration?) async throws(SysError) -> Term {
    let core = Node.current
    let number = node.core.nextReference()
    let me = node.currentPid
    let name = self.target(target)
    let caller = GenMessage.Caller(
      pid: me, tag: .improperList([.atom("alias")], tail: .reference(node.reference(number))))
    do {
      let payload = try Payload(.tuple([.atom("system"), caller.term, request]), limits: node.options.limits)
      let message: ControlMessage =
        switch name {
        case .name(let name): .sendToName(from: me, to: name, payload)
        case .pid(let pid): .send(from: me, to: pid, payload)
        }
      let answer: Payload = try await suspend(
        until: timeout.map { core.clock.now().after($0) } ?? .max, on: core
      ) { ticket in
        state.withLock { state in
          state.monitors.begin(number, MonitorTable.Call(target: target) { ticket.resume($0) })
          transmit(.monitor(from: me, name, node.reference(number)), to: target, &state)
          transmit(message, to: target, &state)
        }
      }
      guard let parts = try answer.term(limits: node.options.limits).elements, parts.count == 2 else {
        throw TransferError("the answer is no answer")
      }
      return parts[1]
    } catch {
      endCall(number)
      throw explain(error, target)
    }
  }

  private func explain(_ error: any Error, _ target: RemoteProcess) -> SysError {
    let text = "\(target.id)"
    switch error {
    case let error as CallError: return SysError(.call(CallError(error.kind, target: error.target ?? text)))
    case is WaitTimeout: return SysError(.call(CallError(.timeout, target: text)))
    case is CancellationError: return SysError(.call(CallError(.cancelled, target: text)))
    case let reason as ExitReason:
      if reason == .noProcess { return SysError(.call(CallError(.noProcess, target: text))) }
      switch (reason.error as? ErlangExit)?.term {
      case .atom("not_a_server"): return SysError(.notAServer(target.id))
      case .atom("not_allowed"): return SysError(.refused(name))
      default: return SysError(.call(CallError(.exited(reason), target: text)))
      }
    default: return SysError(.wrongAnswer("\(error)"))
    }
  }

  /// What the answer says of a failure; nil if it says nothing of one.
  private func failure(_ answer: Term) -> SysError? {
    guard let parts = answer.pair("error")?.elements else { return nil }
    if parts.count == 3, parts[0] == .atom("callback_failed") {
      return SysError(.callbackFailed(node.reason(of: parts[2].elements?.last ?? parts[2])))
    }
    if parts.count == 2, parts[0] == .atom("unknown_system_msg") { return SysError(.wrongAnswer("\(answer)")) }
    return nil
  }

  private func unexpected(_ answer: Term, _ target: RemoteProcess) -> SysError {
    failure(answer) ?? SysError(.wrongAnswer("\(answer)"))
  }

  // MARK: Another state

  package func replaceState<Value: Sendable>(
    of target: RemoteProcess, timeout: Duration?,
    _ change: @escaping @Sendable (any RemoteState) throws -> (any RemoteState, Value)
  ) async throws(SysError) -> Value {
    let outcome = ChangeOutcome<Value>()
    let node = node
    let word = node.replacements.begin(of: self) { term in
      try outcome.note {
        let (new, value) = try change(RemoteServerState(term, node))
        guard let new = new as? RemoteServerState else { throw SysError(.wrongState("it is no term")) }
        return (new.term, value)
      }
    }
    defer { node.replacements.end(word) }
    var answer = try await ask(.tuple([.atom("replace_state"), word]), of: target, timeout)
    // The BEAM takes functions only, and says so. Its own interpreter can make one that has this node called.
    if failure(answer) != nil, !node.replacements.hasBegun(word) {
      answer = try await replaceState(of: target, by: word, timeout)
    }
    if let error = outcome.error { throw SysError(ofClosure: .failure(error)) }
    if let failure = failure(answer) { throw failure }
    guard let value = outcome.value else { throw SysError(.wrongAnswer("\(answer)")) }
    return value
  }

  private static let replacement = try? Term(
    """
    [{call,1,{remote,1,{atom,1,sys},{atom,1,replace_state}},[{var,1,'P'},{'fun',1,{clauses,[{clause,1,[{var,1,'S'}],[],
    [{call,1,{remote,1,{atom,1,erpc},{atom,1,call}},[{var,1,'N'},{atom,1,erlang},{atom,1,apply},
    {cons,1,{var,1,'W'},{cons,1,{cons,1,{var,1,'S'},{nil,1}},{nil,1}}},{var,1,'T'}]}]}]}},{var,1,'T'}]}]
    """, syntax: .erlang)

  /// `sys:replace_state(P, fun(S) -> erpc:call(N, erlang, apply, [W, [S]], T) end, T)`, on the peer.
  private func replaceState(
    of target: RemoteProcess, by word: Term, _ timeout: Duration?
  ) async throws(SysError) -> Term {
    guard let forms = Self.replacement else { throw SysError(.wrongAnswer("no function")) }
    let process: Term =
      switch self.target(target) {
      case .name(let name): .atom(name)
      case .pid(let pid): .pid(pid)
      }
    let milliseconds = timeout.map {
      Term.integer(
        max(1, Int(clamping: $0.components.seconds * 1_000 + $0.components.attoseconds / 1_000_000_000_000_000)))
    }
    let bindings: [(Atom, Term)] = [
      ("P", process), ("N", .atom(node.identity.name)), ("W", word), ("T", milliseconds ?? .atom("infinity")),
    ]
    do {
      return try await node.call(
        name, "erl_eval", "exprs",
        [forms, .list(bindings.map { .tuple([.atom($0), $1]) })], timeout: timeout)
    } catch let error as ErlangExit {
      // `exit({Reason, {sys, replace_state, …}})`, or the error that a function has failed.
      let parts = error.term.elements
      if parts?.first == .atom("callback_failed") { return .tuple([.atom("error"), error.term]) }
      switch parts?.first {
      case .atom("noproc"): throw explain(ExitReason.noProcess, target)
      case .atom("timeout"): throw explain(WaitTimeout(), target)
      default: throw SysError(.wrongAnswer("\(error.term)"))
      }
    } catch {
      throw explain(error, target)
    }
  }
}

/// What has become of a change.
private final class ChangeOutcome<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)

  func note(_ change: () throws -> (Term, Value)) throws -> Term {
    do {
      let (new, value) = try change()
      result.withLock { $0 = .success(value) }
      return new
    } catch {
      result.withLock { $0 = .failure(error) }
      throw error
    }
  }

  var value: Value? { result.withLock { try? $0?.get() } }

  var error: (any Error)? {
    result.withLock { if case .failure(let error)? = $0 { error } else { nil } }
  }
}

extension WaitTicket {
  fileprivate func resume(_ end: MonitorTable.CallEnd) {
    switch end {
    case .answer(let payload): resume(returning: payload)
    case .failed(let reason): resume(throwing: reason)
    }
  }
}
