#if Subprocess && os(Linux)
  import CTestSettings
  import Foundation
  import Testing

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Each test runs the program `CommandFixture`, and ends it as nobody can prepare for.
  @Suite(
    "Commands whose program is killed", .serialized, .timeLimit(.minutes(1)),
    .enabled(if: !testsAreSanitized, "its program is another one, without a sanitizer"))
  struct OrphanTests {
    private func output(of fixture: Process, _ pipe: Pipe, until count: Int) throws -> [pid_t] {
      var text = ""
      var numbers: [pid_t] = []
      while numbers.count < count {
        let data = pipe.fileHandleForReading.availableData
        if data.isEmpty { break }
        text += String(decoding: data, as: UTF8.self)
        numbers = text.matches(of: /number=([0-9]+)\n/).compactMap { pid_t($0.1) }
      }
      return numbers
    }

    private func isGone(_ process: pid_t) -> Bool {
      guard kill(process, 0) == 0 else { return errno == ESRCH }
      let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return state?.contains(") Z ") ?? false
    }

    @Test(
      "CMD-7: kill -9 of the program ends the command and what it has started, though they ignore every other signal",
      arguments: [SIGKILL, SIGSEGV])
    func killed(signal: Int32) async throws {
      let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      let fixture = Process()
      fixture.executableURL = folder.appending(path: "CommandFixture")
      fixture.arguments = [
        "sh", "-c",
        "trap '' HUP INT TERM PIPE; sleep 600 & echo number=$!; echo number=$$; while :; do sleep 0.01; done",
      ]
      var environment = ProcessInfo.processInfo.environment
      environment["SWIFT_BACKTRACE"] = "enable=no"
      fixture.environment = environment
      let pipe = Pipe()
      fixture.standardOutput = pipe
      try fixture.run()
      let numbers = try output(of: fixture, pipe, until: 2)
      #expect(numbers.count == 2)
      for number in numbers { #expect(!isGone(number)) }
      kill(fixture.processIdentifier, signal)
      fixture.waitUntilExit()
      try await eventually { numbers.allSatisfy { isGone($0) } }
    }
  }
#endif
