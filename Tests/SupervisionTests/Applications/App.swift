import ProcessRuntime
import Supervision
import SupervisionTesting

/// An application of a test: one child with its name, which plays on a stage.
///
/// The stage's log has `start a`, `stop a`, and, where `tells` is on, `willStart a` and the like.
struct App: ApplicationBehaviour {
  let name: ApplicationName
  let stage: Stage
  var needs: [any ApplicationBehaviour] = []
  var settings: [ApplicationSetting] = []
  var manner = Stage.Manner.tidy
  var shutdown: ChildSpec.Shutdown?
  var autoShutdown = Supervisor.AutoShutdown.never
  var intensity = Supervisor.Intensity.restarts(0, within: .seconds(5))
  var tells = false
  /// Called with `willStart`, `didStart`, `willStop`, `didStop`.
  var meanwhile: @Sendable (String) async throws -> Void = { _ in }

  init(_ name: ApplicationName, _ stage: Stage, needs: [any ApplicationBehaviour] = []) {
    self.name = name
    self.stage = stage
    self.needs = needs
  }

  var applications: [any ApplicationBehaviour] { needs }
  var children: [ChildSpec] {
    stage.child(
      ChildSpec.ID(name.text), manner, restart: autoShutdown == .never ? .permanent : .transient, shutdown: shutdown,
      significant: autoShutdown != .never)
  }

  private func tell(_ what: String) async throws {
    if tells { stage.note("\(what) \(name)") }
    try await meanwhile(what)
  }

  func willStart() async throws { try await tell("willStart") }
  func didStart() async throws { try await tell("didStart") }
  func willStop() async { try? await tell("willStop") }
  func didStop() async { try? await tell("didStop") }

  /// This application, changed.
  func with(_ change: (inout App) -> Void) -> App {
    var app = self
    change(&app)
    return app
  }
}

/// Turns the error about an application into text.
func applicationError<Result>(of body: () async throws(ApplicationError) -> Result) async -> String? {
  do {
    _ = try await body()
    return nil
  } catch {
    return "\(error)"
  }
}

extension TestNode {
  /// What was reported of applications, in order.
  var applicationReports: [String] { reports(of: ApplicationReport.self).map(\.text) }
}

/// The names of the applications that run, in start order.
func startedNames() async -> [String] { await Applications.started().map(\.name.text) }
