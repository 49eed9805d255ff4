import ProcessRuntime

/// What many children of a dynamic supervisor have in common: their specifications, but for the closures.
final class ChildForm: Sendable {
  /// Its closure starts nothing.
  let common: ChildSpec

  init(_ spec: ChildSpec) { common = spec.withoutStart() }

  /// This form, if it is that of the specification, or a new one.
  static func of(_ spec: ChildSpec, latest: ChildForm?) -> ChildForm {
    if let latest, latest.common.isLike(spec) { return latest }
    return ChildForm(spec)
  }

  func spec(_ start: @escaping @Sendable () async throws -> ProcessID?) -> ChildSpec {
    var spec = common
    spec.start = start
    return spec
  }
}
