@_spi(Runtime) import ProcessRuntime
import Synchronization

/// Which callbacks a type of server has, and whether they need a task.
///
/// Found out at their first call, once for each type.
final class ServerTraits: Sendable {
  enum Mode: UInt8, AtomicRepresentable {
    /// Try it without a task: it is not called yet, or it is known to work so.
    case unknown
    /// The one without `async` is inherited: if there is any, it needs a task.
    case asynchronous
    /// Both are inherited: there is nothing to call.
    case absent
  }

  let message = Atomic(Mode.unknown)
  let signal = Atomic(Mode.unknown)
  let `continue` = Atomic(Mode.unknown)
  let timeout = Atomic(Mode.unknown)
  let terminate = Atomic(Mode.unknown)
  /// What traces call its work, by the name of the message: to make such a name takes longer than all else.
  let workNames = Mutex<[String: String]>([:])

  private let type: ObjectIdentifier

  private init(_ type: ObjectIdentifier) { self.type = type }

  private static let known = Mutex<[ObjectIdentifier: ServerTraits]>([:])
  /// What was asked for last: many servers of one type are started in a row.
  ///
  /// Never freed.
  private static let latest = Atomic<UInt>(0)

  static func of<Server>(_: Server.Type) -> ServerTraits {
    let type = ObjectIdentifier(Server.self)
    if let latest = UnsafeRawPointer(bitPattern: latest.load(ordering: .acquiring)) {
      let traits = Unmanaged<ServerTraits>.fromOpaque(latest).takeUnretainedValue()
      if traits.type == type { return traits }
    }
    let traits = known.withLock { known in
      if let traits = known[type] { return traits }
      let traits = ServerTraits(type)
      known[type] = traits
      return traits
    }
    latest.store(UInt(bitPattern: Unmanaged.passUnretained(traits).toOpaque()), ordering: .releasing)
    return traits
  }
}

/// How the runtime learns which callbacks a server has written: those that it has inherited say so when they are called.
enum Inherited {
  /// False if it was not the runtime that called, but another server's code that holds a `Server` within.
  @discardableResult
  static func note<Server: GenServer>(_ server: Server.Type) -> Bool {
    (ProcessCell.current as? any KnowsItsServer)?.noteInherited(by: server) ?? false
  }
}

private protocol KnowsItsServer: ProcessCell {
  func noteInherited<Other>(by other: Other.Type) -> Bool
}

extension ServerProcess: KnowsItsServer {
  // `is` and not `==`: the conformance of a class is its base class's.
  fileprivate func noteInherited<Other>(by other: Other.Type) -> Bool {
    guard Server.self is Other.Type else { return false }
    sawInherited = true
    return true
  }
}

/// A server that forwards to another one within it has called the wrong one of two callbacks.
struct ForwardingError: Error, CustomStringConvertible {
  let server: any GenServer.Type

  var description: String {
    "\(server).handle(_:) is asynchronous; forward to it with await, from a handle(_:) that is async"
  }
}
