public import ProcessRuntime
public import Supervision

extension Timeline {
  /// Something that happens, to a child or to the supervisor.
  ///
  /// Written as text, or made with the static members; the text of each stands with it.
  public struct Event: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    enum Kind: Sendable {
      case exits(ChildSpec.ID, ExitReason)
      case lateExit(ChildSpec.ID)
      case stranger
      case nextStart(ChildSpec.ID, ScriptedStart, times: Int)
      case startReturns(ChildSpec.ID)
      case onShutdown(ChildSpec.ID, ExitReason?)
      case advance(Duration)
      case retry
      case call(SupervisorMachine<Int>.Request)
      case stop(ExitReason)
      case unreadable
    }

    let kind: Kind
    /// The text of the event.
    public let description: String

    init(_ kind: Kind, _ text: String) {
      self.kind = kind
      description = text
    }

    /// An event from its text.
    public init(stringLiteral text: String) {
      self.init(text)
    }
  }
}

/// What a start does in the script.
enum ScriptedStart: Sendable {
  case fails, ignored, hangs
}

/// The error that a child of a timeline ends with when it crashes or does not start.
public struct TimelineCrash: Error, Hashable, Sendable, CustomStringConvertible {
  /// The one there is.
  public init() {}

  /// `crash`.
  public var description: String { "crash" }
}

extension Timeline.Event {
  /// `crash b`: the child ends with an error.
  public static func crash(_ id: ChildSpec.ID) -> Self {
    Self(.exits(id, .failure(TimelineCrash())), "crash \(id)")
  }

  /// `exit b normal`, `exit b shutdown`: the child ends with that reason.
  public static func exit(_ id: ChildSpec.ID, _ reason: ExitReason) -> Self {
    Self(.exits(id, reason), "exit \(id) \(reason)")
  }

  /// `kill b`: somebody kills the child.
  public static func kill(_ id: ChildSpec.ID) -> Self {
    Self(.exits(id, .killed), "kill \(id)")
  }

  /// `late exit b`: the end of the child's previous process is heard of once more.
  public static func lateExit(_ id: ChildSpec.ID) -> Self {
    Self(.lateExit(id), "late exit \(id)")
  }

  /// `stranger exits`: a process ends that is linked to the supervisor and no child of it.
  public static var strangerExits: Self { Self(.stranger, "stranger exits") }

  /// `start fails b`, `start fails b 2`: the next start, or so many, end with an error.
  public static func startFails(_ id: ChildSpec.ID, times: Int = 1) -> Self {
    Self(.nextStart(id, .fails, times: times), "start fails \(id) \(times)")
  }

  /// `start ignored b`: the next start makes no process.
  public static func startIgnored(_ id: ChildSpec.ID) -> Self {
    Self(.nextStart(id, .ignored, times: 1), "start ignored \(id)")
  }

  /// `start hangs b`: the next start takes until `start returns b`.
  public static func startHangs(_ id: ChildSpec.ID) -> Self {
    Self(.nextStart(id, .hangs, times: 1), "start hangs \(id)")
  }

  /// `start returns b`: the start that hung is done, and succeeded.
  public static func startReturns(_ id: ChildSpec.ID) -> Self {
    Self(.startReturns(id), "start returns \(id)")
  }

  /// `ignores shutdown b`: asked to stop, the child goes on until it is killed.
  public static func ignoresShutdown(_ id: ChildSpec.ID) -> Self {
    Self(.onShutdown(id, nil), "ignores shutdown \(id)")
  }

  /// `stops b normal`: asked to stop, the child ends with that reason instead of `shutdown`.
  public static func stops(_ id: ChildSpec.ID, _ reason: ExitReason) -> Self {
    Self(.onShutdown(id, reason), "stops \(id) \(reason)")
  }

  /// `advance 5s`, `advance 200ms`: what has happened before is dealt with, then time passes.
  public static func advance(_ time: Duration) -> Self {
    Self(.advance(time), "advance \(time)")
  }

  /// `retry`: the supervisor comes to the attempts that it put off after a failed restart.
  public static var retry: Self { Self(.retry, "retry") }

  /// `terminate b`: somebody calls `terminateChild`.
  public static func terminate(_ id: ChildSpec.ID) -> Self {
    Self(.call(.terminateChild(id)), "terminate \(id)")
  }

  /// `restart b`: somebody calls `restartChild`.
  public static func restart(_ id: ChildSpec.ID) -> Self {
    Self(.call(.restartChild(id)), "restart \(id)")
  }

  /// `delete b`: somebody calls `deleteChild`.
  public static func delete(_ id: ChildSpec.ID) -> Self {
    Self(.call(.deleteChild(id)), "delete \(id)")
  }

  /// `start child d temporary`: somebody calls `startChild`.
  public static func startChild(_ child: Timeline.Child) -> Self {
    Self(.call(.startChild(child.spec)), "start child \(child.spec.id)")
  }

  /// `count`: somebody calls `countChildren`.
  public static var count: Self { Self(.call(.countChildren), "count") }

  /// `list`: somebody calls `children`.
  public static var list: Self { Self(.call(.children), "list") }

  /// `stop normal`: the supervisor's parent ends with that reason, or somebody stops the supervisor.
  public static func stop(_ reason: ExitReason) -> Self {
    Self(.stop(reason), "stop \(reason)")
  }
}
