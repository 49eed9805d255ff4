import Supervision
import SupervisionTesting
import Testing

@Suite("Actors as children", .timeLimit(.minutes(1)))
struct RunningActorTests {
  private actor Clerk: RunningActor {
    struct Failure: Error, Equatable {}

    let orders: Probe<Clerk>
    private var count = 0

    init(_ orders: Probe<Clerk>) { self.orders = orders }

    func run() async throws {
      count += 1
      orders.ref.send(self)
      while count < 10 { try await CurrentProcess.sleep(for: .seconds(1)) }
      if count == 10 { return }
      if count == 11 { throw Failure() }
      fatalError("as told")
    }

    func set(_ count: Int) -> ProcessID? {
      self.count = count
      return CurrentProcess.id
    }
  }

  @Test(
    "SVC-8: it ends with run: by its return, its error or its trap; the next start makes another actor",
    arguments: [10, 11, 12])
  func ends(count: Int) async throws {
    try await withTestNode { _ in
      let clerks = Probe<Clerk>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.actor("clerk") { Clerk(clerks) }
      }
      let first = try await clerks.next()
      let process = try #require(try await supervisor.child("clerk").process)
      // What others call on it runs as theirs.
      #expect(await first.set(count) == CurrentProcess.id)
      let second = try await clerks.next()
      #expect(second !== first)
      let reason = await process.exited()
      switch count {
      case 10: #expect(reason == .normal)
      case 11: #expect(reason == .failure(Clerk.Failure()))
      default: #expect(reason.fault?.kind == .trap)
      }
      try await supervisor.stop()
    }
  }

  @Test("EXT-17: the process of a task, and of an actor, has the child's id for a label; a name it gives itself counts")
  func labels() async throws {
    try await withTestNode { _ in
      let clerks = Probe<Clerk>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.task("poller") { try await suspendForever() }
        ChildSpec.task("other") {
          CurrentProcess.label = "its own"
          try await suspendForever()
        }
        ChildSpec.actor("clerk") { Clerk(clerks) }
        ChildSpec.actor { Clerk(clerks) }
      }
      for _ in 0..<2 { _ = try await clerks.next() }
      let labels = try await supervisor.children().map { $0.process?.label }
      #expect(labels.reversed() == ["poller", "its own", "clerk", "Clerk"])
      try await supervisor.stop()
    }
  }

  @Test("SVC-8: a stop cancels it, and descriptions know its type")
  func stops() async throws {
    try await withTestNode { _ in
      let clerks = Probe<Clerk>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { ChildSpec.actor { Clerk(clerks) } }
      _ = try await clerks.next()
      let process = try #require(try await supervisor.child("Clerk").process)
      try await supervisor.terminateChild("Clerk")
      #expect(await process.exited() == .shutdown)
      try await supervisor.stop()
    }
  }
}
