import SupervisionInspection

/// What those may see and do who attach to a running program with `supervisionctl`.
///
///     ChildSpec.control(ControlConfiguration(allowsActions: true))
///
/// Whoever runs as the same user, or as root, may attach; nobody else.
public struct ControlConfiguration: Sendable {
  /// Where the socket is.
  ///
  /// If not set, `supervision/PROGRAM.PID.sock` in `$XDG_RUNTIME_DIR`, or, without that, in a folder of this user's own beside
  /// other temporary files: `supervisionctl` looks there.
  ///
  /// The folder of a path of your own must be there, and belong to this user or to root.
  public var path: String?
  /// Whether processes can be killed and suspended, children started again, and messages sent.
  public var allowsActions: Bool
  /// Whether servers are asked for their state, and traced.
  ///
  /// What is shown of states and messages is what `Reports.redaction` and the server's own redaction allow.
  public var showsStates = true
  /// How many crash reports are kept.
  ///
  /// They are kept whether anybody looks or not, at the cost of a crash and no other.
  public var keptCrashes = 200
  /// What the node is called; if not set, the program's name.
  public var title: String

  package var limits = ControlLimits()
  /// How long what was looked at is used again, in seconds.
  package var interval = 0.5

  /// A configuration of these; without arguments, for looking only.
  public init(path: String? = nil, allowsActions: Bool = false) {
    self.path = path
    self.allowsActions = allowsActions
    title = SocketPlace.program
  }

  var inspection: InspectionSettings {
    InspectionSettings(title: title, label: "control", interval: interval, showsStates: showsStates)
  }
}
