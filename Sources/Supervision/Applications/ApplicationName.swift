/// The name of an application: unique on its node.
///
///     extension ApplicationName {
///       static let store: Self = "store"
///     }
public struct ApplicationName: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// The name as it is printed.
  public let text: String

  /// The name that is printed as `text`.
  public init(_ text: String) { self.text = text }

  /// A name written in the source.
  public init(stringLiteral text: String) { self.text = text }

  /// The bare text.
  public var description: String { text }
}
