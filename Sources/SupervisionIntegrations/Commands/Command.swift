#if Subprocess
  import Logging
  @_spi(Runtime) import ProcessRuntime
  import Subprocess
  import Supervision
  import SystemPackage

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// What is run in an OS process.
  struct Command: Sendable {
    let id: String
    let program: String
    let arguments: [String]
    let environment: [String: String?]
    let workingDirectory: String?
    let options: CommandOptions

    /// Runs it, as the current process, until it has ended.
    func run(_ state: CommandState, _ isReady: @escaping @Sendable () -> Void) async throws {
      defer { state.end() }
      ProcessCell.current?.withHolding(of: ObjectIdentifier(state)) { $0 = state }
      let configuration = try await configuration()
      let status: TerminationStatus
      do {
        if options.endsWithProgram {
          status = try await Subprocess.run(configuration, input: .inputWriter, output: .sequence, error: .sequence) {
            try await attend($0, state, isReady)
          }.terminationStatus
        } else {
          status = try await Subprocess.run(configuration, input: .none, output: .sequence, error: .sequence) {
            try await attend($0, state, isReady)
          }.terminationStatus
        }
      } catch let error as SubprocessError {
        throw CommandFailure(program, .notStarted("\(error)"))
      }
      if state.wasAskedToEnd { return }
      switch status {
      case .exited(0): return
      case .exited(let status): throw CommandFailure(program, .status(status))
      case .signaled(let number): throw CommandFailure(program, .signal(number))
      }
    }

    /// While it runs: what it writes goes to the log.
    private func attend<Input: InputProtocol>(
      _ execution: Execution<Input, SequenceOutput, SequenceOutput>, _ state: CommandState, _ isReady: () -> Void
    ) async throws {
      let process = execution.processIdentifier.value
      state.begin(process)
      defer { state.end() }
      isReady()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await log(execution.standardOutput, "stdout", .info, process) }
        group.addTask { try await log(execution.standardError, "stderr", .warning, process) }
        try await group.waitForAll()
      }
      // It may have closed its output and live on. Whoever holds the lifeline must not let go before.
      var wait = Duration.milliseconds(1)
      while !CommandState.hasEnded(process) {
        try await CurrentProcess.sleep(for: wait)
        wait = min(wait * 2, .milliseconds(100))
      }
    }

    private func log(
      _ output: SubprocessOutputSequence, _ stream: String, _ level: Logger.Level, _ process: pid_t
    ) async throws {
      let metadata: Logger.Metadata = [
        "command": "\(id)", "command.stream": "\(stream)", "os.process.id": "\(process)",
      ]
      var splitter = LineSplitter(longest: options.longestLine)
      for try await buffer in output {
        for line in buffer.withUnsafeBytes({ splitter.take($0) }) {
          options.logger.log(level: level, "\(line)", metadata: metadata)
        }
      }
      if let line = splitter.finish() { options.logger.log(level: level, "\(line)", metadata: metadata) }
    }

    private func configuration() async throws -> Configuration {
      let environment = self.subprocessEnvironment
      let path = try await path(in: environment)
      var platform = PlatformOptions()
      platform.processGroupID = 0
      let executable: Executable
      let arguments: [String]
      if options.endsWithProgram {
        executable = .path("/bin/sh")
        arguments = ["-c", Self.lifeline, "sh", path] + self.arguments
      } else {
        executable = .path(FilePath(path))
        arguments = self.arguments
      }
      return Configuration(
        executable: executable, arguments: Arguments(arguments), environment: environment,
        workingDirectory: workingDirectory.map { FilePath($0) }, platformOptions: platform)
    }

    private func path(in environment: Subprocess.Environment) async throws -> String {
      if program.utf8.contains(UInt8(ascii: "/")) {
        guard program.hasPrefix("/"), access(program, X_OK) != 0 else { return program }
        throw CommandFailure(program, .notFound)
      }
      do {
        return try await Executable.name(program).resolveExecutablePath(in: environment).string
      } catch {
        throw CommandFailure(program, .notFound)
      }
    }

    private var subprocessEnvironment: Subprocess.Environment {
      var updates: [Subprocess.Environment.Key: String?] = [:]
      for (name, value) in environment {
        if let key = Subprocess.Environment.Key(rawValue: name) { updates[key] = .some(value) }
      }
      return options.inheritsEnvironment ? .inherit.updating(updates) : .custom(updates.compactMapValues { $0 })
    }

    /// Keeps the OS process from outliving this program.
    ///
    /// Its standard input is a pipe that this program holds open, and never writes to. A shell puts a guard beside the command,
    /// and becomes the command: so the number, the status and the signals are the command's own. The guard waits for the end of
    /// the pipe, which the system sees to however this program ends, and kills the process group. It is no child of the command,
    /// which may wait for all that it has; and it is a member of the group, so that the group's number is not used again.
    private static let lifeline = """
      exec 3<&0 </dev/null
      ( ( trap '' HUP INT QUIT TERM USR1 USR2
      while read -r _ <&3; do :; done
      kill -s KILL -- "-$$" ) >/dev/null 2>&1 & )
      exec "$@" 3<&-
      """
  }
#endif
