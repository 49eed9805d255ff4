#if ServiceLifecycle
  import Logging
  import ServiceLifecycle
  import Supervision
  import SupervisionIntegrations
  import Testing

  @Suite("Trees as services", .serialized, .timeLimit(.minutes(1)))
  struct SupervisorServiceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Says when it stops.
    private struct Tidy: GenServer {
      enum Message: Sendable { case crash }

      let name: String
      let journal: Journal<String>

      init(_ name: String, _ journal: Journal<String>) {
        CurrentProcess.trapsExits = true
        self.name = name
        self.journal = journal
        journal.note("\(name) starts")
      }

      func handle(_ message: Message) throws { throw ExitReason.shutdown("told to") }

      func terminate(_ reason: ExitReason) { journal.note("\(name) stops: \(reason)") }
    }

    private struct Tree: SupervisorBehaviour {
      let journal: Journal<String>
      var intensity: Supervisor.Intensity { .restarts(0, within: .seconds(5)) }
      var children: [ChildSpec] {
        ChildSpec(id: "a") { Tidy("a", journal) }
        ChildSpec(id: "b") { Tidy("b", journal) }
      }
    }

    private struct Broken: SupervisorBehaviour {
      struct NoDisk: Error {}
      var children: [ChildSpec] { ChildSpec(id: "a") { () throws -> Tidy in throw NoDisk() } }
    }

    /// A neighbour that stops after the tree and says so.
    private struct Neighbour: Service {
      let journal: Journal<String>
      func run() async throws {
        try await gracefulShutdown()
        journal.note("neighbour stops")
      }
    }

    @Test("SVC-5: a tree stops in order when its group does, before the services that stand before it")
    func order() async throws {
      let journal = Journal<String>()
      let group = ServiceGroup(
        services: [Neighbour(journal: journal), SupervisorService(Tree(journal: journal), name: "svc-tree")],
        logger: Self.logger)
      async let running: Void = group.run()
      try await eventually { ProcessName<Never>("svc-tree").whereis != nil && journal.entries.count == 2 }
      await group.triggerGracefulShutdown()
      try await running
      #expect(
        journal.entries == ["a starts", "b starts", "b stops: shutdown", "a stops: shutdown", "neighbour stops"])
      #expect(ProcessName<Never>("svc-tree").whereis == nil)
    }

    @Test("SVC-5: a shutdown that is asked for before the tree runs counts all the same")
    func early() async throws {
      let journal = Journal<String>()
      let group = ServiceGroup(services: [SupervisorService(Tree(journal: journal))], logger: Self.logger)
      await group.triggerGracefulShutdown()
      try await group.run()
      #expect(journal.entries.count == 4)
    }

    @Test("SVC-5: a tree whose task is cancelled stops in order too")
    func cancelled() async throws {
      let journal = Journal<String>()
      let task = Task { try await SupervisorService(Tree(journal: journal), name: "svc-cancelled").run() }
      try await eventually { ProcessName<Never>("svc-cancelled").whereis != nil && journal.entries.count == 2 }
      task.cancel()
      try await task.value
      #expect(journal.entries.suffix(2) == ["b stops: shutdown", "a stops: shutdown"])
    }

    @Test("SVC-5: what has not stopped at the deadline is killed, and the group ends without an error")
    func deadline() async throws {
      let journal = Journal<String>()
      let service = SupervisorService(Stuck(journal: journal), shutdownDeadline: .milliseconds(50))
      let group = ServiceGroup(services: [service], logger: Self.logger)
      async let running: Void = group.run()
      try await eventually { journal.entries.count == 1 }
      await group.triggerGracefulShutdown()
      try await running
    }

    private struct Stuck: SupervisorBehaviour {
      let journal: Journal<String>
      var children: [ChildSpec] {
        ChildSpec.service("stuck", shutdown: .infinity) { StuckService(journal: journal) }
      }
    }

    private struct StuckService: Service {
      let journal: Journal<String>
      func run() async throws {
        journal.note("runs")
        try await CurrentProcess.sleep(for: .seconds(600))
      }
    }

    @Test("SVC-6: a tree that gives up fails its group, with the end and an exit status")
    func givesUp() async throws {
      let journal = Journal<String>()
      let group = ServiceGroup(
        services: [Neighbour(journal: journal), SupervisorService(Tree(journal: journal), name: "svc-fails")],
        logger: Self.logger)
      async let running: Void = group.run()
      try await eventually { ProcessName<Never>("svc-fails").whereis != nil && journal.entries.count == 2 }
      let tree = Supervisor(id: try #require(ProcessName<Never>("svc-fails").whereis))
      try await tree.child("a").process?.exit(.kill)
      do {
        try await running
        Issue.record("the group has ended without an error")
      } catch let error as SupervisorServiceError {
        #expect(error.end.exitStatus == 1)
        #expect("\(error)" == "svc-fails: gave up: shutdown")
      }
    }

    @Test("SVC-6: a tree that does not start fails its group with the start's error")
    func notStarted() async throws {
      let group = ServiceGroup(services: [SupervisorService(Broken())], logger: Self.logger)
      await #expect(throws: StartError.self) { try await group.run() }
    }

    @Test("SVC-7: an application is a service, with what it needs, in order")
    func application() async throws {
      let journal = Journal<String>()
      let group = ServiceGroup(
        services: [SupervisorService(Store(journal: journal))], logger: Self.logger)
      async let running: Void = group.run()
      try await eventually { journal.entries.last == "store runs" }
      await group.triggerGracefulShutdown()
      try await running
      #expect(
        journal.entries == [
          "database starts", "store starts", "store runs", "store stops: shutdown", "database stops: shutdown",
        ])
      #expect(await Applications.started().isEmpty)
    }

    private struct Database: ApplicationBehaviour {
      let journal: Journal<String>
      var children: [ChildSpec] { ChildSpec(id: "database") { Tidy("database", journal) } }
    }

    private struct Store: ApplicationBehaviour {
      let journal: Journal<String>
      var applications: [any ApplicationBehaviour] { Database(journal: journal) }
      var children: [ChildSpec] { ChildSpec(id: "store") { Tidy("store", journal) } }
      func didStart() async throws { journal.note("store runs") }
    }
  }
#endif
