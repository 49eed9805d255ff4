/// What this OS process is to be: a parent, the program under one, or a program without.
enum ProgramRole: Hashable, Sendable {
  case plain
  case parent(ProgramRestart.Settings)
  case program(parent: Int32)

  /// Asks for a parent, or for none.
  static let wish = "SUPERVISION_PARENT"
  /// Names the parent to the program that it starts.
  static let marker = "SUPERVISION_PARENT_PID"

  /// - Parameters:
  ///   - restart: what the program's code says.
  ///   - environment: reads a variable.
  ///   - parent: who has started this OS process.
  ///   - isAlive: whether there is such an OS process.
  init(
    _ restart: ProgramRestart, environment: (String) -> String?, parent: Int32, isAlive: (Int32) -> Bool
  ) {
    // A marker that came from further up says nothing about this one.
    if let keeper = environment(Self.marker).flatMap({ Int32($0) }), keeper == parent || !isAlive(keeper) {
      self = .program(parent: keeper)
      return
    }
    let settings =
      switch environment(Self.wish) {
      case "0": nil as ProgramRestart.Settings?
      case "1": restart.settings ?? ProgramRestart.onFailure().settings
      default: restart.settings
      }
    self = settings.map { .parent($0) } ?? .plain
  }
}
