/// Builds the list of children that a supervisor starts, in order.
///
/// `if`, `for`, `switch` and lists of specifications may stand among the children:
///
/// ```swift
/// var children: [ChildSpec] {
///   ChildSpec(.cache) { Cache() }
///   for index in 0..<3 {
///     ChildSpec(id: "worker-\(index)") { Worker("\(index)") }
///   }
/// }
/// ```
@resultBuilder
public enum ChildSpecBuilder {
  /// One child.
  public static func buildExpression(_ spec: ChildSpec) -> [ChildSpec] { [spec] }
  /// A list of children.
  public static func buildExpression(_ specs: [ChildSpec]) -> [ChildSpec] { specs }
  /// Children after one another.
  public static func buildBlock(_ parts: [ChildSpec]...) -> [ChildSpec] { parts.flatMap { $0 } }
  /// `if` without `else`.
  public static func buildOptional(_ part: [ChildSpec]?) -> [ChildSpec] { part ?? [] }
  /// `if` with `else`, and `switch`.
  public static func buildEither(first: [ChildSpec]) -> [ChildSpec] { first }
  /// `if` with `else`, and `switch`.
  public static func buildEither(second: [ChildSpec]) -> [ChildSpec] { second }
  /// `for`.
  public static func buildArray(_ parts: [[ChildSpec]]) -> [ChildSpec] { parts.flatMap { $0 } }
  /// `if #available`.
  public static func buildLimitedAvailability(_ part: [ChildSpec]) -> [ChildSpec] { part }
}
