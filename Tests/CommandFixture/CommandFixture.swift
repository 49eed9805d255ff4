import Logging
import Supervision
import SupervisionIntegrations

/// A program for the tests of what becomes of commands when their program is killed.
///
/// It runs what it is called with as a supervised child, and prints what that prints.
@main
struct CommandFixture {
  static func main() async throws {
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardOutput(label: label)
      handler.logLevel = .info
      return handler
    }
    #if Subprocess
      let arguments = Array(CommandLine.arguments.dropFirst())
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.command("command", run: arguments.first ?? "true", Array(arguments.dropFirst()))
      }
      _ = await supervisor.id.exited()
    #endif
  }
}
