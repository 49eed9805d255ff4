#if ServiceLifecycle
  import Logging
  import ServiceLifecycle
  import Supervision
  import SupervisionIntegrations
  import Testing

  @Suite("Services as children", .timeLimit(.minutes(1)))
  struct ServiceChildTests {
    private struct Failure: Error, Equatable {}

    /// Tells what becomes of it.
    private struct Worker: Service {
      enum Way: Sendable { case returns, throwing, traps, graceful, stubborn, gracefulFailure }

      let way: Way
      let journal: Journal<String>

      func run() async throws {
        journal.note("runs")
        switch way {
        case .returns: return
        case .throwing: throw Failure()
        case .traps:
          // It has started by then: a trap at once would be a start that fails.
          try await CurrentProcess.sleep(for: .milliseconds(20))
          fatalError("as told")
        case .graceful:
          try await gracefulShutdown()
          journal.note("shuts down")
        case .gracefulFailure:
          try await gracefulShutdown()
          throw Failure()
        case .stubborn:
          try? await gracefulShutdown()
          journal.note("goes on")
          do {
            try await CurrentProcess.sleep(for: .seconds(600))
          } catch {
            journal.note("cancelled")
          }
        }
      }
    }

    private func start(
      _ way: Worker.Way, _ journal: Journal<String>, restart: ChildSpec.Restart = .temporary,
      shutdown: ChildSpec.Shutdown = .timeout(.seconds(20))
    ) async throws -> Supervisor {
      try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(100, within: .seconds(1))) {
        ChildSpec.service("worker", restart: restart, shutdown: shutdown) { Worker(way: way, journal: journal) }
      }
    }

    /// Says that it is ready, after it has failed so often.
    private struct Listener: Service {
      let failures: Int
      let journal: Journal<String>
      let isReady: @Sendable () -> Void

      func run() async throws {
        journal.note("runs")
        if journal.entries.filter({ $0 == "runs" }).count <= failures { throw Failure() }
        for _ in 0..<2 { isReady() }
        try await gracefulShutdown()
        journal.note("shuts down")
      }
    }

    @Test("SVC-9: a service has started when it says so, and its next sibling is started then")
    func ready() async throws {
      let journal = Journal<String>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.service("listener") { isReady in
          Listener(failures: 0, journal: journal) {
            journal.note("is ready")
            isReady()
          }
        }
        ChildSpec.task("next") {
          journal.note("next")
          try await suspendForever()
        }
      }
      _ = try await supervisor.children()
      try await supervisor.stop()
      #expect(journal.entries.prefix(2) == ["runs", "is ready"])
      #expect(journal.entries.contains("shuts down"))
    }

    @Test("SVC-9: a service that ends before it is ready has failed to start, at first and after a restart")
    func notReady() async throws {
      let journal = Journal<String>()
      let spec = ChildSpec.service("listener") { isReady in
        Listener(failures: 3, journal: journal, isReady: isReady)
      }
      let error = await #expect(throws: StartError.self) { try await Supervisor.start(strategy: .oneForOne) { spec } }
      let failure = error?.reason.shutdownDetail as? ChildStartFailure
      #expect(failure?.id == "listener" && failure?.reason == .failure(Failure()))

      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(9, within: .seconds(5))) {}
      var refusal: SupervisorError?
      do { try await supervisor.startChild(spec) } catch { refusal = error }
      #expect(refusal == .startFailed(.failure(Failure())))
      do { try await supervisor.startChild(spec) } catch { refusal = error }
      let process = try await supervisor.startChild(spec)
      #expect(process.isAlive && journal.entries == ["runs", "runs", "runs", "runs"])
      try await supervisor.stop()
    }

    @Test("SVC-1: run's return is normal, its error is the reason, its trap is a fault")
    func ends() async throws {
      let journal = Journal<String>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {}
      func end(_ way: Worker.Way) async throws -> ExitReason {
        let spec = ChildSpec.service("worker", restart: .temporary) { Worker(way: way, journal: journal) }
        return await (try await supervisor.startChild(spec)).exited()
      }
      #expect(try await end(.returns) == .normal)
      #expect(try await end(.throwing) == .failure(Failure()))
      #expect(try await end(.traps).fault?.kind == .trap)
      #expect(journal.entries.count == 3)
      try await supervisor.stop()
    }

    @Test("SVC-1: a service that traps is started again, and its sibling knows nothing of it")
    func trap() async throws {
      let (first, second) = (Journal<String>(), Journal<String>())
      let supervisor = try await Supervisor.start(
        strategy: .oneForOne, intensity: .restarts(100, within: .seconds(1))
      ) {
        ChildSpec.service("sibling") { Worker(way: .graceful, journal: second) }
        ChildSpec.service("worker") { Worker(way: first.entries.count < 3 ? .traps : .graceful, journal: first) }
      }
      _ = try await first.wait { $0.count == 4 }
      #expect(try await supervisor.children().count { $0.process != nil } == 2)
      #expect(second.entries == ["runs"])
      try await supervisor.stop()
      #expect(second.entries == ["runs", "shuts down"])
    }

    @Test("SVC-2: the service is made anew at each start, and runs again with a backoff")
    func madeAnew() async throws {
      let journal = Journal<String>()
      let made = Journal<Int>()
      let supervisor = try await Supervisor.start(
        strategy: .oneForOne, intensity: .restarts(100, within: .seconds(5))
      ) {
        ChildSpec.service("worker") {
          made.note(1)
          return Worker(way: made.entries.count < 4 ? .throwing : .graceful, journal: journal)
        }.backoff(.constant(.milliseconds(1)))
      }
      _ = try await made.wait { $0.count == 4 }
      _ = try await journal.wait { $0.count == 4 }
      try await supervisor.stop()
      #expect(journal.entries == ["runs", "runs", "runs", "runs", "shuts down"])
    }

    @Test("SVC-2: a service that cannot be made is a failed start, with its error")
    func notMade() async throws {
      // Many times: on several threads the starter may look at the process before, while and after it ends.
      for _ in 0..<50 {
        do {
          _ = try await Supervisor.start(strategy: .oneForOne) {
            ChildSpec.service("worker") { () -> Worker in throw Failure() }
          }
          Issue.record("it has started")
        } catch {
          let failure = error.reason.shutdownDetail as? ChildStartFailure
          #expect(failure?.id == "worker")
          #expect(failure?.reason == .failure(Failure()))
        }
      }
    }

    @Test("SVC-3: a stop shuts services down gracefully, the newest first, and each ends with shutdown")
    func graceful() async throws {
      let journal = Journal<String>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.service("a") { Named("a", journal) }
        ChildSpec.service(Named("b", journal), id: "b")
      }
      let children = try await supervisor.children().compactMap(\.process)
      _ = try await journal.wait { $0.count == 2 }
      try await supervisor.stop()
      #expect(journal.entries.suffix(2) == ["b stops", "a stops"])
      for child in children { #expect(await child.exited() == .shutdown) }
    }

    @Test("SVC-3: an error during the graceful shutdown is the reason all the same")
    func failsInShutdown() async throws {
      let journal = Journal<String>()
      let supervisor = try await start(.gracefulFailure, journal)
      let child = try #require(try await supervisor.child("worker").process)
      _ = try await journal.wait { $0.count == 1 }
      try await supervisor.terminateChild("worker")
      #expect(await child.exited() == .failure(Failure()))
      try await supervisor.stop()
    }

    @Test("SVC-4: when the time for the graceful shutdown is up, the child is killed, and its service cancelled")
    func tooLate() async throws {
      let journal = Journal<String>()
      let supervisor = try await start(.stubborn, journal, shutdown: .timeout(.milliseconds(100)))
      let child = try #require(try await supervisor.child("worker").process)
      _ = try await journal.wait { $0.count == 1 }
      try await supervisor.stop()
      #expect(await child.exited() == .killed)
      #expect(try await journal.wait { $0.count == 3 } == ["runs", "goes on", "cancelled"])
    }

    @Test(
      "SVC-3, SVC-5: children that are services stop gracefully when the group stops in which their tree is a service")
    func bothWays() async throws {
      let journal = Journal<String>()
      let group = ServiceGroup(
        services: [SupervisorService(Tree(journal: journal))],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      async let running: Void = group.run()
      _ = try await journal.wait { $0.count == 2 }
      await group.triggerGracefulShutdown()
      try await running
      #expect(journal.entries.suffix(2) == ["b stops", "a stops"])
    }

    private struct Tree: SupervisorBehaviour {
      let journal: Journal<String>
      var children: [ChildSpec] {
        ChildSpec.service("a") { Named("a", journal) }
        ChildSpec.service("b") { Named("b", journal) }
      }
    }

    private struct Named: Service {
      let name: String
      let journal: Journal<String>

      init(_ name: String, _ journal: Journal<String>) {
        self.name = name
        self.journal = journal
      }

      func run() async throws {
        journal.note("\(name) runs")
        try await gracefulShutdown()
        journal.note("\(name) stops")
      }
    }
  }
#endif
