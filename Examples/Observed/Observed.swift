import Supervision
import SupervisionControl
import SupervisionObserver

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A shop that never closes, to be looked at: `swift run observed`, then http://127.0.0.1:4040, or `swift run supervisionctl tree`.
///
///     swift run observed [--port N] [--restarts N] [--processes N] [--token WORD] [--read-only]
///
/// `--restarts` lets so many children crash in a second, `--processes` starts so many that do nothing.
@main
struct Observed {
  static func main() async throws {
    let settings = Settings(CommandLine.arguments)
    // At a thousand crashes a second nobody reads the log.
    if settings.isQuiet { Reports.log(to: nil) }
    let shop = try await Supervisor.start(Shop(settings: settings), name: "shop")
    try await DynamicSupervisor.named("sensors").fill(settings.processes)
    _ = await shop.id.exited()
  }
}

/// What was said on the command line.
struct Settings: Sendable {
  var port = 4040
  var restarts = 0
  var processes = 0
  var token: String?
  var isReadOnly = false
  var isQuiet: Bool { restarts > 0 || processes > 0 }

  init(_ arguments: [String]) {
    isReadOnly = arguments.contains("--read-only")
    func word(_ name: String) -> String? {
      arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
    }
    port = word("--port").flatMap { Int($0) } ?? port
    restarts = word("--restarts").flatMap { Int($0) } ?? restarts
    processes = word("--processes").flatMap { Int($0) } ?? processes
    token = word("--token")
  }
}

/// Everything that runs, in start order.
struct Shop: SupervisorBehaviour {
  let settings: Settings

  var intensity: Supervisor.Intensity { .restarts(10, within: .seconds(30)) }

  var children: [ChildSpec] {
    page
    control
    ChildSpec(Warehouse(), name: "warehouse")
    ChildSpec(Checkout(), name: "checkout")
    ChildSpec(Feeds(), name: "feeds")
    DynamicSupervisor.child(name: "carts", maxChildren: 500, intensity: .restarts(30, within: .seconds(30)))
    if settings.processes > 0 { DynamicSupervisor.child(name: "sensors") }
    if settings.restarts > 0 { ChildSpec(Storm(), name: "storm") }
    ChildSpec.task("customers") { try await Customers(settings: settings).run() }
  }
}

extension Shop {
  /// The page that shows all this, itself a child.
  private var page: [ChildSpec] {
    #if Hummingbird
      var observer = ObserverConfiguration(
        title: "shop@localhost", token: settings.token, allowsActions: !settings.isReadOnly)
      // In a program that is a node of a cluster: `erlang.connectedNodes`.
      observer.clusterNodes = { [ClusterNode(name: "orders@localhost"), ClusterNode(name: "stock@localhost")] }
      let page = ChildSpec.observer(observer, port: settings.port) { port in
        print("http://127.0.0.1:\(port) is ready")
        fflush(nil)  // a script may be waiting for it
      }
      return [page]
    #else
      print("the package trait Hummingbird is off: there is no page to look at")
      return []
    #endif
  }
}

extension Shop {
  /// What `supervisionctl` attaches to.
  private var control: [ChildSpec] {
    #if ControlSocket
      let control = ChildSpec.control(ControlConfiguration(allowsActions: !settings.isReadOnly)) { path in
        print("swift run supervisionctl tree: attaches to \(path)")
        fflush(nil)
      }
      return [control]
    #else
      print("the package trait ControlSocket is off: there is nothing to attach to")
      return []
    #endif
  }
}

/// What is in stock: each part needs those before it.
struct Warehouse: SupervisorBehaviour {
  var strategy: Supervisor.Strategy { .restForOne }
  var intensity: Supervisor.Intensity { .restarts(5, within: .seconds(60)) }
  var children: [ChildSpec] {
    ChildSpec("shelves") { Counter(what: "boxes") }
    ChildSpec("prices") { Counter(what: "prices") }
    ChildSpec("search") { Counter(what: "words") }
  }
}

/// Who pays: one without the other makes no sense.
struct Checkout: SupervisorBehaviour {
  var strategy: Supervisor.Strategy { .oneForAll }
  var intensity: Supervisor.Intensity { .restarts(5, within: .seconds(60)) }
  var children: [ChildSpec] {
    ChildSpec("till") { Counter(what: "coins") }
    ChildSpec("receipts") { Counter(what: "receipts") }
  }
}

/// Where news come from, as reliable as the world is.
struct Feeds: SupervisorBehaviour {
  var intensity: Supervisor.Intensity { .restarts(20, within: .seconds(60)) }
  var children: [ChildSpec] {
    ChildSpec("weather") { Feed(place: "weather station") }
    ChildSpec("exchange") { Feed(place: "stock exchange") }
      .backoff(.exponential(from: .milliseconds(500), to: .seconds(10)))
    ChildSpec("oracle") { Feed(place: "oracle") }
      .budget(.restarts(1, within: .seconds(3_600)))
  }
}

/// A hundred that crash all the time.
struct Storm: SupervisorBehaviour {
  static let size = 100
  var intensity: Supervisor.Intensity { .restarts(1_000_000, within: .seconds(1)) }
  var children: [ChildSpec] {
    for number in 0..<Self.size {
      ChildSpec(ProcessName<Feed.Message>("drop-\(number)")) { Feed(place: "cloud \(number)") }
    }
  }
}
