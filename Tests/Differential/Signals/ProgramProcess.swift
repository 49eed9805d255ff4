import ProcessRuntime
import Supervision

/// One process of a program.
final class ProgramProcess {
  private let stage: ProgramStage
  private let slot: Int
  private var refs: [Int: MonitorRef] = [:]

  init(_ stage: ProgramStage, _ slot: Int) {
    self.stage = stage
    self.slot = slot
  }

  func run(_ inbox: inout Mailbox<Packet>) async throws {
    while true {
      let next = try await inbox.next { if case .run = $0 { true } else { false } }
      guard case .run(let operations) = next else { continue }
      for operation in operations {
        let result = try await perform(operation, &inbox)
        // What a dead process says is not heard.
        guard inbox.ref.id.isAlive else { return }
        if case .spawn = operation { continue }
        stage.line("p\(slot) \(operation.term): \(result)")
      }
    }
  }

  private func perform(_ operation: Program.Operation, _ inbox: inout Mailbox<Packet>) async throws -> String {
    switch operation {
    case .spawn(let new, let link, let monitor): return try spawn(new, link, monitor)
    case .links:
      return "[\(CurrentProcess.links.map { stage.name(of: $0) }.sorted().joined(separator: ","))]"
    case .trap(let flag):
      let old = CurrentProcess.trapsExits
      CurrentProcess.trapsExits = flag
      return "\(old)"
    case .end(let reason): throw reason.exitReason
    case .demonitor(let ref, let flush):
      return refs[ref].map { "\(CurrentProcess.demonitor($0, flush: flush))" } ?? "no ref"
    case .whereis(let name): return ProcessName<Packet>(name).whereis.map { stage.name(of: $0) } ?? "undefined"
    case .unregister(let name): return attempt { try ProcessName<Packet>(name).unregister() }
    case .sendName(let name, let number):
      return attempt { try ProcessName<Packet>(name).trySend(.mail(from: slot, number)) }
    case .monitorName(let name, let ref):
      refs[ref] = try CurrentProcess.monitor(ProcessName<Packet>(name))
      return "true"
    case .alias(let number, let reply):
      stage.share(number, reply ? inbox.replyAlias() : inbox.alias())
      return "true"
    case .unalias(let number): return "\(stage.alias(number).map { inbox.unalias($0) } ?? false)"
    case .sendAlias(let number, let message):
      stage.alias(number)?.send(.mail(from: slot, message))
      return "true"
    case .drain: return try await drain(&inbox)
    case .link(let other), .unlink(let other, _), .monitor(let other, _), .monitorAlias(let other, _, _, _),
      .exit(let other, _), .send(let other, _), .register(let other, _), .alive(let other):
      guard let process = stage.process(other) else { return "nobody" }
      return try perform(operation, on: process, inbox)
    }
  }

  private func perform(
    _ operation: Program.Operation, on other: ProcessRef<Packet>, _ inbox: Mailbox<Packet>
  ) throws -> String {
    switch operation {
    case .link: return attempt { try CurrentProcess.link(other.id) }
    case .unlink(_, let flush): CurrentProcess.unlink(other.id, flush: flush)
    case .monitor(_, let ref): refs[ref] = try CurrentProcess.monitor(other.id)
    case .monitorAlias(_, let ref, let alias, let mode):
      let both = inbox.monitor(other.id, alias: mode.aliasMode)
      refs[ref] = both.monitor
      stage.share(alias, both.alias)
    case .exit(_, let reason): other.id.exit(reason.exitReason)
    case .send(_, let number): other.send(.mail(from: slot, number))
    case .register(_, let name): return attempt { try ProcessName<Packet>(name).register(other) }
    case .alive: return "\(other.id.isAlive)"
    default: break
    }
    return "true"
  }

  private func spawn(_ new: Int, _ link: Bool, _ monitor: Int?) throws -> String {
    let (stage, slot) = (stage, new)
    var options: SpawnOptions = []
    if link { options.insert(.link) }
    if monitor != nil { options.insert(.monitor) }
    switch (link, monitor) {
    case (false, nil): stage.enter(slot, spawnReceiving(stage, slot))
    case (true, nil):
      stage.enter(slot, try spawnLink(receiving: Packet.self) { try await ProgramProcess(stage, slot).run(&$0) })
    case (_, let number?):
      let both = try spawnMonitor(receiving: Packet.self) { try await ProgramProcess(stage, slot).run(&$0) }
      // There is no such start with a mailbox; nothing can happen in between.
      if link { try CurrentProcess.link(both.process.id) }
      refs[number] = both.monitor
      stage.enter(slot, both.process)
    }
    return "true"
  }

  private func attempt(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "true"
    } catch {
      return error is ProcessError ? "noproc" : "badarg"
    }
  }

  private func drain(_ inbox: inout Mailbox<Packet>) async throws -> String {
    while true {
      do {
        switch try await inbox.receive(within: .zero) {
        case .message(.mail(let from, let number)): stage.line("p\(slot) got p\(from) msg \(number)")
        case .message(.run): break
        case .signal(.exit(let process, let reason)):
          stage.line("p\(slot) got \(stage.name(of: process)) exit \(reason.term)")
        case .signal(.down(let ref, let process, let reason)):
          let number = refs.first { $0.value == ref }.map { "\($0.key)" } ?? "?"
          stage.line(
            "p\(slot) got \(ref.name ?? stage.name(of: process)) down \(number) \(reason.term)")
        }
      } catch MailboxError.timeout {
        return "true"
      }
    }
  }
}

extension Program.Reason {
  var exitReason: ExitReason {
    switch self {
    case .normal: .normal
    case .shutdown: .shutdown
    case .crash: .failure(ScenarioCrash())
    case .kill: .kill
    case .killed: .killed
    case .noproc: .noProcess
    }
  }
}

extension Program.Mode {
  fileprivate var aliasMode: AliasMode {
    switch self {
    case .explicit: .explicit
    case .withMonitor: .withMonitor
    case .untilReply: .untilReply
    }
  }
}
