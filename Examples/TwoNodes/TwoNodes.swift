import ErlangDistribution
import ErlangTerms
import Supervision

/// A Swift node that works beside an Elixir node.
///
///     swift run two-nodes [--epmd-port N]
///     elixir --sname elixir@localhost --cookie two Examples/TwoNodes/two_nodes.exs
///
/// With `--tls FOLDER` they talk encrypted: the folder has `cert.pem`, `key.pem` and `ca.pem`, and Elixir has to be told of the same
/// (`--erl "-proto_dist inet_tls -ssl_dist_optfile $PWD/dist.conf"`).
///
/// Elixir asks this node for prices. This node asks Elixir for its stock, and hears of the end of the process that keeps it.
@main
struct TwoNodes {
  static func main() async throws {
    let arguments = CommandLine.arguments
    var options = ErlangNode.Options()
    func value(of option: String) -> String? {
      arguments.firstIndex(of: option).flatMap { arguments.dropFirst($0 + 1).first }
    }
    options.discovery = .epmd(port: value(of: "--epmd-port").flatMap(Int.init), isEmbedded: true)
    #if TLS
      options.tls = value(of: "--tls").map {
        .init(certificateFile: "\($0)/cert.pem", keyFile: "\($0)/key.pem", caCertificateFile: "\($0)/ca.pem")
      }
    #endif
    let node = ErlangNode("swift@localhost", cookie: "two", options: options)
    let tree = try await Supervisor.start(strategy: .oneForOne) {
      ChildSpec("prices") { Prices(["tea": 5, "coffee": 7]) }
      ChildSpec("buyer") { Buyer() }
      node.child
    }
    print("swift@localhost is ready")
    _ = await tree.id.exited()
  }
}

/// Knows what things cost; Elixir calls it.
struct Prices: GenServer {
  enum Message: Codable, Sendable {
    case price(of: String, ReplyTo<Int?>)
    case all(ReplyTo<[String: Int]>)
    case setPrice(of: String, Int)
  }

  private var prices: [String: Int]

  init(_ prices: [String: Int]) { self.prices = prices }

  mutating func handle(_ message: Message) {
    switch message {
    case .price(let name, let reply): reply(prices[name])
    case .all(let reply): reply(prices)
    case .setPrice(let name, let price): prices[name] = price
    }
  }
}

/// What the server `stock` of the Elixir node understands.
enum StockMessage: Codable, Sendable {
  case take(String, Int, ReplyTo<Taken>)
}

/// `{ok, Left}`, or the atom `empty`.
enum Taken: Codable, Sendable {
  case ok(Int)
  case empty
}

/// Buys from Elixir's stock.
struct Buyer: GenServer {
  enum Message: Codable, Sendable {
    case buy(String, Int, ReplyTo<String>)
    case lastEnd(ReplyTo<String?>)
  }

  private let stock = ProcessName<StockMessage>("stock", node: "elixir@localhost")
  private var lastEnd: String?

  mutating func handle(_ message: Message) async throws {
    switch message {
    case .buy(let thing, let count, let reply):
      try CurrentProcess.monitor(stock)
      switch try await stock.call({ .take(thing, count, $0) }) {
      case .ok(let left): reply("bought \(count) \(thing), \(left) are left")
      case .empty: reply("no \(thing) is left")
      }
    case .lastEnd(let reply): reply(lastEnd)
    }
  }

  mutating func handle(_ signal: Signal) {
    if case .down(_, _, let reason) = signal { lastEnd = "\(reason)" }
  }
}
