import Supervision

/// What happens before a server is ready, when it ends, and in circles.
extension Row {
  static var beginningsAndEnds: [Row] {
    [
      Row("trap in init", .answer) {
        do {
          _ = try await Victim.start {
            if opaque(true) { fatalError("in init") }
            return Victim()
          }
          throw Unexpected("the start did not fail")
        } catch let error as StartError {
          guard case .failed(let reason) = error.kind, reason.fault != nil else { throw error }
        }
      },
      Row("trap in a supervisor", .answer) {
        struct Tree: SupervisorBehaviour {
          var children: [ChildSpec] { Row.children(ofTrapping: opaque(true)) }
        }
        do {
          _ = try await Supervisor.start(Tree())
          throw Unexpected("the start did not fail")
        } catch let error as StartError {
          guard case .failed(let reason) = error.kind, reason.fault != nil else { throw error }
        }
      },
      Row("trap in terminate", .answer) {
        let server = try await Victim.start { Victim(atEnd: { fatalError("in terminate") }) }
        do {
          try await server.stop()
          throw Unexpected("the stop went well")
        } catch let error as CallError {
          guard case .exited(let reason) = error.kind, reason.fault != nil else { throw error }
        }
      },
      Row("trap in deinit of the state", .answer) {
        let server = try await Victim.start { Victim(held: Held { if opaque(true) { fatalError("in deinit") } }) }
        server.id.exit(.kill)
        guard await server.id.exited() == .killed else { throw Unexpected("not killed") }
        // The state goes after the end: that its thread is lost is nobody's business.
        try await CurrentProcess.sleep(for: .milliseconds(20))
      },
    ]
  }

  private static func children(ofTrapping traps: Bool) -> [ChildSpec] {
    if traps { fatalError("in a supervisor") }
    return []
  }

  static var mailboxes: [Row] {
    [
      Row("mailbox grows, end(above:)", .answer) {
        let slow = try spawnMonitor(receiving: Int.self) { _ in
          CurrentProcess.mailboxPolicy = .end(above: 1_000)
          try await suspendForever()
        }.process
        while slow.id.isAlive { slow.send(1) }
        let reason = await slow.id.exited()
        guard reason == .mailboxOverflow else { throw Unexpected("ended with \(reason)") }
      }
    ]
  }

  static var circles: [Row] {
    [
      Row("call to oneself", .answer) {
        do {
          _ = try await ProcessName.victim.call { .ping($0) }
          throw Unexpected("answered")
        } catch let error as CallError {
          guard case .callingSelf = error.kind else { throw error }
        }
      },
      Row("circle of calls", .answer) {
        let other = try await Victim.start { Victim() }
        do {
          let back = Deed { _ = try await ProcessName.victim.call { .ping($0) } }
          _ = try await other.call { .act(back, $0) }
          throw Unexpected("answered")
        } catch let error as CallError {
          // The other one throws it, and ends of it.
          guard case .exited(let reason) = error.kind, let inner = reason.error as? CallError,
            case .deadlock(let path) = inner.kind, path.count == 2
          else { throw error }
        }
      },
    ]
  }
}

struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What is not contained: the program crashes as it does without the library.
///
/// Each in a program of its own.
enum Deaths {
  static let all = ["trap in Task { }", "trap on the main actor", "trap on a foreign thread", "exclusivity, contain"]

  static func run(_ name: String) async {
    switch name {
    case "trap in Task { }":
      _ = await spawn { await Task<Void, Never> { if opaque(true) { fatalError("in a task") } }.value }.exited()
    case "trap on the main actor":
      _ = await spawn { await MainActor.run { if opaque(true) { fatalError("on the main actor") } } }.exited()
    case "trap on a foreign thread":
      OS.startThread { _ in fatalError("on a foreign thread") }
      OS.sleep(milliseconds: 2_000)
    case "exclusivity, contain": _ = await spawn { violate() }.exited()
    default: break
    }
  }

  /// How a program ends that does it.
  static func observe(_ name: String) -> (text: String, isAsPromised: Bool) {
    let end = OS.runSelf(["--die", name])
    if let signal = end.signal { return ("signal \(signal)", true) }
    return ("went on, and exited with \(end.exit.map(String.init) ?? "?")", false)
  }

  private static func violate() {
    let object = opaque(Number())
    modify(&object.value) { object.value += 1 }
  }
}
