/// What a dynamic supervisor is told once, at its start.
package struct DynamicSupervisorSettings: Hashable, Sendable {
  package var intensity: Supervisor.Intensity
  /// How many children it may have, running or restarting; `nil`: as many as there is memory for.
  package var maxChildren: Int?

  package init(
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)), maxChildren: Int? = nil
  ) {
    self.intensity = intensity
    self.maxChildren = maxChildren
  }

  /// Checks these settings, intensity first.
  package func validate() throws(SupervisorError) {
    try intensity.validate()
    if let maxChildren, maxChildren < 0 {
      throw .invalidSettings("maxChildren is \(maxChildren); use zero or more, or nil for no limit")
    }
  }
}
