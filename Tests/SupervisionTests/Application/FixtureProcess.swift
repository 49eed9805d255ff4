import CTestSettings
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

#if os(Linux)
  /// The program `ProgramFixture`, run from outside: what it is told, and what it says.
  ///
  /// Every wait has an end. It blocks the calling thread.
  final class FixtureProcess {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Its first line: the program, its parent, its files and its arguments.
    struct Ready: Equatable {
      let process: pid_t
      let parent: pid_t
      let files: String
      let arguments: String

      init?(_ line: String) {
        guard let match = line.wholeMatch(of: /ready ([0-9]+) ([0-9]+) files=(.*) arguments=(.*)/),
          let process = pid_t(match.1), let parent = pid_t(match.2)
        else { return nil }
        self.process = process
        self.parent = parent
        files = String(match.3)
        arguments = String(match.4)
      }
    }

    private static let limit = 30.0

    let process: pid_t
    private let input: Int32
    private let output: Int32
    private let log: String
    private var unread: [UInt8] = []
    private var processes: Set<pid_t> = []

    /// At a terminal, which is its own, what it logs is part of what it says.
    init(_ arguments: [String] = [], variables: [String: String] = [:], terminal: Bool = false) throws {
      let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      let path = folder.appending(path: "ProgramFixture").path
      log = FileManager.default.temporaryDirectory.appending(path: "fixture-\(UUID()).log").path
      var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SUPERVISION_") }
      environment["SWIFT_BACKTRACE"] = "enable=no"
      environment.merge(variables) { $1 }
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
      posix_spawn_file_actions_init(&actions)
      posix_spawnattr_init(&attributes)
      defer {
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
      }
      // The threads that run tests block signals, and the fixture would inherit that.
      var none = sigset_t()
      sigemptyset(&none)
      posix_spawnattr_setsigmask(&attributes, &none)
      var flags = Int16(POSIX_SPAWN_SETSIGMASK)
      var ends: [Int32] = []
      if terminal {
        var name = [CChar](repeating: 0, count: 128)
        input = test_open_terminal(&name, 128)
        output = input
        guard input >= 0 else { throw Failure(description: "no terminal: \(String(cString: strerror(errno)))") }
        // The first terminal that the leader of a session opens is the session's.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        flags |= 0x80  // POSIX_SPAWN_SETSID
      } else {
        var (toFixture, fromFixture): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard pipe(&toFixture) == 0, pipe(&fromFixture) == 0 else {
          throw Failure(description: "no pipes: \(String(cString: strerror(errno)))")
        }
        for end in toFixture + fromFixture { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (input, output) = (toFixture[1], fromFixture[0])
        ends = [toFixture[0], fromFixture[1]]
        posix_spawn_file_actions_adddup2(&actions, toFixture[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromFixture[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        flags |= Int16(POSIX_SPAWN_SETPGROUP)
      }
      posix_spawnattr_setflags(&attributes, flags)
      let argv = ([path] + arguments).map { strdup($0) } + [nil]
      let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
      defer { for string in argv + envp { free(string) } }
      var process: pid_t = 0
      let error = posix_spawn(&process, path, &actions, &attributes, argv, envp)
      for end in ends { close(end) }
      self.process = process
      if error != 0 { throw Failure(description: "\(path): \(String(cString: strerror(error)))") }
    }

    deinit {
      for process in processes.union([process]) { kill(process, SIGKILL) }
      var status: Int32 = 0
      waitpid(process, &status, 0)
      close(input)
      if output != input { close(output) }
      unlink(log)
    }

    /// What the parent has logged so far.
    var logged: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    func tell(_ line: String) {
      let bytes = Array((line + "\n").utf8)
      _ = write(input, bytes, bytes.count)
    }

    func signal(_ number: Int32, to process: pid_t? = nil) { kill(process ?? self.process, number) }

    /// The next line; nil when nobody is left who could write one.
    func line() throws -> String? {
      let deadline = Date().addingTimeInterval(Self.limit)
      while true {
        if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
          let line = String(decoding: unread[..<end], as: UTF8.self)
          unread.removeSubrange(...end)
          return line.trimmingCharacters(in: ["\r"])
        }
        var file = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        let left = deadline.timeIntervalSinceNow
        guard left > 0, poll(&file, 1, Int32(left * 1_000) + 1) > 0 else {
          throw Failure(description: "no line for \(Self.limit) seconds, after \(logged)")
        }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(output, &bytes, bytes.count)
        // A terminal that nobody has open any more is an error to read from.
        guard count > 0 else { return nil }
        unread += bytes.prefix(count)
      }
    }

    /// The next line that begins so, whatever comes before it.
    func line(after beginning: String) throws -> String {
      while let line = try line() {
        if line.hasPrefix(beginning) { return line }
      }
      throw Failure(description: "it ended before a line with \(beginning); \(logged)")
    }

    /// Waits until the program has started.
    func ready() throws -> Ready {
      let line = try line(after: "ready ")
      guard let ready = Ready(line) else { throw Failure(description: "not understood: \(line)") }
      processes.insert(ready.process)
      return ready
    }

    /// Waits until nobody is left; then how the one that was started first has ended, and what was said before.
    func end() throws -> (end: FixtureEnd, lines: [String]) {
      var lines: [String] = []
      while let line = try line() { lines.append(line) }
      var info = siginfo_t()
      waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT)
      return (info.si_code == CLD_EXITED ? .status(info.status) : .signal(info.status), lines)
    }
  }

  enum FixtureEnd: Equatable { case status(Int32), signal(Int32) }

  extension siginfo_t {
    fileprivate var status: Int32 { withUnsafeBytes(of: self) { $0.load(fromByteOffset: 24, as: Int32.self) } }
  }
#endif
