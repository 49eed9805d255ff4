import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// Answers `net_adm:ping` and `Node.ping`.
struct NetKernel: GenServer {
  typealias Message = ErlangMessage

  func handle(_ message: ErlangMessage) {
    guard case .call(let request, let reply) = message else { return }
    if let parts = request.elements, parts.count == 2, parts[0] == .atom("is_auth") {
      reply(.atom("yes"))
    } else {
      reply(.tuple([.atom("error"), .atom("badcall")]))
    }
  }
}

/// Answers the older forms of `rpc`, which C nodes use.
struct RpcServer: GenServer {
  typealias Message = ErlangMessage

  let node: Distribution

  func handle(_ message: ErlangMessage) {
    switch message {
    case .call(let request, let reply): evaluate(request) { reply($0) }
    case .info(let term):
      guard let parts = term.elements, parts.count == 2, let pid = parts[0].pid else { return }
      if parts[1] == .atom("features_request") {
        send(.tuple([.atom("features_reply"), .atom(node.identity.name), .list([.atom("erpc")])]), to: pid)
      } else {
        evaluate(parts[1]) { [self] in send(.tuple([.atom("rex"), $0]), to: pid) }
      }
    case .cast(let term): evaluate(term) { _ in }
    }
  }

  /// In a process of its own: others need not wait for it.
  private func evaluate(_ request: Term, _ answer: @escaping @Sendable (Term) -> Void) {
    guard let parts = request.elements, parts.count == 5, let kind = parts[0].atom,
      ["call", "block_call", "cast"].contains(kind)
    else { return answer(.tuple([.atom("badrpc"), .atom("badcall")])) }
    _ = spawn(on: node.core) { [node] in answer(await node.evaluate(parts[1], parts[2], parts[3]).rpc) }
  }

  private func send(_ term: Term, to pid: Term.Pid) {
    guard let payload = try? Payload(term, limits: node.options.limits) else { return }
    node.knownPeer(pid.node)?.transmit(.send(from: node.currentPid, to: pid, payload), to: nil, dials: false)
  }
}
