import ErlangDistribution
import ErlangTerms
import Harness
import Supervision

/// The second node as a program of its own, ended by who has started it.
enum PeerProgram {
  static let port = 14_399
  static let cookie = "bench"
  static let name = "bench_b@localhost"

  static func run() async throws {
    let node = ErlangNode(name, cookie: cookie, options: options(isEpmd: false))
    node.export("bench", "start_server", arity: 0) { [unowned node] _ in
      .pid(node.pid(of: try await RemoteCounter.start { RemoteCounter() }.id))
    }
    node.export("bench", "idle", arity: 1) { [unowned node] arguments in
      tell(arguments, node)
      try await CurrentProcess.sleep(for: .seconds(3_600))
      return .atom("ok")
    }
    node.export("bench", "tied", arity: 2) { [unowned node] arguments in
      if let other = arguments.first?.pid { try CurrentProcess.link(node.process(of: other)) }
      tell(Array(arguments.dropFirst()), node)
      try await CurrentProcess.sleep(for: .seconds(3_600))
      return .atom("ok")
    }
    try await node.start()
    try await CurrentProcess.sleep(for: .seconds(3_600))
  }

  /// Says to the first argument, a process, who this is.
  private static func tell(_ arguments: [Term], _ node: ErlangNode) {
    guard let parent = arguments.first?.pid, let me = CurrentProcess.id else { return }
    ProcessRef<ErlangMessage>(node.process(of: parent))?
      .send(.info(.tuple([.atom("ready"), .pid(node.pid(of: me))])))
  }

  static func options(isEpmd: Bool) -> ErlangNode.Options {
    var options = ErlangNode.Options()
    options.discovery = .epmd(port: port, isEmbedded: isEpmd)
    options.isVisible = true
    return options
  }
}

/// This program's node, and the other one.
struct Nodes: Sendable {
  enum Other { case swift, beam }

  let node: ErlangNode
  private let other: Other
  private let peer: Int32

  static func start(_ other: Other) async throws -> Nodes {
    let node = ErlangNode("bench_a@localhost", cookie: PeerProgram.cookie, options: PeerProgram.options(isEpmd: true))
    try await node.start()
    let peer =
      switch other {
      case .swift: OS.start(CommandLine.arguments[0], ["peer"])
      case .beam: OS.start("sh", ["-c", beam])
      }
    guard let peer else { throw BenchmarkFailure("the other node does not start") }
    for _ in 0..<200 {
      if await node.ping(PeerProgram.name) { return Nodes(node: node, other: other, peer: peer) }
      try await CurrentProcess.sleep(for: .milliseconds(50))
    }
    OS.end(peer)
    throw BenchmarkFailure("the other node does not answer")
  }

  /// With `BENCH_EBIN` as the folder of the compiled reference program.
  private static let beam = """
    export ERL_EPMD_PORT=\(PeerProgram.port) ERL_EPMD_ADDRESS=127.0.0.1
    exec erl -noshell -start_epmd false -sname bench_b@localhost -setcookie \(PeerProgram.cookie) \
      -kernel inet_dist_use_interface '{127,0,0,1}' +S \(OS.workers) -pa "$BENCH_EBIN"
    """

  func stop() async {
    OS.end(peer)
    await node.stop()
  }

  /// Starts a server there.
  func server() async throws -> ProcessRef<RemoteCounter.Message> {
    let module: Atom = other == .swift ? "bench" : "bench_server"
    let term = try await node.call(PeerProgram.name, module, "start_server", [])
    guard let pid = term.pid, let server = ProcessRef<RemoteCounter.Message>(node.process(of: pid)) else {
      throw BenchmarkFailure("no server: \(term)")
    }
    return server
  }
}
