#if ErlangDistribution
  import ErlangDistribution
  import ErlangTerms
  import Foundation
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Synchronization

  /// A scenario whose workers are processes of a real Erlang node, under a supervisor of this one.
  struct WireScenario: DifferentialCase {
    private let scenario: Scenario
    private let wire: Wire

    /// The scenario of that number, without what takes a clock that can be moved, and without children that end each other.
    init(seed: UInt64, over wire: Wire) {
      self.wire = wire
      scenario = Scenario(seed: seed).forTheWire
    }

    private init(_ scenario: Scenario, _ wire: Wire) {
      self.scenario = scenario
      self.wire = wire
    }

    var seed: UInt64 { scenario.seed }
    var term: String { scenario.term }
    var smaller: [WireScenario] { scenario.smaller.map { WireScenario($0, wire) } }

    /// The ends of workers are heard of from another node, and so are in order among themselves only.
    func canonical(_ lines: [String]) -> [String] {
      let lines = scenario.canonical(lines)
      let supervisors = scenario.tree.supervisors + ["top"]
      var result: [String] = []
      var downs: [String] = []
      for line in lines {
        if line.hasPrefix("-- ") {
          result += downs
          downs = []
        }
        let isOfWorker = line.hasPrefix("down ") && !supervisors.contains { line.hasPrefix("down \($0)#") }
        if isOfWorker { downs.append(line) } else { result.append(line) }
      }
      return result + downs
    }

    func run() async throws -> [String] {
      let (scenario, wire) = (scenario, wire)
      let lines = Mutex<Result<[String], any Error>?>(nil)
      let box = Box(lines: lines)
      _ = await spawn {
        let stage = ScenarioStage(elsewhere: wire)
        let result: Result<[String], any Error>
        do {
          result = .success(
            try await ScenarioDriver(scenario: scenario, stage: stage) { try await wire.settle() }.run())
        } catch {
          result = .failure(error)
        }
        for process in stage.everybody { process.exit(.kill) }
        for process in stage.everybody { _ = await process.exited() }
        box.lines.withLock { $0 = result }
      }.exited()
      return try box.lines.withLock { $0 }?.get() ?? ["the scenario's process has ended"]
    }

    private final class Box: Sendable {
      let lines: Mutex<Result<[String], any Error>?>
      init(lines: consuming Mutex<Result<[String], any Error>?>) { self.lines = lines }
    }
  }

  extension Scenario {
    fileprivate var forTheWire: Scenario {
      var copy = self
      copy.tree = tree.forTheWire
      copy.events = events.compactMap(\.forTheWire)
      return copy
    }
  }

  extension Scenario.Tree {
    /// The ids of those under it.
    fileprivate var supervisors: [String] {
      children.flatMap { child in
        if case .tree(let tree) = child.body { [child.id] + tree.supervisors } else { [] as [String] }
      }
    }

    fileprivate var forTheWire: Scenario.Tree {
      var copy = self
      copy.children = children.map(\.forTheWire)
      return copy
    }
  }

  extension Scenario.Child {
    fileprivate var forTheWire: Scenario.Child {
      var copy = self
      switch body {
      case .drag: copy.body = .obey
      case .tree(let tree): copy.body = .tree(tree.forTheWire)
      default: break
      }
      return copy
    }
  }

  extension Scenario.Event {
    fileprivate var forTheWire: Scenario.Event? {
      switch self {
      case .advance: nil
      case .busy(let id, let events): .busy(id, events.compactMap(\.forTheWire))
      case .call(let id, .startChild(let child)): .call(id, .startChild(child.forTheWire))
      default: self
      }
    }
  }

  /// This program as a node, and an Erlang node beside it.
  final class Wire: ChildrenElsewhere {
    private static let peer = "wire_children@localhost"
    private let node: ErlangNode
    private let program: Mutex<Foundation.Process>

    /// Both, connected.
    static func start(modules: URL) async throws -> Wire {
      let port = 14_390
      var options = ErlangNode.Options()
      options.discovery = .epmd(port: port, isEmbedded: true)
      let node = ErlangNode("wire_supervisor@localhost", cookie: "wire", options: options)
      try await node.start()
      let program = Foundation.Process()
      program.executableURL = URL(filePath: "/usr/bin/env")
      program.arguments = [
        "erl", "-noinput", "-start_epmd", "false", "-sname", peer, "-setcookie", "wire",
        "-kernel", "inet_dist_use_interface", "{127,0,0,1}", "-pa", modules.path,
      ]
      program.environment = ProcessInfo.processInfo.environment.merging(
        ["ERL_EPMD_PORT": "\(port)", "HOME": FileManager.default.temporaryDirectory.path]) { $1 }
      program.standardInput = FileHandle.nullDevice
      program.standardOutput = FileHandle.nullDevice
      program.standardError = FileHandle.nullDevice
      try program.run()
      let wire = Wire(node, program)
      for _ in 0..<100 {
        if await node.ping(peer) { return wire }
        try await Task.sleep(for: .milliseconds(100))
      }
      await wire.stop()
      throw OTP.Failure(description: "the Erlang node does not answer")
    }

    private init(_ node: ErlangNode, _ program: consuming sending Foundation.Process) {
      self.node = node
      self.program = Mutex(program)
    }

    func stop() async {
      // At once: while it lives it holds this program's output open.
      program.withLock { _ = kill($0.processIdentifier, SIGKILL) }
      await node.stop()
    }

    func start(_ body: Scenario.Body) async throws -> ProcessID {
      guard let me = CurrentProcess.id else { throw ScenarioCrash() }
      let body = try Term(body.term, syntax: .erlang)
      let started = try await node.call(Self.peer, "wire_child", "start", [.pid(node.pid(of: me)), body])
      guard let pid = started.pid else { throw ErlangExit(started) }
      return node.process(of: pid)
    }

    func end(_ child: ProcessID, _ reason: Scenario.Reason) {
      guard let reason = try? Term(reason.rawValue, syntax: .erlang) else { return }
      ProcessRef<ErlangMessage>(child)?.send(.info(.tuple([.atom("exit"), reason])))
    }

    /// What was sent there has arrived, and what was sent from there because of it.
    func settle() async throws {
      for _ in 0..<3 {
        _ = await node.ping(Self.peer)
        try await CurrentProcess.sleep(for: .milliseconds(1))
      }
    }
  }
#endif
