import Synchronization

/// Which callbacks a type of server has, and whether they need a task. Found out at their first call, once for each type.
final class ServerTraits: Sendable {
  enum Mode: UInt8, AtomicRepresentable {
    /// Not called yet: try it without a task.
    case unknown
    case synchronous
    case asynchronous
    /// Inherited: there is nothing to call.
    case absent
  }

  let message = Atomic(Mode.unknown)
  let signal = Atomic(Mode.unknown)
  let `continue` = Atomic(Mode.unknown)
  let timeout = Atomic(Mode.unknown)
  let terminate = Atomic(Mode.unknown)

  private static let known = Mutex<[ObjectIdentifier: ServerTraits]>([:])

  static func of<Server>(_: Server.Type) -> ServerTraits {
    known.withLock { known in
      let key = ObjectIdentifier(Server.self)
      if let traits = known[key] { return traits }
      let traits = ServerTraits()
      known[key] = traits
      return traits
    }
  }
}
