@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionInspection

/// Whom somebody means who types a word.
struct ProcessFinder: Sendable {
  let node: Node
  let sampler: Sampler

  /// By its id (`<0.113.0>`, `113`), its name, its label, or the id of a child in its supervisor.
  func process(_ text: String) async throws(ControlFailure) -> ProcessID {
    if let process = try named(text) { return process }
    let labelled = node.unsortedProcesses.filter { $0.label == text }
    if labelled.count > 1 { throw Self.several(text, labelled.map { "\($0)" }) }
    if let process = labelled.first { return process }
    let children = await children(text).filter { $0.node.process != nil }
    if children.count > 1 { throw Self.several(text, children.map(\.path)) }
    guard let number = children.first?.node.process, let process = node.livingProcess(number) else {
      throw ControlFailure(
        .notFound,
        "no process is called \(text); `supervisionctl ps` lists those that run, `supervisionctl tree` the children")
    }
    return process
  }

  /// A supervisor and the id of a child of it: `supervisor/child`, the child's id alone if no other has it, or its process.
  func place(_ text: String) async throws(ControlFailure) -> (supervisor: ProcessID, child: String) {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2, let supervisor = try? await process(parts[0]), supervisor.supervisorKind != nil {
      return (supervisor, parts[1])
    }
    var process = try named(text)
    if process == nil {
      let children = await children(text)
      if children.count > 1 { throw Self.several(text, children.map(\.path)) }
      if let child = children.first, let supervisor = node.livingProcess(child.supervisor) {
        return (supervisor, child.node.id)
      }
      process = try await self.process(text)
    }
    guard let process else { throw ControlFailure(.notFound, "no process is called \(text)") }
    let snapshot = await ProcessReader(node: node).process(process.number, showsState: false)
    guard let place = snapshot?.child, let supervisor = node.livingProcess(place.supervisor) else {
      throw ControlFailure(
        .failed,
        "\(process) is no child that its supervisor starts again when told to; `supervisionctl kill \(text)` ends it, and its restart type decides what follows"
      )
    }
    return (supervisor, place.id)
  }

  /// By what no other process has.
  private func named(_ text: String) throws(ControlFailure) -> ProcessID? {
    guard let number = Self.number(text) else { return node.whereis(text)?.id }
    guard let process = node.livingProcess(number) else {
      throw ControlFailure(
        .notFound, "<0.\(number).0> has ended, or has never been; `supervisionctl ps` lists those that run")
    }
    return process
  }

  private struct Child {
    let supervisor: UInt64
    let node: TreeNode
    let path: String
  }

  private func children(_ id: String) async -> [Child] {
    var found: [Child] = []
    func look(_ node: TreeNode) {
      for child in node.children {
        if child.id == id, let supervisor = node.process, node.kind == .supervisor {
          found.append(Child(supervisor: supervisor, node: child, path: "\(node.id)/\(child.id)"))
        }
        look(child)
      }
    }
    for root in await sampler.tree().roots { look(root) }
    return found
  }

  private static func several(_ text: String, _ all: [String]) -> ControlFailure {
    let some = all.prefix(10).joined(separator: ", ") + (all.count > 10 ? ", …" : "")
    return ControlFailure(.notFound, "\(all.count) are called \(text): \(some); say which")
  }

  /// Of `113` and `<0.113.0>`; nil for what is no id.
  static func number(_ text: String) -> UInt64? {
    if let number = UInt64(text) { return number }
    guard text.hasPrefix("<0."), text.hasSuffix(".0>") else { return nil }
    return UInt64(text.dropFirst(3).dropLast(3))
  }
}
