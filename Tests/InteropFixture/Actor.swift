import ErlangDistribution
import ErlangTerms
import Supervision

/// Does what a test tells this node to do.
struct Actor: Sendable {
  let node: ErlangNode
  let groups: ProcessGroups<Atom>

  private static var badCommand: Term { .tuple([.atom("error"), .atom("badcmd")]) }

  func perform(_ command: Term, _ reply: ReplyTo<Term>) async {
    if command == .atom("nodes") { return reply(.list(node.connectedNodes.map { .atom(Atom($0)) })) }
    guard let parts = command.elements, parts.count > 1, let operation = parts[0].atom else {
      return reply(Self.badCommand)
    }
    switch operation {
    case "call": reply(await call(parts))
    case "cast", "send": reply(send(parts))
    case "link", "unlink", "monitor", "demonitor", "exit": reply(await byTarget(command))
    case "ping": reply(.atom(await node.ping(parts[1].atom?.name ?? "") ? "pong" : "pang"))
    case "connect":
      let isConnected: Bool
      do {
        try await node.connect(to: parts[1].atom?.name ?? "")
        isConnected = true
      } catch {
        isConnected = false
      }
      reply(.bool(isConnected))
    case "disconnect":
      let name = parts[1].atom?.name ?? ""
      reply(.bool(node.connectedNodes.contains(name)))
      try? await CurrentProcess.sleep(for: .milliseconds(50))
      node.disconnect(from: name)
    case "spawn", "erpc": reply(await start(parts))
    case "alias":
      guard parts.count == 3, let reference = parts[1].reference else { return reply(Self.badCommand) }
      let alias: ProcessAlias<ErlangMessage> = node.alias(of: reference)
      alias.send(.info(parts[2]))
      reply(.atom("ok"))
    case "give_alias":
      giveAlias(to: parts[1])
      reply(.atom("ok"))
    // Scopes find each other by themselves.
    case "discover": reply(.atom("ok"))
    case "members":
      let group = parts[1].atom ?? ""
      reply(.list(groups.members(group).map { .pid(node.pid(of: $0)) }))
    default: reply(Self.badCommand)
    }
  }

  /// Starts a process that sends its alias, and then what comes to it.
  private func giveAlias(to process: Term) {
    guard let pid = process.pid, let other = ProcessRef<ErlangMessage>(node.process(of: pid)) else { return }
    _ = spawn(receiving: ErlangMessage.self) { [node] inbox in
      other.send(.info(.tuple([.atom("alias"), node.term(of: inbox.replyAlias())])))
      while true {
        if case .info(let term) = try await inbox.next() { other.send(.info(.tuple([.atom("got"), term]))) }
      }
    }
  }

  private func call(_ parts: [Term]) async -> Term {
    let timeout = parts.count > 3 ? Duration.milliseconds(parts[3].int ?? 0) : .seconds(5)
    do {
      let answer: Term
      if let pid = parts[1].pid {
        guard let ref = ProcessRef<ErlangMessage>(node.process(of: pid)) else { return Self.badCommand }
        answer = try await ref.call(timeout: timeout) { .call(parts[2], $0) }
      } else {
        answer = try await Self.name(parts[1]).call(timeout: timeout) { .call(parts[2], $0) }
      }
      return .tuple([.atom("ok"), answer])
    } catch {
      return .tuple([.atom("exit"), node.term(of: error.reason)])
    }
  }

  static func name(_ term: Term) -> ProcessName<ErlangMessage> {
    let parts = term.elements?.compactMap { $0.atom?.name } ?? []
    return parts.count == 2 ? ProcessName(parts[0], node: parts[1]) : ProcessName("")
  }

  private func send(_ parts: [Term]) -> Term {
    guard parts.count == 3 else { return Self.badCommand }
    let message: ErlangMessage = parts[0] == .atom("cast") ? .cast(parts[2]) : .info(parts[2])
    if let pid = parts[1].pid {
      ProcessRef<ErlangMessage>(node.process(of: pid))?.send(message)
    } else {
      Self.name(parts[1]).send(message)
    }
    return .atom("ok")
  }

  private func byTarget(_ command: Term) async -> Term {
    let target = ProcessName<ErlangMessage>("target")
    return (try? await target.call { .call(.tuple([.atom("do"), command]), $0) }) ?? Self.badCommand
  }

  private func start(_ parts: [Term]) async -> Term {
    guard parts.count >= 5, let target = parts[1].atom?.name, let module = parts[2].atom, let function = parts[3].atom,
      let arguments = parts[4].list
    else { return Self.badCommand }
    do {
      if parts[0] == .atom("erpc") {
        return .tuple([.atom("ok"), try await node.call(target, module, function, arguments)])
      }
      let options = parts.count > 5 ? parts[5].list ?? [] : []
      let process = try await node.spawn(on: target, module, function, arguments, options: options)
      return .tuple([.atom("ok"), .pid(node.pid(of: process))])
    } catch let error as ErlangExit {
      return .tuple([.atom(parts[0] == .atom("erpc") ? "exit" : "error"), error.term])
    } catch {
      return .tuple([.atom("error"), .string("\(error)")])
    }
  }
}
