import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// A server as `sys` shows it to other nodes, in the server's turn.
///
/// What becomes a term, or comes of one, does so in a process of its own: it runs the user's code.
struct ServerTerms {
  private let server: OrderedServer
  private let node: Distribution

  init(_ server: OrderedServer, _ node: Distribution) {
    self.server = server
    self.node = node
  }

  /// The state's own term if it has one, else a map that says what it is.
  ///
  /// That of a state machine is `{State, Data}`.
  var state: Term {
    get async {
      let kind = Term.map([.atom("description"): .string(server.process.kindName)])
      guard let state = server.state else { return kind }
      if let supervisor = state as? any SupervisorState { return term(of: supervisor) }
      let made = await server.apart("get_state") { [node] in
        guard let split = state as? any SplitState else { return Self.term(of: state, node) }
        let parts = split.parts
        return .tuple([Self.term(of: parts.state, node), Self.term(of: parts.data, node)])
      }
      return (try? made.get()) ?? kind
    }
  }

  private static func term(of value: Any, _ node: Distribution) -> Term {
    (try? encoded(value, node)) ?? .map([.atom("description"): .string("\(value)")])
  }

  private static func encoded(_ value: Any, _ node: Distribution) throws -> Term {
    guard let value = value as? any Encodable else { throw TransferError("\(type(of: value)) is not Codable") }
    return try node.coding(TransferContext(node)).term(of: value)
  }

  private static func decoded(_ term: Term, as old: Any, _ node: Distribution) throws -> Any {
    guard let type = type(of: old) as? any Decodable.Type else {
      throw TransferError("\(type(of: old)) is not Codable")
    }
    return try node.coding(TransferContext(node)).value(type, from: term)
  }

  private func term(of supervisor: any SupervisorState) -> Term {
    let strategy = supervisor.strategy
    return .map([
      .atom("strategy"): .atom(
        Atom((strategy?.description ?? "one for one").split(separator: " ").joined(separator: "_"))),
      .atom("intensity"): .integer(supervisor.intensity.restarts),
      .atom("period"): .integer(Int(clamping: supervisor.intensity.period.components.seconds)),
      .atom("children"): .list(supervisor.children.map { node.term(of: $0, isNamed: strategy != nil) }),
    ])
  }

  /// Has `change` make another state of the state's term.
  ///
  /// - Returns: the new state.
  func replaceState(_ change: (Term) async throws -> Term) async throws -> Term {
    guard let state = server.state else { throw TransferError("the state is not shown") }
    let old = try await server.apart("replace_state") { [node] () throws -> Term in
      guard let split = state as? any SplitState else { return try Self.encoded(state, node) }
      let parts = split.parts
      return .tuple([try Self.encoded(parts.state, node), try Self.encoded(parts.data, node)])
    }.get()
    let term = try await change(old)
    let new = try await server.apart("replace_state") { [node] () throws -> Any in
      guard var split = state as? any SplitState else { return try Self.decoded(term, as: state, node) }
      guard let terms = term.elements, terms.count == 2 else { throw TransferError("it is to be {State, Data}") }
      let parts = split.parts
      let isSet = split.setParts(
        try Self.decoded(terms[0], as: parts.state, node), try Self.decoded(terms[1], as: parts.data, node))
      if !isSet { throw TransferError("it is to be {State, Data}") }
      return split
    }.get()
    guard server.replaceState(with: new) else { throw TransferError("the state is of another type") }
    return term
  }

  /// As `sys:get_status/1` has it.
  var status: Term {
    get async {
      let status = await server.status()
      let state = await state
      let pid = Term.pid(node.pid(of: server.process))
      let activity = Term.atom(Atom(status.activity.rawValue))
      let parent = status.parent.map { Term.pid(node.pid(of: $0.cell)) } ?? pid
      let isMachine = status.behaviour == "StateMachine"
      let header = "Status for \(isMachine ? "state machine" : "generic server") \(status.name ?? "\(status.process)")"
      let data = Term.tuple([
        .atom("data"),
        .list([
          .tuple([.charlist("Status"), activity]), .tuple([.charlist("Parent"), parent]),
          .tuple([.charlist("Logged events"), .list(status.log.map { .string($0.description) })]),
        ]),
      ])
      return .tuple([
        .atom("status"), pid, .tuple([.atom("module"), .atom(isMachine ? "gen_statem" : "gen_server")]),
        .list([
          .list([.tuple([.atom("$initial_call"), .tuple([.atom(Atom("Elixir.\(status.kind)")), .atom("init"), 1])])]),
          activity, parent, .list(status.installed.map { .string($0) }),
          .list([
            .tuple([.atom("header"), .charlist(header)]), data,
            .tuple([.atom("data"), .list([.tuple([.charlist("State"), state])])]),
          ]),
        ]),
      ])
    }
  }
}
