import ErlangDistribution
import ErlangTerms
import Supervision

/// The node that the interoperability tests drive from a real Erlang or Elixir.
///
///     otp-interop-fixture NAME@HOST COOKIE [--epmd-port N] [--port P] [--no-epmd] [--visible] [--tick SECONDS] [--tls DIR]
///
/// The folder of `--tls` has `cert.pem`, `key.pem` and `ca.pem`.
@main
struct InteropFixture {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 2 else {
      print(
        "otp-interop-fixture NAME@HOST COOKIE [--epmd-port N] [--port P] [--no-epmd] [--visible] [--tick SECONDS] [--tls DIR]"
      )
      return
    }
    func text(_ option: String) -> String? {
      arguments.firstIndex(of: option).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    }
    func value(_ option: String) -> Int? { text(option).flatMap(Int.init) }
    var options = ErlangNode.Options()
    options.exportsBasics = true
    options.limits.depth = 1_200
    options.limits.byteCount = 128 << 20
    options.isVisible = arguments.contains("--visible")
    if let tick = value("--tick") { options.tickTime = .seconds(4 * tick) }
    if let port = value("--port") { options.listener?.port = port }
    options.discovery =
      arguments.contains("--no-epmd") ? .fixedPort(value("--port") ?? 0) : .epmd(port: value("--epmd-port"))
    #if TLS
      options.tls = text("--tls").map {
        .init(certificateFile: "\($0)/cert.pem", keyFile: "\($0)/key.pem", caCertificateFile: "\($0)/ca.pem")
      }
    #else
      if text("--tls") != nil { return print("fixture: built without the package trait TLS") }
    #endif
    let node = ErlangNode(arguments[0], cookie: arguments[1], options: options)
    export(node)
    let groups = ProcessGroups<Atom>()
    let tree = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(10_000, within: .seconds(5))) {
      ChildSpec("bank") { try Bank(node, groups) }
      ChildSpec("target") { Target(node) }
      ChildSpec("victim") { Victim(node: node) }
      node.sharing(groups)
      ChildSpec(Counters(), name: "sup")
      node.child
    }
    print("fixture \(node.name) listening")
    Standard.flush()
    _ = await tree.id.exited()
  }

  private static func export(_ node: ErlangNode) {
    node.export("calc", "add", arity: 2) { .integer(($0[0].int ?? 0) + ($0[1].int ?? 0)) }
    node.export("calc", "fail", arity: 0) { _ in throw ErlangExit(.atom("badarith")) }
    node.exportChild("Elixir.Counter", "start_link") { arguments in
      let count = arguments.first?.int ?? 0
      return ChildSpec { Counter(count: count) }
    }
  }
}

struct Counters: SupervisorBehaviour {
  var intensity: Supervisor.Intensity { .restarts(10_000, within: .seconds(5)) }
  var children: [ChildSpec] {
    ChildSpec(id: "a") { Counter(count: 0) }
    ChildSpec(id: "b") { Counter(count: 0) }
  }
}
