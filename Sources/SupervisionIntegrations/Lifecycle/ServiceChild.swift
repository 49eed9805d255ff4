#if ServiceLifecycle
  import Logging
  import ProcessRuntime
  public import ServiceLifecycle
  public import Supervision

  extension ChildSpec {
    /// A service of swift-service-lifecycle as a child: any `Service`, started again as its supervisor sees fit.
    ///
    ///     ChildSpec.service("http") { try await makeServer() }
    ///       .backoff(.exponential(from: .milliseconds(100), to: .seconds(30)))
    ///       .budget(.restarts(5, within: .seconds(60)))
    ///
    /// The service is made anew at each start. The child has started when `make` has returned; that `run()` has got anywhere is
    /// not known: for a service that can say so there is another form. A trap that follows at once may still be a start that fails.
    /// `run()` runs as the child's process: when it returns, the child ends with `normal`; an error that it throws is the reason; a
    /// trap in it ends this child and no other.
    ///
    /// When the child is stopped, the service's graceful shutdown is triggered, as in a `ServiceGroup`. If it has not returned
    /// when the time of `shutdown` is up, the child is killed, which cancels the service; with `brutalKill` it is cancelled at
    /// once. An exit signal from anybody else is answered in the same way.
    ///
    /// - Parameters:
    ///   - id: its place in the supervisor; if not given, its type's name.
    ///   - restart: when it is started again. A service as a rule ends only when something has gone wrong: always.
    ///   - shutdown: how it is stopped: the time that its graceful shutdown may take.
    ///   - significant: whether its end can end the supervisor.
    ///   - make: makes the service, inside the child's process, at each start. An error that it throws is a start that fails.
    /// - Returns: the specification.
    public static func service<Running: Service>(
      _ id: ID? = nil, restart: Restart = .permanent, shutdown: Shutdown = .timeout(.seconds(5)),
      significant: Bool = false, _ make: @escaping @Sendable () async throws -> Running
    ) -> ChildSpec {
      .service(id, restart: restart, shutdown: shutdown, significant: significant) { isReady in
        let service = try await make()
        isReady()
        return service
      }
    }

    /// A service as a child that has started when it says so, as a server does when it listens.
    ///
    ///     ChildSpec.service("http") { isReady in
    ///       Application(router: router, onServerRunning: { _ in isReady() })
    ///     }
    ///
    /// What goes wrong before that, a port that is taken, is a start that fails: the supervisor's own start fails with it, and after
    /// a restart it is tried again like any other.
    ///
    /// - Parameters:
    ///   - id: its place in the supervisor; if not given, its type's name.
    ///   - restart: when it is started again.
    ///   - shutdown: how it is stopped: the time that its graceful shutdown may take.
    ///   - significant: whether its end can end the supervisor.
    ///   - make: makes the service, inside the child's process, at each start. The service calls what `make` is given, from any
    ///     thread, as often as it likes. As long as it has not, its supervisor waits, and starts and stops nobody else.
    /// - Returns: the specification.
    public static func service<Running: Service>(
      _ id: ID? = nil, restart: Restart = .permanent, shutdown: Shutdown = .timeout(.seconds(5)),
      significant: Bool = false,
      _ make: @escaping @Sendable (_ isReady: @escaping @Sendable () -> Void) async throws -> Running
    ) -> ChildSpec {
      let id = id ?? ID("\(Running.self)")
      return ChildSpec(id: id, restart: restart, shutdown: shutdown, significant: significant) {
        try await LongRun(service: id.text, make).start()
      }.of(type: Running.self)
    }

    /// A service that is there already as a child: the same one runs again at each restart.
    ///
    /// For a service whose `run()` can be called once more after it has ended. What is better begun afresh is made by a closure:
    /// `service(_:…)`.
    public static func service<Running: Service>(
      _ service: Running, id: ID? = nil, restart: Restart = .permanent, shutdown: Shutdown = .timeout(.seconds(5)),
      significant: Bool = false
    ) -> ChildSpec {
      .service(id, restart: restart, shutdown: shutdown, significant: significant) { service }
    }
  }

  extension LongRun {
    /// A group of that one service: whoever triggers a graceful shutdown is always a group.
    fileprivate init<Running: Service>(
      service id: String, _ make: @escaping @Sendable (@escaping @Sendable () -> Void) async throws -> Running
    ) {
      let ready = Ready()
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [
            ServiceGroupConfiguration.ServiceConfiguration(
              service: MadeService(make: make, ready: ready), successTerminationBehavior: .gracefullyShutdownGroup,
              serviceName: id)
          ],
          logger: Logger(label: "supervision.service")))
      self.init(label: id) { isReady in
        ready.tell(isReady)
        try await group.run()
      } askToEnd: {
        await group.triggerGracefulShutdown()
      }
    }
  }

  /// A service that is made when it is run.
  private struct MadeService<Running: Service>: Service {
    let make: @Sendable (@escaping @Sendable () -> Void) async throws -> Running
    let ready: Ready

    func run() async throws {
      try await make { ready() }.run()
    }
  }
#endif
