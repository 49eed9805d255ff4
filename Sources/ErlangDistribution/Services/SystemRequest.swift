import ErlangTerms
@_spi(Runtime) import ProcessRuntime

/// What `sys` and `GenServer.stop` ask of a server: `{system, From, Request}`.
struct SystemRequest {
  private let caller: GenMessage.Caller
  private let request: Term

  init?(_ term: Term) {
    guard let parts = term.elements, parts.count == 3, parts[0] == .atom("system"),
      let caller = GenMessage.Caller(parts[1])
    else { return nil }
    self.caller = caller
    request = parts[2]
  }

  /// Answers, in the turn of the process.
  ///
  /// - Returns: what is left for it to do.
  func perform(for process: ProcessCell, _ node: Distribution) -> SystemMessage? {
    switch request {
    case .atom("get_state"): node.reply(state(of: process, node), to: caller)
    case .atom("get_status"): node.reply(status(of: process, node), to: caller)
    case .atom("suspend"), .atom("resume"): node.reply(.atom("ok"), to: caller)
    case .tuple(let parts) where parts.count == 2 && parts[0] == .atom("terminate"):
      node.reply(.atom("ok"), to: caller)
      return .stop(node.reason(of: parts[1]))
    case .tuple(let parts) where parts.count == 2 && parts[0] == .atom("debug"): node.reply(.atom("ok"), to: caller)
    case .tuple(let parts) where parts.count == 2 && parts[0] == .atom("replace_state"):
      node.reply(.tuple([.atom("error"), .atom("unsupported")]), to: caller)
    default:
      node.reply(.tuple([.atom("error"), .tuple([.atom("unknown_system_msg"), request])]), to: caller)
    }
    return nil
  }

  /// The state's own term if it has one, else a map that says what it is.
  private func state(of process: ProcessCell, _ node: Distribution) -> Term {
    if process.redaction == .none, let state = process.inspectedState {
      if let state = state as? any Encodable, let term = try? node.coding(TransferContext(node)).term(of: state) {
        return term
      }
      return .map([.atom("description"): .string("\(state)")])
    }
    return .map([.atom("description"): .string(process.kindName)])
  }

  private func status(of process: ProcessCell, _ node: Distribution) -> Term {
    let pid = Term.pid(node.pid(of: process))
    let name = process.id.registeredName ?? process.id.description
    let header = Term.tuple([.atom("header"), .charlist("Status for generic server \(name)")])
    let data = Term.tuple([
      .atom("data"),
      .list([
        .tuple([.charlist("Status"), .atom("running")]), .tuple([.charlist("Parent"), pid]),
        .tuple([.charlist("Logged events"), .list([])]),
      ]),
    ])
    let state = Term.tuple([.atom("data"), .list([.tuple([.charlist("State"), state(of: process, node)])])])
    return .tuple([
      .atom("status"), pid, .tuple([.atom("module"), .atom(Atom("Elixir.\(process.kindName)"))]),
      .list([.list([]), .atom("running"), pid, .list([]), .list([header, data, state])]),
    ])
  }
}
