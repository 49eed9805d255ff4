import ProcessRuntime

/// A server of the library's own that runs a type of the user's, and is told of in that type's name.
protocol BehaviourServer {
  static var userType: Any.Type { get }
  static var behaviourName: String { get }
  /// What reports and statuses tell of it besides its state.
  func details(_ redaction: ReportRedaction) -> [ReportDetail]
}
