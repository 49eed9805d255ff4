#if ControlSocket
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Synchronization
  import Testing

  @testable import SupervisionControl

  /// A control socket of the program's own node, in a folder of its own.
  struct Attached {
    let folder: Folder
    let path: String
    let supervisor: Supervisor

    /// The child's process, whoever that is now.
    var child: ProcessID {
      get async throws { try #require(try await supervisor.child("control").process) }
    }

    static func with<Value>(
      allowsActions: Bool = false, _ change: (inout ControlConfiguration) -> Void = { _ in },
      _ body: (Attached) async throws -> Value
    ) async throws -> Value {
      let folder = Folder()
      var configuration = ControlConfiguration(path: folder("s"), allowsActions: allowsActions)
      configuration.interval = 0
      configuration.limits.requestsPerSecond = 1_000_000
      change(&configuration)
      let isReady = Shared(false)
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { [configuration] in
        ChildSpec.control(configuration) { _ in isReady.withLock { $0 = true } }
      }
      // To connect and see would be to be attached for a while.
      try await eventually({ isReady.withLock { $0 } }, "nobody listens")
      do {
        let value = try await body(Attached(folder: folder, path: folder("s"), supervisor: supervisor))
        try await supervisor.stop()
        return value
      } catch {
        try? await supervisor.stop()
        throw error
      }
    }
  }
#endif
