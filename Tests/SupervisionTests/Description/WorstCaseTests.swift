import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Worst cases of trees", .timeLimit(.minutes(2)))
struct WorstCaseTests {
  /// A tree of any shape, whose leaves end as soon as they have begun.
  struct Bush: SupervisorBehaviour {
    var id = "bush"
    var strategy = Supervisor.Strategy.oneForOne
    var intensity = Supervisor.Intensity.restarts(1, within: .seconds(5))
    var leaves: [ChildSpec] = []
    var inner: [Bush] = []
    var children: [ChildSpec] {
      leaves
      for bush in inner { ChildSpec(bush, id: ChildSpec.ID(bush.id)) }
    }
  }

  private final class Count: Sendable {
    let value = Atomic<Int>(0)
  }

  /// One that fails again and again, each time after so long.
  private static func failing(_ count: Count, after time: Duration = .milliseconds(1)) -> ChildSpec {
    ChildSpec.task("leaf") {
      count.value.wrappingAdd(1, ordering: .relaxed)
      try await CurrentProcess.sleep(for: time)
      throw Crash()
    }
  }

  private static func nested(_ count: Count, _ limits: [Int]) -> Bush {
    var bush = Bush(intensity: .restarts(limits[limits.count - 1], within: .seconds(5)), leaves: [failing(count)])
    for limit in limits.dropLast().reversed() {
      bush = Bush(intensity: .restarts(limit, within: .seconds(5)), inner: [bush])
    }
    return bush
  }

  @Test(
    "DSC-4: nested supervisors multiply: so many restarts there are until the top gives up, and no more",
    arguments: [[3], [1, 2], [2, 3], [1, 1, 1], [2, 0, 3], [0, 2]])
  func atOnce(limits: [Int]) async throws {
    let count = Count()
    let bush = Self.nested(count, limits)
    let worst = try #require(TreeDescription(of: bush).worstRestarts)
    // The recursion of the documentation.
    #expect(worst.atOnce == limits.reversed().reduce(0) { $0 + $1 * (1 + $0) })
    try await withTestNode { _ in
      let supervisor = try await Supervisor.start(bush)
      #expect(await supervisor.id.exited() == .shutdown)
    }
    // Every incarnation of the leaf but the first is a restart of it or of a supervisor above it.
    #expect(count.value.load(ordering: .relaxed) - 1 == worst.atOnce)
  }

  @Test("DSC-4: a group restart allows all of the group anew; one for one allows only one child anew")
  func strategies() {
    let leaf = ChildSpec.task("leaf") {}
    func bush(_ strategy: Supervisor.Strategy) -> Int? {
      TreeDescription(
        of: Bush(
          strategy: strategy, intensity: .restarts(2, within: .seconds(5)),
          inner: [
            Bush(id: "a", intensity: .restarts(3, within: .seconds(5)), leaves: [leaf]),
            Bush(id: "b", intensity: .restarts(4, within: .seconds(5)), leaves: [leaf]),
          ])
      ).worstRestarts?.atOnce
    }
    #expect(bush(.oneForOne) == 7 + 2 * (1 + 4))
    #expect(bush(.oneForAll) == 7 + 2 * (1 + 7))
    #expect(bush(.restForOne) == 7 + 2 * (1 + 7))
  }

  @Test("DSC-4: temporary children are never restarted, and a transient supervisor that has given up is not either")
  func unrestarted() {
    let once = ChildSpec.task("once", restart: .temporary) {}
    #expect(TreeDescription(of: Bush(leaves: [once])).worstRestarts == TreeDescription(of: Bush()).worstRestarts)
    #expect(TreeDescription(of: Bush()).worstRestarts?.atOnce == 0)
    let leaf = ChildSpec.task("leaf") {}
    struct Transient: SupervisorBehaviour {
      let leaf: ChildSpec
      var children: [ChildSpec] { ChildSpec(Bush(leaves: [leaf]), restart: .transient) }
    }
    // One of the inner one; the outer one's three are for an end that is not clean, such as a kill.
    #expect(TreeDescription(of: Transient(leaf: leaf)).worstRestarts?.atOnce == 1 + 3)
  }

  @Test("DSC-4: a child with a budget of its own adds that, and uses nothing of its supervisor's")
  func budget() {
    let leaf = ChildSpec.task("leaf") {}.budget(.restarts(5, within: .seconds(59), retryAfter: .seconds(60)))
    let worst = TreeDescription(of: Bush(leaves: [leaf])).worstRestarts
    #expect(worst?.atOnce == 5)
    #expect(worst?.perMinute == 7)
  }

  @Test("DSC-4: a tree never restarts more often than the rate says", arguments: [[3], [1, 2], [2, 1]])
  func rate(limits: [Int]) async throws {
    // The rate of three restarts within five seconds is three in six: whole seconds count, both ends included.
    #expect(TreeDescription(of: Self.nested(Count(), [3])).worstRestarts?.perMinute == 30)
    let worst = try #require(TreeDescription(of: Self.nested(Count(), limits)).worstRestarts)
    // As often as it can without an end: a leaf whose failures are spread so that no supervisor ever gives up.
    let count = Count()
    let bush = Self.spread(count, limits, every: 60 / worst.perMinute)
    try await withTestNode { node in
      let supervisor = try await Supervisor.start(bush)
      try await CurrentProcess.sleep(for: .seconds(600))
      let restarts = Double(count.value.load(ordering: .relaxed) - 1)
      #expect(restarts <= worst.perMinute * 10 + Double(worst.atOnce))
      try await supervisor.stop(reason: .shutdown)
    }
  }

  private static func spread(_ count: Count, _ limits: [Int], every seconds: Double) -> Bush {
    var bush = Bush(
      intensity: .restarts(limits[limits.count - 1], within: .seconds(5)),
      leaves: [failing(count, after: .milliseconds(Int64(seconds * 1_000) * 3))])
    for limit in limits.dropLast().reversed() {
      bush = Bush(intensity: .restarts(limit, within: .seconds(5)), inner: [bush])
    }
    return bush
  }

  @Test("DSC-4: numbers beyond all bounds stay numbers")
  func overflow() {
    let leaf = ChildSpec.task("leaf") {}
    var bush = Bush(intensity: .restarts(.max, within: .seconds(5)), leaves: [leaf])
    bush = Bush(intensity: .restarts(.max, within: .seconds(5)), inner: [bush])
    #expect(TreeDescription(of: bush).worstRestarts?.atOnce == .max)
    let budget = leaf.budget(.restarts(.max, within: .seconds(1), retryAfter: .nanoseconds(1)))
    bush = Bush(intensity: .restarts(.max, within: .seconds(5)), leaves: [budget])
    let worst = TreeDescription(of: bush).worstRestarts
    #expect(worst?.atOnce == .max && worst?.perMinute.isFinite == true)
  }

  @Test("DSC-5: a static supervisor takes as long as all its children together, and no longer", arguments: [1, 2, 3])
  func sequential(seconds: Int) async throws {
    try await withTestNode { node in
      let stage = Stage()
      struct Tree: SupervisorBehaviour {
        let stage: Stage
        let seconds: Int
        var children: [ChildSpec] {
          stage.child("a", .deaf, shutdown: .timeout(.seconds(seconds)))
          ChildSpec(Bush(leaves: [stage.child("b", .deaf, shutdown: .timeout(.seconds(2)))]))
          stage.child("c", .deaf, shutdown: .brutalKill)
        }
      }
      let tree = Tree(stage: stage, seconds: seconds)
      let worst = try #require(TreeDescription(of: tree).worstShutdown)
      #expect(worst == TreeDescription(of: tree).worstShutdown)
      #expect(worst.seconds == Double(seconds + 2))
      #expect(worst.isBounded)
      let supervisor = try await Supervisor.start(tree)
      let began = node.elapsed
      try await supervisor.stop(reason: .shutdown)
      #expect(node.elapsed - began >= .seconds(worst.seconds))
      #expect(node.elapsed - began < .seconds(worst.seconds) + .milliseconds(1))
    }
  }

  @Test("DSC-5: the children of a dynamic supervisor stop together: the longest counts")
  func concurrent() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let crowd = try await DynamicSupervisor.start()
      for seconds in [2, 7, 3] {
        try await crowd.startChild(
          stage.child(ChildSpec.ID("\(seconds)"), .deaf, shutdown: .timeout(.seconds(seconds))))
      }
      #expect(try await crowd.describe().worstShutdown?.seconds == 7)
      let began = node.elapsed
      try await crowd.stop()
      #expect(node.elapsed - began >= .seconds(7))
      #expect(node.elapsed - began < .milliseconds(7_001))
    }
  }

  @Test("DSC-5: who may take for ever is named by its path, unless somebody above it may not wait so long")
  func unlimited() {
    let leaf = ChildSpec.task("leaf", shutdown: .infinity) {}
    let inner = Bush(id: "inner", leaves: [leaf])
    let tree = TreeDescription(of: Bush(inner: [inner]))
    #expect(tree.worstShutdown?.unlimited == ["inner/leaf"])
    #expect(tree.worstShutdown?.isBounded == false)
    #expect(tree.worstShutdown?.seconds == 0)
    struct Impatient: SupervisorBehaviour {
      let inner: Bush
      var children: [ChildSpec] {
        var spec = ChildSpec(inner)
        spec.shutdown = .timeout(.seconds(4))
        return [spec]
      }
    }
    let bounded = TreeDescription(of: Impatient(inner: inner)).worstShutdown
    #expect(bounded?.isBounded == true)
    #expect(bounded?.seconds == 4)
  }
}
