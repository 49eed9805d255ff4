import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// What `Supervisor` and `DynamicSupervisor` of Elixir, and `supervisor` of Erlang, ask of a supervisor.
struct SupervisorRequest: Sendable {
  private let request: Term
  private let caller: GenMessage.Caller
  private let peer: ErlangPeer

  private var node: Distribution { peer.node }

  init(_ request: Term, _ caller: GenMessage.Caller, _ peer: ErlangPeer) {
    self.request = request
    self.caller = caller
    self.peer = peer
  }

  /// Asks it, in a process of its own, and answers.
  func perform(on supervisor: RunningSupervisor) {
    _ = spawn(on: node.core) {
      switch try await answer(of: supervisor) {
      case let answer?: node.reply(answer, to: caller)
      case nil: node.refuse(caller, .tuple([.atom("bad_call"), request]))
      }
    }
  }

  /// Nil for what is no request.
  private func answer(of supervisor: RunningSupervisor) async throws -> Term? {
    do {
      return try await perform(supervisor)
    } catch let error as SupervisorError {
      if error == .ignored {
        if case .dynamic = supervisor { return .atom("ignore") }
        return .tuple([.atom("ok"), .atom("undefined")])
      }
      return .tuple([.atom("error"), term(of: error)])
    } catch let error as ErlangExit {
      return .tuple([.atom("error"), error.term])
    }
  }

  private func perform(_ supervisor: RunningSupervisor) async throws -> Term? {
    switch request {
    case .atom("which_children"): return .list(try await supervisor.children.map { child($0, supervisor) })
    case .atom("count_children"): return counts(try await supervisor.counts)
    default: break
    }
    guard let parts = request.elements, parts.count == 2, let operation = parts[0].atom else { return nil }
    if Self.changes.contains(operation), !peer.may(peer.permissions.supervision, .supervision) {
      throw ErlangExit(.atom("not_allowed"))
    }
    switch (operation, supervisor) {
    case ("start_child", _):
      let spec = try spec(parts[1], supervisor)
      return .tuple([.atom("ok"), .pid(node.pid(of: try await supervisor.start(spec).cell))])
    case ("terminate_child", _):
      try await supervisor.terminate(parts[1], node)
      return .atom("ok")
    case ("restart_child", .fixed(let fixed)):
      return .tuple([.atom("ok"), .pid(node.pid(of: try await fixed.restartChild(ChildSpec.ID(parts[1])).cell))])
    case ("delete_child", .fixed(let fixed)):
      try await fixed.deleteChild(ChildSpec.ID(parts[1]))
      return .atom("ok")
    case ("get_childspec", .fixed(let fixed)):
      let spec = try await fixed.childSpec(ChildSpec.ID(parts[1]))
      return .tuple([
        .atom("ok"),
        .map([
          .atom("id"): parts[1], .atom("restart"): .atom(Atom("\(spec.restart)")),
          .atom("type"): .atom(Atom("\(spec.kind)")),
          .atom("significant"): .bool(spec.significant),
        ]),
      ])
    case ("restart_child", _), ("delete_child", _), ("get_childspec", _):
      return .tuple([.atom("error"), .atom("simple_one_for_one")])
    default: return nil
    }
  }

  private static let changes: Set<Atom> = ["start_child", "terminate_child", "restart_child", "delete_child"]

  /// What is to be started: a specification, or arguments alone where the supervisor has a template.
  private func spec(_ term: Term, _ supervisor: RunningSupervisor) throws -> ChildSpec {
    guard case .dynamic(let dynamic) = supervisor, let arguments = term.list else {
      return try RemoteChildSpec(term).spec(node)
    }
    guard let name = dynamic.process?.registeredName, let template = node.template(Atom(name)) else {
      throw ErlangExit(.tuple([.atom("no_template"), term]))
    }
    do {
      return try template(arguments)
    } catch {
      throw ErlangExit(ExitTerm(error).term)
    }
  }

  private func child(_ child: Supervisor.Child, _ supervisor: RunningSupervisor) -> Term {
    if case .dynamic = supervisor { node.term(of: child, isNamed: false) } else { node.term(of: child, isNamed: true) }
  }

  private func counts(_ counts: Supervisor.Counts) -> Term {
    .list([
      .tuple([.atom("specs"), .integer(counts.specs)]), .tuple([.atom("active"), .integer(counts.active)]),
      .tuple([.atom("supervisors"), .integer(counts.supervisors)]),
      .tuple([.atom("workers"), .integer(counts.workers)]),
    ])
  }

  private func term(of error: SupervisorError) -> Term {
    if let process = error.existingProcess {
      return .tuple([.atom("already_started"), .pid(node.pid(of: process.cell))])
    }
    switch error {
    case .alreadyPresent: return .atom("already_present")
    case .notFound: return .atom("not_found")
    case .running: return .atom("running")
    case .restarting: return .atom("restarting")
    case .maxChildren: return .atom("max_children")
    default: break
    }
    if let reason = error.reason { return node.term(of: reason) }
    return .string(error.description)
  }
}

extension Distribution {
  /// As `which_children` lists it; those of dynamic supervisors have no ids there.
  func term(of child: Supervisor.Child, isNamed: Bool) -> Term {
    let process: Term =
      child.isRestarting ? .atom("restarting") : child.process.map { .pid(pid(of: $0.cell)) } ?? .atom("undefined")
    let modules: Term = child.process.map { .list([.atom(Atom("Elixir.\($0.cell.kindName)"))]) } ?? .atom("dynamic")
    return .tuple([
      isNamed ? .atom(Atom(child.id.text)) : .atom("undefined"), process, .atom(Atom("\(child.kind)")), modules,
    ])
  }
}

extension RunningSupervisor {
  fileprivate var children: [Supervisor.Child] {
    get async throws(SupervisorError) {
      switch self {
      case .fixed(let supervisor): try await supervisor.children()
      case .dynamic(let supervisor): try await supervisor.children()
      }
    }
  }

  fileprivate var counts: Supervisor.Counts {
    get async throws(SupervisorError) {
      switch self {
      case .fixed(let supervisor): try await supervisor.countChildren()
      case .dynamic(let supervisor): try await supervisor.countChildren()
      }
    }
  }

  fileprivate func start(_ spec: ChildSpec) async throws(SupervisorError) -> ProcessID {
    switch self {
    case .fixed(let supervisor): try await supervisor.startChild(spec)
    case .dynamic(let supervisor): try await supervisor.startChild(spec)
    }
  }

  /// By its id, or by its pid, as `DynamicSupervisor` names its children.
  fileprivate func terminate(_ child: Term, _ node: Distribution) async throws(SupervisorError) {
    let process = child.pid.map { node.process(of: $0) }
    switch self {
    case .dynamic(let supervisor):
      guard let process else { throw .notFound }
      try await supervisor.terminateChild(process)
    case .fixed(let supervisor):
      guard let process else { return try await supervisor.terminateChild(ChildSpec.ID(child)) }
      guard let found = try await supervisor.children().first(where: { $0.process == process }) else { throw .notFound }
      try await supervisor.terminateChild(found.id)
    }
  }
}

extension ChildSpec.ID {
  /// The id that a term stands for: the name of an atom, the text of anything else.
  init(_ term: Term) { self.init(term.atom?.name ?? term.description) }
}
