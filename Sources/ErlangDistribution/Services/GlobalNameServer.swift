import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// What a visible node answers `global` of the others, so that nobody waits for it: that it has no names, and agrees to all.
///
/// It knows none of the global names, and takes part in no lock.
struct GlobalNameServer: GenServer {
  typealias Message = ErlangMessage

  let node: Distribution

  func handle(_ message: ErlangMessage) {
    switch message {
    case .call(let request, let reply):
      switch request.elements?.first?.atom {
      case "set_lock", "del_lock", "del_lock_sync": reply(.bool(true))
      case "register", "register_ext": reply(.atom("yes"))
      default: reply(.atom("ok"))
      }
    case .cast(let term):
      guard let parts = term.elements, parts.count == 4, parts[0] == .atom("init_connect"), let other = parts[2].atom
      else { return }
      let server = ProcessRef<ErlangMessage>(
        unsafelyTyped: node.peer(other).process(.name("global_name_server")).id)
      server.send(.cast(.tuple([.atom("in_sync"), .atom(node.identity.name), .atom("true")])))
    case .info: break
    }
  }
}
