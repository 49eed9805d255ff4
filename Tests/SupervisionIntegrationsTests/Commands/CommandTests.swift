#if Subprocess
  import Foundation
  import Logging
  import Supervision
  import Testing

  @testable import SupervisionIntegrations

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// Each test runs real programs.
  @Suite("OS processes as children", .serialized, .timeLimit(.minutes(2)))
  struct CommandTests {
    private let lines = Journal<LogLines.Line>()

    private var options: CommandOptions { CommandOptions(logger: LogLines.logger(lines)) }

    private var texts: [String] { lines.entries.map(\.text) }

    private func start(_ spec: ChildSpec) async throws -> (Supervisor, ProcessID) {
      let supervisor = try await Supervisor.start(
        strategy: .oneForOne, intensity: .restarts(100, within: .seconds(1))
      ) {}
      return (supervisor, try await supervisor.startChild(spec))
    }

    /// What a shell that runs `script` ends its child with.
    private func reason(
      of script: String, restart: ChildSpec.Restart = .temporary, options: CommandOptions? = nil
    ) async throws -> ExitReason {
      let (supervisor, child) = try await start(
        .command("test", run: "sh", ["-c", script], restart: restart, options: options ?? self.options))
      let reason = await child.exited()
      try await supervisor.stop()
      return reason
    }

    /// The number that a script says first.
    private func number(_ index: Int = 0) async throws -> pid_t {
      let lines = try await lines.wait { $0.count > index }
      return try #require(pid_t(lines[index].text))
    }

    private func isGone(_ process: pid_t) -> Bool {
      guard kill(process, 0) == 0 else { return errno == ESRCH }
      // Dead, and not asked about yet by whoever has adopted it.
      let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return state?.contains(") Z ") ?? false
    }

    @Test("CMD-1: an exit status, or the signal that has ended it, is the reason")
    func reasons() async throws {
      #expect(try await reason(of: "exit 0") == .normal)
      #expect(try await reason(of: "exit 3") == .failure(CommandFailure("sh", .status(3))))
      #expect(try await reason(of: "kill -s SEGV $$") == .failure(CommandFailure("sh", .signal(SIGSEGV))))
      var options = options
      options.endsWithProgram = false
      #expect(try await reason(of: "exit 4", options: options) == .failure(CommandFailure("sh", .status(4))))
      #expect("\(CommandFailure("sh", .status(3)))" == "sh ended with status 3")
    }

    @Test("CMD-1: a command that fails is started again, with its backoff")
    func restarts() async throws {
      let (supervisor, _) = try await start(
        .command("test", run: "sh", ["-c", "echo $$; exit 1"], options: options)
          .backoff(.constant(.milliseconds(1))))
      _ = try await lines.wait { Set($0.map(\.text)).count >= 3 }
      try await supervisor.stop()
    }

    @Test("CMD-2: standard output is info, standard error a warning, each line in its order and with its origin")
    func output() async throws {
      _ = try await reason(of: "echo one; echo two >&2; printf three")
      let info = lines.entries.filter { $0.level == .info }
      #expect(info.map(\.text) == ["one", "three"])
      let warnings = lines.entries.filter { $0.level == .warning }
      #expect(warnings.map(\.text) == ["two"])
      #expect(warnings.first?.metadata["command"] == "test")
      #expect(warnings.first?.metadata["command.stream"] == "stderr")
      #expect(info.first?.metadata["os.process.id"] == warnings.first?.metadata["os.process.id"])
    }

    @Test("CMD-2: nothing is lost of what a command writes just before it ends", arguments: [1, 1_000, 50_000])
    func muchOutput(count: Int) async throws {
      _ = try await reason(of: "seq 1 \(count)")
      #expect(lines.entries.count == count)
      #expect(texts.last == "\(count)")
    }

    @Test("CMD-2: a line without an end is cut")
    func longLine() async throws {
      var options = options
      options.longestLine = 10
      _ = try await reason(of: "head -c 100000 /dev/zero | tr '\\0' x; echo; echo short", options: options)
      #expect(texts == ["xxxxxxxxxx… (99990 more bytes)", "short"])
    }

    @Test("CMD-3: a stop sends the signal, and the child ends with shutdown when the command has ended")
    func stop() async throws {
      let (supervisor, child) = try await start(
        .command(
          "test", run: "sh", ["-c", "trap 'echo told; exit 7' TERM; echo $$; while :; do sleep 0.01; done"],
          shutdown: .timeout(.seconds(20)), options: options))
      let process = try await number()
      try await supervisor.stop()
      #expect(await child.exited() == .shutdown)
      #expect(texts.last == "told")
      #expect(isGone(process))
    }

    @Test("CMD-3: what does not end in time is killed, with what it has started")
    func stubborn() async throws {
      let (supervisor, child) = try await start(
        .command(
          "test", run: "sh", ["-c", "trap '' TERM; sleep 600 & echo $!; echo $$; while :; do sleep 0.01; done"],
          shutdown: .timeout(.milliseconds(200)), options: options))
      let (helper, process) = (try await number(0), try await number(1))
      try await supervisor.stop()
      #expect(await child.exited() == .killed)
      try await eventually { isGone(process) && isGone(helper) }
    }

    @Test("CMD-4: a program that is not there, or a folder that is not, is a failed start")
    func notFound() async throws {
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {}
      func failure(_ spec: ChildSpec) async -> CommandFailure? {
        do {
          try await supervisor.startChild(spec)
          return nil
        } catch {
          return error.reason?.error as? CommandFailure
        }
      }
      for program in ["no-such-program-here", "/no/such/program"] {
        #expect(await failure(.command("test", run: program)) == CommandFailure(program, .notFound))
      }
      guard case .notStarted = await failure(.command("test", run: "true", workingDirectory: "/no/such/folder"))?.kind
      else { throw CommandFailure("true", .notFound) }
      try await supervisor.stop()
    }

    @Test("CMD-5: arguments, environment and working directory are as given", arguments: [true, false])
    func settings(endsWithProgram: Bool) async throws {
      // Two that are there anyway: others may be reading the environment just now, which must not be changed then.
      let inherited = ProcessInfo.processInfo.environment.filter {
        !["PATH", "PWD", "OLDPWD", "SHLVL"].contains($0.key) && $0.key.wholeMatch(of: /[A-Z][A-Z0-9_]*/) != nil
          && $0.value.wholeMatch(of: /[A-Za-z0-9\/._-]+/) != nil
      }
      let names = Array(inherited.keys.sorted().suffix(2))
      try #require(names.count == 2)
      let kept = try #require(inherited[names[1]])
      var options = options
      options.endsWithProgram = endsWithProgram
      let script = """
        echo "$\(names[0]):$\(names[1]):$SUPERVISION_TEST_NEW"; pwd; for a; do echo "<$a>"; done; cat
        """
      let (supervisor, child) = try await start(
        .command(
          "test", run: "sh", ["-c", script, "sh", "two words", "", "ünï", "$HOME", "-x"],
          environment: [names[0]: nil, "SUPERVISION_TEST_NEW": "new value"], workingDirectory: "/usr",
          restart: .temporary, options: options))
      #expect(await child.exited() == .normal)
      #expect(texts == [":\(kept):new value", "/usr", "<two words>", "<>", "<ünï>", "<$HOME>", "<-x>"])
      try await supervisor.stop()
    }

    @Test("CMD-6: a child that is killed takes its command with it, and the next one begins when that is gone")
    func killed() async throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID())").path
      // A lock that only one can have: whoever comes too early says so and ends.
      let script = "mkdir \(folder) 2>/dev/null || echo early; echo $$; while :; do sleep 0.01; done"
      let (supervisor, _) = try await start(
        .command("test", run: "sh", ["-c", script], shutdown: .brutalKill, options: options))
      var processes: [pid_t] = []
      for life in 0..<5 {
        let process = try await number(life)
        processes.append(process)
        rmdir(folder)
        if life < 4 { try await supervisor.child("test").process?.exit(.kill) }
      }
      for process in processes.dropLast() { #expect(isGone(process)) }
      try await supervisor.stop()
      try await eventually { isGone(processes[4]) }
      #expect(!texts.contains("early"))
    }

    @Test("CMD-8: what a command leaves behind ends with it, when it ends by itself too")
    func leftBehind() async throws {
      #expect(try await reason(of: "sleep 600 >/dev/null 2>&1 & echo $!") == .normal)
      let helper = try await number()
      try await eventually { isGone(helper) }
    }

    @Test("CMD-8: what it leaves behind with its output open does not keep it from ending")
    func openOutput() async throws {
      #expect(try await reason(of: "sleep 600 & echo $!; exit 0") == .normal)
      let helper = try await number()
      try await eventually { isGone(helper) }
    }

    @Test("CMD-1: a command that closes its output and goes on is left alone until it ends")
    func closedOutput() async throws {
      #expect(
        try await reason(of: "exec >/dev/null 2>&1 </dev/null; sleep 0.2; exit 9")
          == .failure(CommandFailure("sh", .status(9))))
    }

    @Test(
      "CMD-7: a command may wait for all its children: what guards it is none of them",
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/perl")))
    func noStrangeChild() async throws {
      let (supervisor, child) = try await start(
        .command(
          "test", run: "perl", ["-e", "exit 0 unless fork; 1 while wait() > 0; print qq(waited\n)"],
          restart: .temporary, options: options))
      #expect(await child.exited() == .normal)
      #expect(texts == ["waited"])
      try await supervisor.stop()
    }
  }
#endif
