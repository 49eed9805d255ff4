public import Logging

/// What becomes of crash reports and the like: they go to swift-log, under the label `supervision`, unless told otherwise.
///
///     Reports.log(to: Logger(label: "app.crashes"))
///     Reports.redaction = .typesOnly
///
/// Set it up where the program begins. Within a test node it holds for that node alone.
public enum Reports {
  /// Where reports go; nil: nowhere.
  ///
  /// Does not suspend.
  public static func log(to logger: Logger?) {
    Node.current.reports.set(logger)
  }

  /// How much of messages and states stands in reports; `none` if not set.
  ///
  /// A server may be stricter for itself (`static var redaction`).
  public static var redaction: ReportRedaction {
    get { Node.current.reports.redaction }
    set { Node.current.reports.redaction = newValue }
  }
}

/// How last messages and states appear in reports.
public struct ReportRedaction: Sendable, Hashable {
  private enum Kind: Comparable { case none, typesOnly }
  private let kind: Kind

  /// As they print, at most four thousand bytes of each.
  ///
  /// A type that prints itself (`CustomStringConvertible`) decides what to show: that is OTP's `format_status`.
  public static var none: Self { Self(kind: .none) }

  /// Only the name of the message's case and the name of the state's type; none of their code runs.
  ///
  /// The text of a thrown error stays.
  public static var typesOnly: Self { Self(kind: .typesOnly) }

  /// Of two, the one that shows less.
  package static func stricter(_ a: Self, _ b: Self) -> Self { a.kind < b.kind ? b : a }
}
