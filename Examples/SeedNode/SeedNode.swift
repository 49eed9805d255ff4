import ErlangDistribution
import ErlangTerms
import Supervision

/// The servers of the articles as a node that Elixir can join.
///
///     swift run seed-node [NAME@HOST] [COOKIE] [--epmd-port N]
///     iex --sname me@localhost --cookie seeds
///     iex> GenServer.call({:cache, :seeds@localhost}, :get)
///
/// `seeds.exs` runs the articles' commands against it.
@main
struct SeedNode {
  static func main() async throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    var options = ErlangNode.Options()
    if let index = arguments.firstIndex(of: "--epmd-port"), index + 1 < arguments.count {
      options.discovery = .epmd(port: Int(arguments[index + 1]), isEmbedded: true)
      arguments.removeSubrange(index...index + 1)
    } else {
      options.discovery = .epmd(isEmbedded: true)
    }
    options.exportsBasics = true  // the shell asks for `whereis`
    let name = arguments.first ?? "seeds@localhost"
    let node = ErlangNode(name, cookie: arguments.dropFirst().first ?? "seeds", options: options)
    exportChildren(node)
    let tree = try await Supervisor.start(Seeds(node: node))
    print("\(name) is ready")
    _ = await tree.id.exited()
  }

  /// What Elixir may start here, under the names of the articles' modules.
  private static func exportChildren(_ node: ErlangNode) {
    node.exportChildren(of: "football_match_supervisor") { arguments in
      guard let match = arguments.first?.list?.first?.elements?.last?.atom else { throw ErlangExit(.atom("badarg")) }
      return ChildSpec(ProcessName(match.name)) { FootballMatchTracker() }
    }
    node.exportChild("Elixir.A.Worker", "start_link") { arguments in
      let value = arguments.first?.text ?? ""
      return ChildSpec { Worker(value) }
    }
    node.exportChild("Elixir.A.Supervisor", "start_link") { _ in ChildSpec(WorkerTree()) }
    node.exportChild("Elixir.DynamicSupervision.Worker", "start_link") { arguments in
      guard let pid = arguments.first?.pid, let shell = ProcessRef<ErlangMessage>(node.process(of: pid)) else {
        throw ErlangExit(.atom("badarg"))
      }
      return ChildSpec { StoreWorker(shell: shell) }
    }
  }
}

/// Everything that the node runs, in start order.
struct Seeds: SupervisorBehaviour {
  let node: ErlangNode

  // Who follows the articles ends servers many times.
  var intensity: Supervisor.Intensity { .restarts(100, within: .seconds(5)) }

  var children: [ChildSpec] {
    ChildSpec("parser") { Parser() }
    ChildSpec("cache") { Cache() }
    DynamicSupervisor.child(name: "football_match_supervisor")
    ChildSpec(WorkerTree(), name: "a_supervisor")
    DynamicSupervisor.child(name: "workers", maxChildren: 1_000)
    node.child
  }
}

/// A supervisor with one worker; Elixir starts others.
struct WorkerTree: SupervisorBehaviour {
  @ChildSpecBuilder var children: [ChildSpec] {
    ChildSpec(id: "Elixir.A.Worker") { try await Worker.startLink { Worker("first value") }.id }
  }
}
