#if ControlSocket
  import ArgumentParser
  import SupervisionControl

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// Ends with 0 if it was done, 1 if the node has refused or there is no such process, 2 if it was not understood, 3 if there is
  /// no node.
  @main
  enum Main {
    static func main() {
      // Who pipes to `head` is served no further.
      signal(SIGPIPE, SIG_DFL)
      do {
        var command = try SupervisionControlTool.parseAsRoot()
        try command.run()
      } catch let failure as ToolFailure {
        fail(failure.description, failure.status)
      } catch let failure as ControlFailure {
        fail(failure.description, failure.code == .badRequest ? 2 : 1)
      } catch {
        let text = SupervisionControlTool.fullMessage(for: error)
        if SupervisionControlTool.exitCode(for: error) == .success {
          print(text)
          exit(0)
        }
        Output.errors(text)
        exit(2)
      }
    }

    private static func fail(_ text: String, _ status: Int32) -> Never {
      Output.errors("supervisionctl: \(text)")
      exit(status)
    }
  }

  /// Why it ends with another status than 0.
  struct ToolFailure: Error, CustomStringConvertible {
    let status: Int32
    let description: String

    static func noNode(_ text: String) -> ToolFailure { ToolFailure(status: 3, description: text) }
    static func usage(_ text: String) -> ToolFailure { ToolFailure(status: 2, description: text) }
  }

  struct SupervisionControlTool: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "supervisionctl", abstract: "Looks into a running program that has a control socket.",
      discussion: """
        The program has `ChildSpec.control()` among its children. Its user, and root, may attach. Where several run, say which with \
        --node or --socket.

        Ends with 1 if the node refuses or knows no such process, 2 if the command is not understood, 3 if there is no node.
        """,
      subcommands: [
        Nodes.self, Tree.self, ProcessList_.self, Top.self, Info.self, State.self, Trace.self, Crashes.self, Call.self,
        Cast.self, Kill.self, Restart.self, Suspend.self, Resume.self,
      ])
  }
#else
  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  @main
  enum Main {
    static func main() {
      Output.errors("supervisionctl: built without the package trait ControlSocket; build it with the default traits")
      exit(3)
    }
  }
#endif
