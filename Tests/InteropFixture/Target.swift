import ErlangDistribution
import ErlangTerms
import Supervision

/// Traps exits, and keeps what comes.
struct Target: GenServer {
  typealias Message = ErlangMessage

  private let node: ErlangNode
  private var kept: [Term] = []
  private var monitors: [Term: MonitorRef] = [:]

  init(_ node: ErlangNode) {
    self.node = node
    CurrentProcess.trapsExits = true
  }

  mutating func handle(_ message: ErlangMessage) {
    switch message {
    case .call(.atom("pid"), let reply): reply(CurrentProcess.id.map { .pid(node.pid(of: $0)) } ?? .nil)
    case .call(.atom("drain"), let reply):
      reply(.list(kept))
      kept = []
    case .call(.atom("links"), let reply): reply(.integer(CurrentProcess.links.count))
    case .call(let request, let reply): reply(request.argument(of: "do").map { perform($0) } ?? .atom("ok"))
    case .cast(let term), .info(let term): kept.append(term)
    }
  }

  mutating func handle(_ signal: Signal) {
    switch signal {
    case .exit(let process, let reason):
      kept.append(.tuple([.atom("EXIT"), .pid(node.pid(of: process)), node.term(of: reason)]))
    case .down(let monitor, let process, let reason):
      let ref = monitors.first { $0.value == monitor }?.key ?? .nil
      monitors[ref] = nil
      kept.append(
        .tuple([.atom("DOWN"), ref, .atom("process"), .pid(node.pid(of: process)), node.term(of: reason)]))
    }
  }

  private mutating func perform(_ command: Term) -> Term {
    guard let parts = command.elements, parts.count > 1 else { return .atom("badcmd") }
    let process = parts[1].pid.map { node.process(of: $0) }
    switch (parts[0], process) {
    case (.atom("link"), let process?): try? CurrentProcess.link(process)
    case (.atom("unlink"), let process?): CurrentProcess.unlink(process)
    case (.atom("exit"), let process?): process.exit(node.reason(of: parts[2]))
    case (.atom("monitor"), _):
      let ref = try? process.map { try CurrentProcess.monitor($0) } ?? CurrentProcess.monitor(Actor.name(parts[1]))
      guard let ref else { return .atom("badcmd") }
      monitors[node.term(of: ref)] = ref
      return node.term(of: ref)
    case (.atom("demonitor"), _): monitors.removeValue(forKey: parts[1]).map { _ = CurrentProcess.demonitor($0) }
    default: return .atom("badcmd")
    }
    return .atom("ok")
  }
}

/// Does not trap exits.
struct Victim: GenServer {
  typealias Message = ErlangMessage

  let node: ErlangNode

  func handle(_ message: ErlangMessage) {
    guard case .call(let request, let reply) = message else { return }
    reply(request == .atom("pid") ? CurrentProcess.id.map { .pid(node.pid(of: $0)) } ?? .nil : .atom("ok"))
  }
}

/// What supervisors are asked for by other nodes.
struct Counter: GenServer, Codable {
  enum Message: Codable, Sendable {
    case get(ReplyTo<Int>)
    case crash(ReplyTo<Int>)
  }

  let count: Int

  func handle(_ message: Message) throws {
    switch message {
    case .get(let reply): reply(count)
    case .crash: throw ErlangExit(.atom("crashed"))
    }
  }
}
