import CTestSettings
import Supervision

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program for the tests of a program's parent: it says when it has started, and does what it reads.
@main
struct ProgramFixture {
  static func main() async {
    // The parent alone: this is done by the program too.
    if setting("FIXTURE_ADOPTS") != nil, setting("SUPERVISION_PARENT_PID") == nil { test_adopt_orphans() }
    guard setting("FIXTURE_MAIN") != nil else { return await Fixture.main() }
    Supervisor.keepProgram(Fixture.programRestart)
    exit((try? await Supervisor.run(Fixture()))?.exitStatus ?? 99)
  }
}

struct Fixture: SupervisedApplication {
  static var programRestart: ProgramRestart {
    .onFailure(
      .restarts(setting("FIXTURE_RESTARTS") ?? 1_000, within: .seconds(100)),
      backoff: .constant(.milliseconds(setting("FIXTURE_WAIT") ?? 1)))
  }

  /// The files that are open before anything else is.
  let files: String

  init() {
    files = (0..<64).filter { fcntl($0, F_GETFD) != -1 }.map { "\($0)" }.joined(separator: ",")
  }

  var children: [ChildSpec] {
    ChildSpec(id: "last words", shutdown: .infinity) { LastWords() }
    ChildSpec.task("commands") {
      say(
        "ready \(getpid()) \(getppid()) files=\(files) arguments=\(CommandLine.arguments.dropFirst().joined(separator: "|"))"
      )
      try await blocking { Commands.run() }
      try await CurrentProcess.sleep(for: .seconds(600))
    }
  }
}

/// Says so when the tree is shut down.
private struct LastWords: GenServer {
  enum Message: Sendable {}

  init() { CurrentProcess.trapsExits = true }

  func handle(_ message: Message) {}

  func terminate(_ reason: ExitReason) async {
    say("stopping")
    guard Commands.isStubborn else { return }
    try? await CurrentProcess.sleep(for: .seconds(600))
  }
}

func say(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = write(1, bytes, bytes.count)
}

private func setting(_ name: String) -> Int? {
  getenv(name).flatMap { Int(String(cString: $0)) }
}
