/// What is asked of a node: one line of JSON.
///
///     {"v":1,"do":"info","target":"cache"}
package struct ControlRequest: Codable, Hashable, Sendable {
  package enum Command: String, Codable, CaseIterable, Sendable {
    case node, tree, ps, top, info, state, crashes, trace
    case kill, restart, suspend, resume, call, cast

    /// Whether it does something to the processes that it is about, and does not only look.
    package var isAction: Bool {
      switch self {
      case .kill, .restart, .suspend, .resume, .call, .cast: true
      case .node, .tree, .ps, .top, .info, .state, .crashes, .trace: false
      }
    }
  }

  package static var version: Int { 1 }

  package var version = ControlRequest.version
  package var command: Command
  /// A process: its id, its name, its label, or the id of a child; for `restart` also `supervisor/child`.
  package var target: String?
  /// A message, as Elixir writes terms.
  package var term: String?
  /// Of `ps` and `top`: what is searched for, by what it is sorted, how many are wanted.
  package var search: String?
  package var order: String?
  package var limit: Int?
  /// How long a call waits, and how long something is followed, in seconds.
  package var seconds: Double?
  /// Of `crashes`: go on with those that come.
  package var follow: Bool?

  enum CodingKeys: String, CodingKey {
    case version = "v"
    case command = "do"
    case target, term, search, order, limit, seconds, follow
  }

  package init(_ command: Command) { self.command = command }
}
