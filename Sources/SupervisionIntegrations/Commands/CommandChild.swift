#if Subprocess
  import ProcessRuntime
  public import Supervision

  extension ChildSpec {
    /// An OS process as a child (what a port program is to Erlang, under supervision).
    ///
    ///     ChildSpec.command("thumbnails", run: "thumbnailer", ["--watch", folder], restart: .permanent)
    ///       .backoff(.exponential())
    ///
    /// What it writes goes to the log, a line at a time. Its standard input is empty. It is the leader of a process group of its
    /// own, so that a Ctrl-C at the terminal is this program's business.
    ///
    /// Exit status 0 ends the child with `normal`; another status, or a signal, with a ``CommandFailure``. The child has started
    /// when the OS process has; that there is no such program is a start that fails.
    ///
    /// When the child is stopped, the OS process gets ``CommandOptions/endSignal``. If it has not ended when the time of
    /// `shutdown` is up, its whole group is killed. It is killed as well when the child is, with `brutalKill` or otherwise, and
    /// when this program ends in whatever way. What it has started itself goes with it, unless that has left its process group.
    /// A restart waits until the OS process of the earlier life is gone.
    ///
    /// - Parameters:
    ///   - id: its place in the supervisor, and its name in the log.
    ///   - program: a name that is looked up in `PATH`, or a path; a relative path begins at the working directory.
    ///   - arguments: what it is called with, without the program. No shell reads them.
    ///   - environment: variables for it; `nil` takes one away that it would inherit.
    ///   - workingDirectory: where it runs; this program's, if not given.
    ///   - restart: when it is started again.
    ///   - shutdown: how it is stopped.
    ///   - significant: whether its end can end the supervisor.
    ///   - options: logging, signals, what it inherits.
    /// - Returns: the specification.
    public static func command(
      _ id: ID, run program: String, _ arguments: [String] = [], environment: [String: String?] = [:],
      workingDirectory: String? = nil, restart: Restart = .permanent, shutdown: Shutdown = .timeout(.seconds(5)),
      significant: Bool = false, options: CommandOptions = CommandOptions()
    ) -> ChildSpec {
      let command = Command(
        id: id.text, program: program, arguments: arguments, environment: environment,
        workingDirectory: workingDirectory, options: options)
      let earlier = EarlierCommands(program)
      return ChildSpec(id: id, restart: restart, shutdown: shutdown, significant: significant) {
        try await earlier.haveEnded()
        let state = CommandState()
        let process = try await LongRun(label: id.text) { isReady in
          try await command.run(state, isReady)
        } askToEnd: {
          state.askToEnd(command.options.endSignal)
        }.start()
        earlier.add(state, of: process)
        return process
      }.of(type: Command.self)
    }
  }
#endif
