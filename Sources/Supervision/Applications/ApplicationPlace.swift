@_spi(Runtime) public import ProcessRuntime

/// Says of the process at the top of an application which one that is.
final class ApplicationPlace: ProcessHolding {
  let name: ApplicationName

  private init(_ name: ApplicationName) { self.name = name }

  func release(from cell: ProcessCell) {}

  private static let key = ObjectIdentifier(ApplicationPlace.self)

  static func mark(_ cell: ProcessCell, _ name: ApplicationName) {
    cell.withHolding(of: key, ApplicationPlace.self) { $0 = ApplicationPlace(name) }
  }

  static func name(at cell: ProcessCell) -> ApplicationName? {
    (cell.withHolding(of: key, ApplicationPlace.self) { $0 } ?? nil)?.name
  }
}

extension ProcessID {
  /// The application that the process belongs to (`application:get_application/1`): that of who has started it, and so on up
  /// to the application's top.
  ///
  /// Nil for a process that no application has started, or that is dead, or whose application is. Does not suspend; takes
  /// longer for one that is far below the top.
  public var application: ApplicationName? { cell.nearestElder { ApplicationPlace.name(at: $0) } }
}

extension CurrentProcess {
  /// The application that this process belongs to (`application:get_application/0`); nil outside of applications.
  public static var application: ApplicationName? { id?.application }
}
