/// Names of types as a reader knows them: `Parser.Failure`, without module and without the compiler's remarks.
package enum TypeName {
  package static func of(_ value: Any) -> String { of(type: type(of: value)) }

  package static func of(type: Any.Type) -> String {
    let full = String(reflecting: type)
    // Only plain nested names: in a generic one the parts stand within brackets, and Swift's short form is good enough.
    guard !full.contains("<"), !full.contains("->"), !full.hasPrefix("(") else { return "\(type)" }
    var parts: [Substring] = []
    for part in full.split(separator: ".") where !part.hasPrefix("(unknown context") { parts.append(part) }
    return parts.count > 1 ? parts.dropFirst().joined(separator: ".") : full
  }
}
