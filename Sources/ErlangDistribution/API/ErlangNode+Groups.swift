import ErlangTerms
@_spi(Runtime) import ProcessRuntime
public import Supervision

extension ErlangNode {
  /// A child that shares groups with other nodes, as OTP's `pg` does: their members are members here, and those here are
  /// members there, until they leave, end, or their node goes.
  ///
  ///     let workers = ProcessGroups<Atom>()
  ///
  ///     Supervisor.start(strategy: .oneForOne) {
  ///       node.sharing(workers)
  ///       node.child
  ///     }
  ///
  /// An Erlang node that runs `pg:start_link()` sees them by `pg:get_members(resize)`. A group whose name there is no value of
  /// `Group` is not seen here; groups of `Term` see all. Erlang's nodes look for visible nodes alone when a scope starts, so a
  /// hidden one is found when it connects, and not by a scope that starts later.
  ///
  /// - Parameters:
  ///   - groups: one scope.
  ///   - scope: its name on all nodes (`pg:start_link/1`); each scope has its own child.
  /// - Returns: the specification of a worker.
  public func sharing<Group: Codable & Hashable & Sendable>(
    _ groups: ProcessGroups<Group>, as scope: String = "pg"
  ) -> ChildSpec {
    ChildSpec(id: ChildSpec.ID(scope)) { [distribution] in
      try await GroupSharing<Group>.startLink { try GroupSharing(groups, Atom(scope), distribution) }.id
    }
  }
}
