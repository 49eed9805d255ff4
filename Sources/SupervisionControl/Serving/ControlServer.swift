#if ControlSocket
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import SupervisionInspection

  /// The child that has the socket.
  ///
  /// Each connection is a process of its own, so that nothing which comes from one harms it.
  struct ControlServer: GenServer {
    enum Message: Sendable {}

    private let configuration: ControlConfiguration
    private let onReady: @Sendable (String) async -> Void
    private var listener: ControlListener?

    /// Throws what cannot be right at another time either.
    init(_ configuration: ControlConfiguration, _ onReady: @escaping @Sendable (String) async -> Void) throws {
      if let path = configuration.path, path.utf8.count > UnixSocket.longestPath {
        throw ControlError.pathTooLong(path, limit: UnixSocket.longestPath)
      }
      CurrentProcess.label = "control"
      // So that the file goes before the program does.
      CurrentProcess.trapsExits = true
      self.configuration = configuration
      self.onReady = onReady
    }

    /// A path that is taken fails here: the tree starts nevertheless.
    mutating func handleContinue() async throws {
      let path = try configuration.path ?? SocketPlace.own()
      let handler = ControlHandler(configuration, node: Node.current)
      let listener = try await ControlListener.listen(at: path, handler)
      self.listener = listener
      await onReady(path)
    }

    mutating func handle(_ message: Message) {}

    mutating func handle(_ signal: Signal) throws {
      if case .exit(_, let reason) = signal, reason != .normal { throw reason }
    }

    mutating func terminate(_ reason: ExitReason) async { await listener?.close() }
  }
#endif
