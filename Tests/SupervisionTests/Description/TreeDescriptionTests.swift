import Foundation
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Descriptions of trees", .timeLimit(.minutes(1)))
struct TreeDescriptionTests {
  struct Cache: GenServer {
    enum Message: Sendable { case ping }
    func handle(_ message: Message) {}
  }

  struct Inner: SupervisorBehaviour {
    var strategy: Supervisor.Strategy { .restForOne }
    var intensity: Supervisor.Intensity { .restarts(2, within: .seconds(10)) }
    var children: [ChildSpec] {
      ChildSpec(id: "writer", shutdown: .infinity) { Cache() }
      ChildSpec(id: "reader", restart: .transient, shutdown: .brutalKill) { Cache() }
    }
  }

  struct Shop: SupervisorBehaviour {
    var children: [ChildSpec] {
      ChildSpec(id: "cache") { Cache() }
        .backoff(.exponential(from: .milliseconds(100), to: .seconds(30)))
        .onFault(.stackOverflow, response: .escalate)
      ChildSpec(Inner(), id: "db", name: "inner")
      DynamicSupervisor.child(name: "orders", maxChildren: 1_000)
      ChildSpec.task("warm-up", restart: .temporary, shutdown: .timeout(.milliseconds(1_500))) {}
      PartitionSupervisor.child("parts", partitions: 2) { _ in ChildSpec { Cache() } }
    }
  }

  @Test("DSC-1: a tree is described without starting anything: ids, types, flags, care, children")
  func planned() {
    let tree = TreeDescription(of: Shop())
    #expect(tree.id == "Shop")
    #expect(tree.strategy == "oneForOne")
    #expect(tree.intensity?.restarts == 3)
    #expect(tree.intensity?.seconds == 5)
    #expect(tree.autoShutdown == "never")
    let children = tree.children ?? []
    #expect(children.map(\.id) == ["cache", "db", "orders", "warm-up", "parts"])
    #expect(
      children.map(\.type) == [
        "TreeDescriptionTests.Cache", "Inner", "DynamicSupervisor", "task", "PartitionSupervisor",
      ])
    #expect(children.map(\.kind) == [.worker, .supervisor, .dynamicSupervisor, .worker, .supervisor])
    #expect(children.map(\.restart) == ["permanent", "permanent", "permanent", "temporary", "permanent"])
    #expect(children.map(\.shutdown) == [.seconds(5), .infinity, .infinity, .seconds(1.5), .infinity])
    #expect(children.map(\.name) == [nil, "inner", "orders", nil, "parts"])
    #expect(children[0].care?.faultResponses == ["stack overflow": "escalate"])
    #expect(children[0].care?.backoff == "0.1 seconds to 30.0 seconds, times 2.0, jitter 0.2")
    #expect(children[1].children?.map(\.id) == ["writer", "reader"])
    #expect(children[2].maxChildren == 1_000)
    #expect(children[4].children?.map(\.id) == ["0", "1"])
    #expect(children.allSatisfy { $0.state == nil && $0.process == nil })
  }

  @Test("DSC-3: the same tree is the same JSON, keys in a fixed order, and a decoder reads it back")
  func json() throws {
    let tree = TreeDescription(of: Shop())
    let text = tree.json
    #expect(text == TreeDescription(of: Shop()).json)
    #expect(
      text.hasPrefix(
        """
        {
          "id": "Shop",
          "kind": "supervisor",
          "type": "Shop",
          "strategy": "oneForOne",
          "intensity": {
            "restarts": 3,
            "seconds": 5
          },
          "autoShutdown": "never",
          "children": [
            {
              "id": "cache",
              "kind": "worker",
              "type": "TreeDescriptionTests.Cache",
              "restart": "permanent",
              "shutdown": 5,

        """))
    #expect(text.hasSuffix("}\n"))
    #expect(try JSONDecoder().decode(TreeDescription.self, from: Data(text.utf8)) == tree)
    let encoded = try JSONEncoder().encode(tree)
    #expect(try JSONDecoder().decode(TreeDescription.self, from: encoded) == tree)
  }

  @Test("DSC-3: texts that JSON has to escape come back as they were")
  func escapes() throws {
    struct Odd: SupervisorBehaviour {
      var children: [ChildSpec] { ChildSpec(id: "a \"b\"\\\n\t\u{1} ü 🐦") { Cache() } }
    }
    let tree = TreeDescription(of: Odd())
    #expect(try JSONDecoder().decode(TreeDescription.self, from: Data(tree.json.utf8)) == tree)
  }

  @Test("DSC-2: what runs is described: processes, states, children that were added; its plan is that of the source")
  func running() async throws {
    try await withTestNode { _ in
      let shop = try await Supervisor.start(Shop(), name: "shop")
      let order = try await DynamicSupervisor.named("orders").startChild { Cache() }
      try await shop.terminateChild("cache")
      try await shop.startChild(ChildSpec(id: "extra") { Cache() })
      let tree = try await shop.describe()
      #expect(tree.id == "shop")
      #expect(tree.process == "\(shop.id)")
      let children = tree.children ?? []
      #expect(Set(children.map(\.id)).isSuperset(of: ["cache", "db", "orders", "parts", "extra"]))
      #expect(children.first?.state == .stopped)
      #expect(children.first?.process == nil)
      let orders = try #require(children.first { $0.id == "orders" })
      #expect(orders.children?.map(\.process) == ["\(order.id)"])
      #expect(orders.children?.first?.type == "TreeDescriptionTests.Cache")
      #expect(children.first { $0.id == "db" }?.children?.map(\.state) == [.running, .running])
      try await shop.restartChild("cache")
      try await shop.terminateChild("extra")
      try await shop.deleteChild("extra")
      try await DynamicSupervisor.named("orders").terminateChild(order.id)
      let inner = try await shop.describe().plan.children?.first { $0.id == "db" }
      #expect(inner == TreeDescription(of: Shop()).children?.first { $0.id == "db" })
    }
  }

  @Test("DSC-2: of many children on demand so many are listed as were asked for, and the others counted")
  func limit() async throws {
    try await withTestNode { _ in
      let crowd = try await DynamicSupervisor.start(name: "crowd")
      for _ in 0..<10 { _ = try await crowd.startChild { Cache() } }
      let tree = try await crowd.describe(limit: 3)
      #expect(tree.kind == .dynamicSupervisor)
      #expect(tree.children?.count == 3)
      #expect(tree.unlistedChildren == 7)
      #expect(tree.description.hasSuffix("and an unknown time for itself"))
      let all = try await crowd.describe()
      #expect(all.unlistedChildren == nil && all.worstShutdown?.unknown == nil)
      // In the order in which they were started.
      let started = ProcessID.all.map { "\($0)" }
      #expect(
        all.children?.compactMap(\.process) == started.filter { all.children?.map(\.process).contains($0) == true })
      #expect(all.children?.count == 10)
    }
  }

  @Test("DSC-2: a child in quarantine is told from one that is stopped")
  func quarantined() async throws {
    try await withTestNode { node in
      let top = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec(id: "frail") { Cache() }.budget(.restarts(0, within: .seconds(5), retryAfter: .seconds(60)))
      }
      try await top.children().first?.process?.exit(.kill)
      try await node.settle()
      #expect(try await top.describe().children?.map(\.state) == [.quarantined])
    }
  }

  @Test("DSC-3: the largest numbers are read back as they were")
  func largest() throws {
    struct Endless: SupervisorBehaviour {
      var intensity: Supervisor.Intensity { .restarts(.max, within: .seconds(Int64.max)) }
      var children: [ChildSpec] {
        ChildSpec { Cache() }.budget(.restarts(.max, within: .seconds(1), retryAfter: .nanoseconds(1)))
        DynamicSupervisor.child(name: "crowd", maxChildren: .max)
        ChildSpec(id: "slow", shutdown: .timeout(.seconds(Int64.max))) { Cache() }
      }
    }
    let tree = TreeDescription(of: Endless())
    #expect(tree.json.contains("\"restarts\": 9223372036854775807"))
    #expect(try JSONDecoder().decode(TreeDescription.self, from: Data(tree.json.utf8)) == tree)
  }

  @Test("DSC-6: a description for people")
  func text() {
    #expect(
      TreeDescription(of: Shop()).description == """
        Shop: one for one, 3 restarts in 5 s
        ├─ cache: TreeDescriptionTests.Cache, permanent, 5 s, waits 0.1 seconds to 30.0 seconds, times 2.0, jitter 0.2, stack overflow: escalate
        ├─ db: Inner, permanent, rest for one, 2 restarts in 10 s
        │  ├─ writer: TreeDescriptionTests.Cache, permanent, infinity
        │  └─ reader: TreeDescriptionTests.Cache, transient, brutal kill
        ├─ orders: DynamicSupervisor, permanent, one for one, 3 restarts in 5 s, at most 1000 children
        ├─ warm-up: task, temporary, 1.5 s
        └─ parts: PartitionSupervisor, permanent, one for one, 3 restarts in 5 s
           ├─ 0: TreeDescriptionTests.Cache, permanent, 5 s
           └─ 1: TreeDescriptionTests.Cache, permanent, 5 s
        restarts: at most 20 at once, 190.909 a minute
        shutdown: at most 16.5 s, without limit for db/writer, and an unknown time for orders
        """)
  }
}
