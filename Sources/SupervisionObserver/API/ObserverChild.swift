#if Hummingbird
  @_spi(Runtime) import ProcessRuntime
  public import Supervision

  extension ChildSpec {
    /// The page of this node as a child of a supervisor, started again when it fails.
    ///
    ///     struct Store: SupervisedApplication {
    ///       var children: [ChildSpec] {
    ///         ChildSpec.observer()  // http://127.0.0.1:4040
    ///         ChildSpec(.cache) { Cache() }
    ///       }
    ///     }
    ///
    /// It has a budget of its own, so its supervisor is one for one. If its port is taken it fails with ``ObserverError/portTaken(_:)``,
    /// and is tried again later.
    ///
    /// - Parameters:
    ///   - configuration: what is shown, and to whom.
    ///   - host: where it listens; any other place than this machine needs a token.
    ///   - port: the port; zero for any that is free.
    ///   - onReady: told the port when it listens.
    /// - Returns: the specification, with a backoff and that budget: a port that is taken is no reason to end the tree.
    public static func observer(
      _ configuration: ObserverConfiguration = ObserverConfiguration(), host: String = "127.0.0.1", port: Int = 4040,
      onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> ChildSpec {
      ChildSpec(id: "observer", restart: .permanent, shutdown: .timeout(.seconds(2))) {
        // Here, so that a place without a token is a start that fails.
        let server = try ObserverServer(configuration, host: host, port: port, onReady: onReady)
        return try spawnLink(label: "observer") { try await server.run() }
      }
      .backoff(.exponential(from: .seconds(1), to: .seconds(60)))
      .budget(.restarts(5, within: .seconds(60), retryAfter: .seconds(300)))
    }
  }
#endif
