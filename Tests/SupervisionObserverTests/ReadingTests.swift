@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@testable import SupervisionInspection
@testable import SupervisionObserver

/// A server for these tests.
struct Echo: GenServer {
  enum Message: Sendable {
    case say(String)
    case fail
    case hold(ReplyTo<Int>)
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String { "<b>it</b> failed" }
  }

  private var last = ""
  private var held: ReplyTo<Int>?

  mutating func handle(_ message: Message) throws {
    switch message {
    case .say(let text): last = text
    case .fail: throw Failure()
    case .hold(let reply): held = reply
    }
  }
}

private struct Inner: SupervisorBehaviour {
  var intensity: Supervisor.Intensity { .restarts(4, within: .seconds(10)) }
  var children: [ChildSpec] {
    ChildSpec(ProcessName<Echo.Message>("a")) { Echo() }
    ChildSpec(ProcessName<Echo.Message>("b")) { Echo() }.budget(.restarts(1, within: .seconds(60)))
  }
}

private struct Outer: SupervisorBehaviour {
  var strategy: Supervisor.Strategy { .restForOne }
  var children: [ChildSpec] {
    ChildSpec(Inner(), name: "inner")
    DynamicSupervisor.child(name: "crowd")
  }
}

/// Has a supervisor of its own.
private struct Keeper: GenServer {
  enum Message: Sendable {}

  init() async throws {
    _ = try await Supervisor.startLink(strategy: .oneForOne, name: "kept") {
      ChildSpec(ProcessName<Echo.Message>("within")) { Echo() }
    }
  }

  func handle(_ message: Message) {}
}

@Suite("Reading a node", .timeLimit(.minutes(2)))
struct ReadingTests {
  @Test("OBS-12: the workers of a pool stand under the pool, as many as there are")
  func pools() async throws {
    try await withTestNode { node in
      let top = try await Supervisor.start(strategy: .oneForOne, name: "top") {
        ProcessPool.child(PoolSettings(size: 2, maxOverflow: 1), name: "echoes") { Echo() }
      }
      var tree = await TreeReader(node: .current).read()
      #expect(tree.roots.map(\.id) == ["top"] && tree.otherRoots == 0 && tree.supervisors == 2)
      var pool = try #require(tree.roots.first?.children.first)
      #expect(pool.id == "echoes" && pool.kind == .dynamicSupervisor && pool.type == "ProcessPool")
      #expect(pool.process == ProcessName<Never>("echoes").whereis?.number)
      #expect(pool.children.map(\.id) == ["worker of echoes", "worker of echoes"])
      #expect(pool.children.map(\.type) == ["Echo", "Echo"])
      #expect(pool.strategy == nil && pool.intensity == nil)

      try await ProcessPool<Echo.Message>.named("echoes").withWorker { first in
        first.send(.fail)
        try await node.settle()
      }
      var reader = TreeReader(node: .current)
      reader.children = 1
      tree = await reader.read()
      pool = try #require(tree.roots.first?.children.first)
      #expect(pool.children.count == 1 && pool.otherChildren == 1)
      try await top.stop()
    }
  }

  @Test("OBS-12: a supervisor that a child has started stands under that; one that nobody's child has is a tree")
  func innerSupervisors() async throws {
    try await withTestNode { node in
      let top = try await Supervisor.start(strategy: .oneForOne, name: "top") {
        ChildSpec(id: "keeper") { try await Keeper() }
      }
      let pool = try await ProcessPool.start(PoolSettings(size: 1), name: "free") { Echo() }
      let tree = await TreeReader(node: .current).read()
      #expect(tree.roots.map(\.id) == ["top", "workers of free"])
      let keeper = try #require(tree.roots.first?.children.first)
      #expect(keeper.id == "keeper" && keeper.kind == .worker)
      #expect(keeper.children.map(\.id) == ["kept"])
      #expect(keeper.children.first?.children.map(\.id) == ["within"])
      let layout = Layout(base: "", title: "t", visitor: Visitor(secret: "", mayAct: true))
      #expect(TreePage(layout: layout, tree: tree).html.text.contains("within"))
      try await pool.stop()
      try await top.stop()
    }
  }

  @Test("OBS-6: the tree has strategies, restart counts, what is left of the intensity, and the quarantined")
  func tree() async throws {
    try await withTestNode { node in
      let top = try await Supervisor.start(Outer(), name: "top")
      ProcessName<Echo.Message>("a").send(.fail)
      try await node.settle()
      for _ in 0..<2 {
        ProcessName<Echo.Message>("b").send(.fail)
        try await node.settle()
      }
      try await CurrentProcess.sleep(for: .seconds(2))
      let tree = await TreeReader(node: .current).read()
      #expect(tree.roots.map(\.id) == ["top"])
      #expect(tree.supervisors == 3)
      let root = try #require(tree.roots.first)
      #expect(root.strategy == "rest for one")
      #expect(root.children.map(\.id) == ["inner", "crowd"])
      #expect(root.children.map(\.kind) == [.supervisor, .dynamicSupervisor])
      let inner = root.children[0]
      #expect(inner.strategy == "one for one")
      // The one of `a`; that of `b` counts in its own budget.
      #expect(inner.intensity?.restarts == 4)
      #expect(inner.intensity?.left == 3)
      #expect(inner.childRestarts == 2)
      #expect(inner.children.map(\.state) == [.running, .quarantined])
      #expect(inner.children.map(\.restarts) == [1, 1])
      #expect(inner.childRestartedAgo.map { $0 > 1.9 && $0 < 2.5 } == true)
      try await top.stop()
    }
  }

  @Test("OBS-6: of very many children a few are listed, the remarkable first, and the others counted")
  func folding() async throws {
    try await withTestNode { node in
      let crowd = try await DynamicSupervisor.start(name: "crowd", intensity: .restarts(9, within: .seconds(5)))
      var last: ProcessRef<Echo.Message>?
      for _ in 0..<300 { last = try await crowd.startChild { Echo() } }
      last?.send(.fail)
      try await node.settle()
      var tree = await TreeReader(node: .current).read()
      let dynamic = try #require(tree.roots.first)
      #expect(dynamic.children.count == 30)
      #expect(dynamic.otherChildren == 270)
      #expect(dynamic.childRestarts == 1)
      #expect(dynamic.children.filter { $0.restartedAgo != nil }.count == 1)
      try await crowd.stop()

      let wide = try await Supervisor.start(strategy: .oneForOne) {
        for number in 0..<300 { ChildSpec(id: "\(number)") { Echo() } }
      }
      try await wide.terminateChild("250")
      try await wide.children().first { $0.id == "299" }?.process?.exit(.kill)
      try await node.settle()
      tree = await TreeReader(node: .current).read()
      let root = try #require(tree.roots.first)
      #expect(root.children.map(\.id) == (0..<28).map { "\($0)" } + ["250", "299"])
      #expect(root.children.suffix(2).map(\.state) == [.stopped, .running])
      #expect(root.otherChildren == 270)
      let page = TreePage(layout: .test, tree: tree).html.text
      #expect(page.contains("270 more children"))
      try await wide.stop()
    }
  }

  @Test("OBS-6: a supervisor that does not answer is shown as busy, with those whom it has started")
  func busy() async throws {
    try await withTestNode { node in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { ChildSpec(id: "a") { Echo() } }
      try await Sys.suspend(supervisor)
      let tree = await TreeReader(node: .current).read()
      #expect(tree.roots.map(\.state) == [.busy])
      #expect(tree.roots.first?.children.count == 1)
      try await Sys.resume(supervisor)
      try await supervisor.stop()
    }
  }

  @Test("OBS-7: processes are searched, sorted and paged")
  func processes() async throws {
    try await withTestNode { node in
      var all: [ProcessRef<Echo.Message>] = []
      for number in 0..<120 { all.append(try await Echo.start(ProcessName("Echo-\(number)")) { Echo() }) }
      for process in all { try await Sys.suspend(process) }
      for (number, process) in all.enumerated() { for _ in 0..<number { process.send(.say("")) } }
      let reader = ProcessReader(node: .current)
      var list = reader.list(ProcessQuery(["q": "eCHo-", "sort": "mailbox", "page": "2"]))
      #expect(list.matching == 120)
      #expect(list.pages == 3)
      #expect(list.rows.map(\.name) == (0..<50).map { "Echo-\(69 - $0)" })
      #expect(list.rows.first?.mailbox == 69)
      list = reader.list(ProcessQuery(["q": "echo-1", "sort": "name", "size": "3"]))
      #expect(list.rows.map(\.name) == ["Echo-1", "Echo-10", "Echo-100"])
      #expect(list.matching == 31)
      list = reader.list(ProcessQuery(["sort": "id", "dir": "down", "page": "999", "size": "40"]))
      #expect(list.query.page == list.pages)
      #expect(list.rows.last?.number == node.processes.first?.number)
      let first = try #require(all.first)
      #expect(reader.list(ProcessQuery(["q": "\(first.id)"])).rows.map(\.number) == [first.id.number])
      #expect(reader.list(ProcessQuery(["parent": "\(CurrentProcess.id?.number ?? 0)"])).matching == 120)
      spawn { try await suspendForever() }
      list = reader.list(.registry)
      #expect(list.matching == 120 && list.total > 121)
      #expect(list.rows.map(\.name) == (0..<120).map { "Echo-\($0)" }.sorted().prefix(50).map { $0 })
      #expect(ProcessQuery.registry.text == "sort=name&dir=up&registered=1")
      for process in all { process.id.exit(.kill) }
    }
  }

  @Test("OBS-7: one process is shown with its relations, its state and its place in its supervisor")
  func process() async throws {
    try await withTestNode { _ in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { ChildSpec(id: "echo") { Echo() } }
      let found = try await supervisor.child("echo").process
      let process = try #require(found)
      try CurrentProcess.monitor(process)
      ProcessRef<Echo.Message>(process)?.send(.say("<i>"))
      let reader = ProcessReader(node: .current)
      let read = await reader.process(process.number, showsState: true)
      let snapshot = try #require(read)
      #expect(snapshot.links.map(\.number) == [supervisor.id.number])
      #expect(snapshot.parent?.number == supervisor.id.number)
      #expect(snapshot.monitoredBy.count == 1)
      #expect(snapshot.child?.id == "echo")
      #expect(snapshot.server?.state.contains("<i>") == true)
      #expect(snapshot.row.memory > 100)
      let html = ProcessPage(layout: .test, process: snapshot).html.text
      #expect(!html.contains("<i>"))
      #expect(html.contains("&lt;i&gt;"))
      let hidden = await reader.process(process.number, showsState: false)
      #expect(hidden?.server == nil)
      try await Sys.suspend(process)
      try await supervisor.stop()
      let gone = await reader.process(process.number, showsState: true)
      #expect(gone == nil)
    }
  }

  @Test("OBS-7: the best of a long list are those that sorting would give", arguments: [0, 1, 7, 50])
  func best(_ count: Int) {
    let processes = (0..<500).map { ProcessID(placeholder: UInt64($0)) }
    for ascending in [true, false] {
      var best = Best<Int>(count, ascending: ascending)
      for (index, process) in processes.enumerated() { best.take(index * 7_919 % 61, process) }
      let sorted = processes.sorted {
        let (a, b) = (Int($0.number) * 7_919 % 61, Int($1.number) * 7_919 % 61)
        return a == b ? $0.number < $1.number : ascending ? a < b : b < a
      }
      #expect(best.sorted == Array(sorted.prefix(count)))
    }
  }
}

extension Layout {
  static let test = Layout(base: "/o", title: "t", visitor: Visitor(secret: "s", mayAct: true))
}
