#if ControlSocket
  @_spi(Runtime) import ProcessRuntime
  public import Supervision

  extension ChildSpec {
    /// A socket to which `supervisionctl` attaches, as a child of a supervisor.
    ///
    ///     struct Store: SupervisedApplication {
    ///       var children: [ChildSpec] {
    ///         ChildSpec.control()
    ///         ChildSpec(.cache) { Cache() }
    ///       }
    ///     }
    ///
    /// Then, in a terminal of the same user: `supervisionctl tree`. The socket belongs to that user alone, and who connects is
    /// asked of the system: another user is refused. It only looks, unless ``ControlConfiguration/allowsActions`` is set.
    ///
    /// A socket that a dead program has left behind is replaced. One at which another program listens is not: this child then fails
    /// with ``ControlError/inUse(_:)``, and is tried again later. When it stops, the file goes. It has a budget of its own, so its
    /// supervisor is one for one.
    ///
    /// - Parameters:
    ///   - configuration: where it is, and what is allowed.
    ///   - onReady: told the path when it listens.
    /// - Returns: the specification, with a backoff and that budget: a path that is taken is no reason to end the tree.
    public static func control(
      _ configuration: ControlConfiguration = ControlConfiguration(),
      onReady: @escaping @Sendable (String) async -> Void = { _ in }
    ) -> ChildSpec {
      ChildSpec(id: "control", restart: .permanent, shutdown: .timeout(.seconds(2))) {
        try ControlServer(configuration, onReady)
      }
      .backoff(.exponential(from: .seconds(1), to: .seconds(60)))
      .budget(.restarts(5, within: .seconds(60), retryAfter: .seconds(300)))
    }
  }
#endif
