#if GRDB
  import Supervision
  import SupervisionIntegrations

  /// Everything that runs, in start order.
  ///
  /// It is stopped in the reverse order.
  struct FootballTree: SupervisorBehaviour {
    let settings: Settings
    let folder: Folder
    let exposition: Exposition

    var intensity: Supervisor.Intensity { .restarts(30, within: .seconds(10)) }

    var children: [ChildSpec] {
      let path = folder.database
      let feed = Feed(seed: settings.seed)
      let server = WebServer(
        settings: settings, chaos: settings.allowsChaos ? Chaos(feed: feed) : nil, exposition: exposition)

      ChildSpec.telemetry(every: .seconds(2))
      ChildSpec(.store) { try await Store(path: path) }
        .backoff(.exponential(from: .milliseconds(5), to: .seconds(1)))
      ProcessPool.child(
        PoolSettings(size: 2, maxOverflow: 2, maxWaiting: 100), name: "commentators"
      ) { Commentator() }
      ChildSpec(MatchesTree(), name: "matches-tree")
      if settings.poll > .zero { poller(of: feed) }
      ChildSpec.service("web", shutdown: .timeout(.seconds(3))) { try server.service($0) }
        .backoff(.exponential(from: .milliseconds(50), to: .seconds(5)))
      ChildSpec(.pulse) { Pulse() }
    }

    /// The feed fails now and then, which is no reason for the others to suffer: it has a budget of its own.
    private func poller(of feed: Feed) -> ChildSpec {
      let poller = Poller(feed: feed, interval: settings.poll)
      return ChildSpec.task("poller") { try await poller.run() }
        .backoff(.exponential(from: .milliseconds(100), to: .seconds(10)))
        .budget(.restarts(20, within: .seconds(30), retryAfter: .seconds(30)))
    }
  }

  /// The matches, and who starts them: without its supervisor, a match would be missed until somebody starts it.
  struct MatchesTree: SupervisorBehaviour {
    static let most = 10_000

    var strategy: Supervisor.Strategy { .restForOne }
    var intensity: Supervisor.Intensity { .restarts(10, within: .seconds(10)) }

    var children: [ChildSpec] {
      DynamicSupervisor.child(name: "matches", maxChildren: Self.most)
      ChildSpec.task("kickoff", restart: .transient) { try await Kickoff().run() }
    }
  }
#endif
