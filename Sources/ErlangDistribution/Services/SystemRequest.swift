import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// What `sys` and `GenServer.stop` ask of a server: `{system, From, Request}`.
struct SystemRequest: Sendable {
  let caller: GenMessage.Caller
  let request: Term

  init?(_ term: Term) {
    guard let parts = term.elements, parts.count == 3, parts[0] == .atom("system"),
      let caller = GenMessage.Caller(parts[1])
    else { return nil }
    self.caller = caller
    request = parts[2]
  }

  /// In the turn of the process.
  ///
  /// - Parameters:
  ///   - process: who is asked.
  ///   - node: its node.
  ///   - peer: the node that asks.
  /// - Returns: what is left for the process to do; nil if it is none that does such things.
  func order(for process: ProcessCell, _ node: Distribution, from peer: Atom) -> SystemMessage? {
    if let reason = request.pair("terminate") {
      node.reply(.atom("ok"), to: caller)
      return .stop(node.reason(of: reason))
    }
    let order = Sys.order("system message", for: process) { server in
      let answer = await answer(of: server, node, from: peer)
      if !server.process.isDead { node.reply(answer, to: caller) }
    }
    if let order { return order }
    switch request {
    case .atom("get_state"):
      node.reply(.map([.atom("description"): .string(process.kindName)]), to: caller)
    default: node.refuse(caller, .atom("not_a_server"))
    }
    return nil
  }

  private func answer(of server: OrderedServer, _ node: Distribution, from peer: Atom) async -> Term {
    switch request {
    case .atom("get_state"): return await ServerTerms(server, node).state
    case .atom("get_status"): return await ServerTerms(server, node).status
    case .atom("suspend"):
      server.suspend()
      return .atom("ok")
    case .atom("resume"):
      server.resume()
      return .atom("ok")
    default: break
    }
    if let command = request.pair("debug") { return debug(command, server, node) }
    if let function = request.pair("replace_state") {
      // Whoever asks runs the function; nobody else is asked to.
      guard caller.pid.node == peer else { return failure(.atom("not_allowed")) }
      do {
        return try await ServerTerms(server, node).replaceState { state in
          try await node.call(peer.name, "erlang", "apply", [function, .list([state])], timeout: .seconds(5))
        }
      } catch let reason as ExitReason {
        return failure(node.term(of: reason))
      } catch {
        return failure(ExitTerm(error).term)
      }
    }
    return .tuple([.atom("error"), .tuple([.atom("unknown_system_msg"), request])])
  }

  private func failure(_ reason: Term) -> Term {
    let callback = Term.tuple([.atom("gen_server"), .atom("system_replace_state")])
    return .tuple([
      .atom("error"), .tuple([.atom("callback_failed"), callback, .tuple([.atom("error"), reason])]),
    ])
  }

  // MARK: Events

  private func debug(_ command: Term, _ server: OrderedServer, _ node: Distribution) -> Term {
    if command == .atom("no_debug") {
      server.noDebug()
      return .atom("ok")
    }
    guard let parts = command.elements, parts.count == 2 else { return .atom("unknown_debug") }
    switch (parts[0], parts[1]) {
    case (.atom("statistics"), .atom("true")): server.startStatistics()
    case (.atom("statistics"), .atom("false")): server.stopStatistics()
    case (.atom("statistics"), .atom("get")):
      return .tuple([.atom("ok"), server.statistics.map(statistics) ?? .atom("no_statistics")])
    case (.atom("log"), .atom("true")): server.keepLog(of: 10)
    case (.atom("log"), .tuple(let parts)) where parts.count == 2 && parts[0] == .atom("true"):
      // What a peer asks for is kept in memory.
      server.keepLog(of: min(max(0, parts[1].int ?? 10), 10_000))
    case (.atom("log"), .atom("false")): server.keepLog(of: 0)
    case (.atom("log"), .atom("get")):
      return .tuple([.atom("ok"), .list(server.log.map { .string($0.description) })])
    case (.atom("log"), .atom("print")): for event in server.log { print(event) }
    case (.atom("trace"), .atom("true")): server.trace()
    case (.atom("trace"), .atom("false")): server.stopTrace()
    // Nobody else's files.
    case (.atom("log_to_file"), .atom("false")): break
    case (.atom("log_to_file"), _): return .tuple([.atom("error"), .atom("open_file")])
    default: return .atom("unknown_debug")
    }
    return .atom("ok")
  }

  private func statistics(_ counted: SystemStatistics) -> Term {
    let now = CalendarTime.now
    let passed = counted.start.duration(to: counted.current).components.seconds
    return .list([
      .tuple([.atom("start_time"), CalendarTime(seconds: now.seconds - passed).term]),
      .tuple([.atom("current_time"), now.term]),
      .tuple([.atom("reductions"), .integer(Int(clamping: counted.reductions))]),
      .tuple([.atom("messages_in"), .integer(counted.messagesIn)]),
      .tuple([.atom("messages_out"), .integer(counted.messagesOut)]),
    ])
  }
}

extension Term {
  /// The second part of a pair that begins with that atom.
  func pair(_ name: Atom) -> Term? {
    guard let parts = elements, parts.count == 2, parts[0] == .atom(name) else { return nil }
    return parts[1]
  }
}
