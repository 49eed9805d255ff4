@_spi(Runtime) import ProcessRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that is a supervision tree (the top of an OTP application).
///
///     @main
///     struct Store: SupervisedApplication {
///       var children: [ChildSpec] {
///         ChildSpec(.cache) { Cache() }
///         DynamicSupervisor.child(name: "workers")
///       }
///     }
///
/// The program starts the tree and waits. On SIGTERM or SIGINT the tree is shut down in order and the program exits with
/// status 0; a second signal ends it at once. When the tree ends by itself it has given up, and the status is 1, so that
/// whatever started the program (systemd, Kubernetes) starts it again; unless its significant children ended and it was told
/// to end with them (``SupervisorBehaviour/autoShutdown``), which is status 0.
public protocol SupervisedApplication: SupervisorBehaviour {
  /// Makes the tree's description. Starts nothing.
  init()
}

extension SupervisedApplication {
  /// Runs the program: see ``SupervisedApplication``.
  public static func main() async {
    let status: Int32
    do {
      status = try await Supervisor.run(Self()).exitStatus
    } catch {
      Node.shared.reports(ApplicationReport(name: "\(Self.self)", end: .notStarted(error)))
      status = 1
    }
    exit(status)
  }
}

/// How a program's tree came to its end.
public struct ApplicationEnd: Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    case signal(Int32)
    case finished(ExitReason)
    case gaveUp(ExitReason)
    case notStarted(StartError)
  }

  let kind: Kind

  static func notStarted(_ error: StartError) -> Self { Self(kind: .notStarted(error)) }

  /// 0 after an order to stop, or when the significant children are done; 1 when the tree has given up or did not start.
  public var exitStatus: Int32 {
    switch kind {
    case .signal, .finished: 0
    case .gaveUp, .notStarted: 1
    }
  }

  public var description: String {
    switch kind {
    case .signal(let number): "stopped by signal \(number)"
    case .finished(let reason): "finished: \(reason)"
    case .gaveUp(let reason): "gave up: \(reason)"
    case .notStarted(let error): "\(error)"
    }
  }
}

extension Supervisor {
  /// Starts a tree, waits until the program is told to stop (SIGTERM, SIGINT) or the tree ends by itself, and shuts the tree
  /// down in order. For a program with a `main` of its own; ``SupervisedApplication`` does this and exits.
  ///
  /// - Throws: ``StartError`` if the tree does not start.
  public static func run(_ tree: some SupervisorBehaviour, name: String? = nil) async throws(StartError) -> ApplicationEnd {
    let node = Node.current
    let signals = TerminationSignals()
    defer { signals.release() }
    // What a supervisor ends with does not say whether it gave up: its last report does.
    let listener = GiveUps()
    let key = node.reports.listen { listener.note($0) }
    defer { node.reports.unlisten(key) }
    let supervisor = try await start(tree, name: name)
    let received = Received()
    signals.onFirst { number in
      received.set(number)
      supervisor.id.exit(.shutdown)
    }
    let reason = await supervisor.id.exited()
    let end: ApplicationEnd
    if let number = received.get() {
      end = ApplicationEnd(kind: .signal(number))
    } else if reason.isClean, !listener.contains(supervisor.id) {
      end = ApplicationEnd(kind: .finished(reason))
    } else {
      end = ApplicationEnd(kind: .gaveUp(reason))
    }
    node.reports(ApplicationReport(name: name ?? "\(type(of: tree))", end: end))
    return end
  }
}

/// The supervisors that have refused a restart.
private final class GiveUps: Sendable {
  private let processes = Mutex<Set<ProcessID>>([])

  func note(_ report: any Report) {
    guard let report = report as? SupervisorErrorReport, report.report.context == .shutdown else { return }
    processes.withLock { _ = $0.insert(report.process) }
  }

  func contains(_ process: ProcessID) -> Bool {
    processes.withLock { $0.contains(process) }
  }
}

private final class Received: Sendable {
  private let number = Mutex<Int32?>(nil)
  func set(_ new: Int32) { number.withLock { $0 = new } }
  func get() -> Int32? { number.withLock { $0 } }
}
