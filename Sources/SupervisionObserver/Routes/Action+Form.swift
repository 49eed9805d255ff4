@_spi(Runtime) import ProcessRuntime
import SupervisionInspection

extension Action {
  /// Nil if the form has none.
  init?(_ form: [String: String], on node: Node) {
    func process(_ text: some StringProtocol) -> ProcessID? { UInt64(text).flatMap { node.livingProcess($0) } }
    if form["garbage"] != nil {
      self = .garbage
      return
    }
    for (name, make) in [
      ("kill", Action.kill), ("suspend", Action.suspend), ("resume", Action.resume),
    ] as [(String, @Sendable (ProcessID) -> Action)] {
      guard let value = form[name] else { continue }
      self = process(value).map(make) ?? .tooLate(value)
      return
    }
    guard let value = form["restart"] else { return nil }
    let parts = value.split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    self = process(parts[0]).map { .restart($0, child: String(parts[1])) } ?? .tooLate(String(parts[0]))
  }
}
