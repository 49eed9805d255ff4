import Foundation

#if GRDB
  import Logging
  import Metrics
  import ServiceLifecycle
  import Supervision
  import SupervisionIntegrations
  import UnixSignals
#endif

/// A live match service: `swift run football`, and it says where to look.
@main
struct Football {
  static func main() async {
    let settings: Settings
    do {
      settings = try Settings(Array(CommandLine.arguments.dropFirst()))
    } catch {
      fail("football: \(error)\n\n\(Settings.usage)", status: 64)
    }
    #if GRDB
      await run(settings)
    #else
      _ = settings
      fail(
        """
        football: it was built without the package trait GRDB, and has no database.
        Build it with the default traits: swift run football
        """, status: 69)
    #endif
  }

  private static func fail(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(status)
  }
}

#if GRDB
  extension Football {
    private static func run(_ settings: Settings) async {
      let exposition = Exposition()
      bootstrap(settings, exposition)
      let folder: Folder
      do { folder = try Folder(settings.data) } catch {
        fail("football: the folder for the database cannot be made: \(error)", status: 73)
      }
      let tree = FootballTree(settings: settings, folder: folder, exposition: exposition)
      let group = ServiceGroup(
        services: [SupervisorService(tree, name: "football", shutdownDeadline: .seconds(10))],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "football"))
      do {
        try await group.run()
        folder.remove()
      } catch {
        if let taken = PortTaken(error) {
          folder.remove()
          fail("football: \(taken)", status: 69)
        }
        fail("football: \(error)", status: (error as? SupervisorServiceError)?.end.exitStatus ?? 1)
      }
    }

    private static func bootstrap(_ settings: Settings, _ exposition: Exposition) {
      LoggingSystem.bootstrap(
        { label, provider in
          var handler = StreamLogHandler.standardError(label: label, metadataProvider: provider)
          handler.logLevel = settings.logLevel
          return handler
        }, metadataProvider: .process)
      Reports.log(to: Logger(label: "supervision"))  // at the level that was asked for
      MetricsSystem.bootstrap(exposition)
    }
  }

  extension Settings {
    func sayWhereToLook(port: Int) {
      let address = "http://127.0.0.1:\(port)"
      print(
        """

        the page       \(address)
        the observer   \(address)/observer
        the metrics    \(address)/metrics

        curl \(address)/matches
        curl \(address)/matches/1
        curl \(address)/matches/1/events -H 'content-type: application/json' \\
          -d '{"id": "my-first-goal", "event": "home_goal", "comment": "What a goal!"}'
        curl -N \(address)/live
        \(allowsChaos ? "curl -X POST '\(address)/chaos/trap?match=1'\n" : "")
        \(address) is ready
        """)
      fflush(nil)  // a script may be waiting for it
    }
  }
#endif
