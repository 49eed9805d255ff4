import ErlangDistribution
import ErlangTerms
import Supervision

/// Answers whatever the interoperability tests ask, and does on this node what they tell it to.
struct Bank: GenServer, Encodable {
  typealias Message = ErlangMessage

  enum CodingKeys: String, CodingKey { case balance, last }

  private let actor: Actor
  private var balance = 0
  private var last = Term.nil

  init(_ node: ErlangNode, _ groups: ProcessGroups<Atom>) throws {
    actor = Actor(node: node, groups: groups)
    try groups.join("swift_group")
  }

  mutating func handle(_ message: ErlangMessage) throws {
    switch message {
    case .call(let request, let reply): try answer(request, reply)
    case .cast(let request):
      if let amount = request.argument(of: "deposit")?.int { balance += amount }
    case .info(let term):
      if let pid = term.argument(of: "ping")?.pid {
        ProcessRef<ErlangMessage>(actor.node.process(of: pid))?
          .send(.info(.tuple([.atom("pong"), .atom(Atom(actor.node.name))])))
      }
    }
  }

  private mutating func answer(_ request: Term, _ reply: ReplyTo<Term>) throws {
    switch request {
    case .atom("get"): reply(.integer(balance))
    case .atom("last"): reply(last)
    case .atom("whoami"): reply(.tuple([.atom(Atom(actor.node.name)), own]))
    case .atom("crash"): throw ErlangExit(.tuple([.atom("boom"), 1]))
    case .atom("stop"):
      reply(.atom("ok"))
      throw ExitReason.normal
    case .tuple(let parts) where parts.count == 2: answer(parts[0].atom ?? "", parts[1], reply)
    default: reply(.tuple([.atom("error"), .atom("badcall")]))
    }
  }

  private mutating func answer(_ operation: Atom, _ argument: Term, _ reply: ReplyTo<Term>) {
    switch operation {
    case "deposit":
      balance += argument.int ?? 0
      reply(.tuple([.atom("ok"), .integer(balance)]))
    case "save":
      last = argument
      reply(.atom("ok"))
    case "echo": reply(argument)
    case "size": reply(.integer(argument.bytes?.count ?? 0))
    case "make": reply(.binary(Array(repeating: UInt8(ascii: "x"), count: argument.int ?? 0)))
    case "sleep":
      spawn {
        try await CurrentProcess.sleep(for: .milliseconds(argument.int ?? 0))
        reply(.atom("ok"))
      }
    case "pid_of":
      let process = ProcessName<ErlangMessage>(argument.atom?.name ?? "").whereis
      reply(process.map { .pid(actor.node.pid(of: $0)) } ?? .atom("undefined"))
    case "do": spawn { [actor] in await actor.perform(argument, reply) }
    default: reply(.tuple([.atom("error"), .atom("badcall")]))
    }
  }

  private var own: Term { CurrentProcess.id.map { .pid(actor.node.pid(of: $0)) } ?? .nil }
}

extension Term {
  /// The second element of a pair that begins with that atom.
  func argument(of name: Atom) -> Term? {
    guard let parts = elements, parts.count == 2, parts[0] == .atom(name) else { return nil }
    return parts[1]
  }
}
