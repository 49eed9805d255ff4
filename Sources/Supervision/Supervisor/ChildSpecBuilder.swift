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
  public static func buildExpression(_ spec: ChildSpec) -> [ChildSpec] { [spec] }
  public static func buildExpression(_ specs: [ChildSpec]) -> [ChildSpec] { specs }
  public static func buildBlock(_ parts: [ChildSpec]...) -> [ChildSpec] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [ChildSpec]?) -> [ChildSpec] { part ?? [] }
  public static func buildEither(first: [ChildSpec]) -> [ChildSpec] { first }
  public static func buildEither(second: [ChildSpec]) -> [ChildSpec] { second }
  public static func buildArray(_ parts: [[ChildSpec]]) -> [ChildSpec] { parts.flatMap { $0 } }
  public static func buildLimitedAvailability(_ part: [ChildSpec]) -> [ChildSpec] { part }
}
