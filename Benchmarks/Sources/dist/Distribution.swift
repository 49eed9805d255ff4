import ErlangDistribution
import ErlangTerms
import Harness
import Supervision

extension Benchmark {
  static var distribution: [Benchmark] {
    messages(.swift, "") + messages(.beam, "_beam") + [
      Benchmark("dist_monitor_down", 5_000, receiving: ErlangMessage.self, monitorDown),
      Benchmark("dist_link_kill", 5_000, receiving: ErlangMessage.self, linkKill),
    ]
  }

  private static func messages(_ other: Nodes.Other, _ suffix: String) -> [Benchmark] {
    [
      call("dist_call_1" + suffix, 50_000, clients: 1, other),
      call("dist_call_16" + suffix, 200_000, clients: 16, other),
      cast("dist_cast_tuple" + suffix, 500_000, .sample(42), other),
      cast("dist_cast_1k" + suffix, 200_000, .blob([UInt8](repeating: 7, count: 1_024)), other),
    ]
  }

  /// N calls by several clients to one server of the other node.
  private static func call(_ name: String, _ n: Int, clients: Int, _ other: Nodes.Other) -> Benchmark {
    Benchmark(name, n, receiving: Nothing.self) { n, inbox in
      let nodes = try await Nodes.start(other)
      let server = try await nodes.server()
      let each = max(1, n / clients)
      let result = try await rate(each * clients) {
        try await parallel(clients, inbox) { _ in
          for _ in 0..<each { _ = try await server.call { .ping($0) } }
        }
      }
      await nodes.stop()
      return result
    }
  }

  /// N casts by one producer; the time ends with the reply to a last call.
  private static func cast(
    _ name: String, _ n: Int, _ message: RemoteCounter.Message, _ other: Nodes.Other
  ) -> Benchmark {
    Benchmark(name, n, receiving: Nothing.self) { n, inbox in
      let nodes = try await Nodes.start(other)
      let server = try await nodes.server()
      let result = try await rate(n) {
        try await parallel(1, inbox) { _ in
          for _ in 0..<n { _ = await server.send(message, within: nil) }
        }
        let count = try await server.call(timeout: nil) { .count($0) }
        try check(count == n, "\(count) casts of \(n) have arrived")
      }
      await nodes.stop()
      return result
    }
  }

  /// From killing a process of the other node to its down message, and from asking for one to its first message.
  private static func monitorDown(_ n: Int, _ inbox: Mailbox<ErlangMessage>) async throws -> Metrics {
    let nodes = try await Nodes.start(.swift)
    let me = Term.pid(nodes.node.pid(of: inbox.ref.id))
    var (spawns, downs) = ([Double](), [Double]())
    for _ in 0..<n {
      let start = OS.now()
      let process = try await nodes.node.spawn(on: PeerProgram.name, "bench", "idle", [me])
      _ = try await inbox.next()
      let ready = OS.now()
      let monitor = try CurrentProcess.monitor(process)
      let begin = OS.now()
      process.exit(.kill)
      _ = try await inbox.signal { if case .down(monitor, _, _) = $0 { true } else { false } }
      downs.append(Double(OS.now() - begin) / 1_000)
      spawns.append(Double(ready - start) / 1_000)
    }
    await nodes.stop()
    let result: Metrics = ["seconds": downs.reduce(0, +) / 1e6]
    return result.adding(.percentiles("down", downs)).adding(.percentiles("spawn", spawns))
  }

  /// From killing a process here to the down message of one of the other node that is linked to it.
  private static func linkKill(_ n: Int, _ inbox: Mailbox<ErlangMessage>) async throws -> Metrics {
    let nodes = try await Nodes.start(.swift)
    let me = Term.pid(nodes.node.pid(of: inbox.ref.id))
    var samples: [Double] = []
    for _ in 0..<n {
      let local = spawn { try await CurrentProcess.sleep(for: .seconds(3_600)) }
      let remote = try await nodes.node.spawn(
        on: PeerProgram.name, "bench", "tied", [.pid(nodes.node.pid(of: local)), me])
      _ = try await inbox.next()
      let monitor = try CurrentProcess.monitor(remote)
      let start = OS.now()
      local.exit(.kill)
      _ = try await inbox.signal { if case .down(monitor, _, _) = $0 { true } else { false } }
      samples.append(Double(OS.now() - start) / 1_000)
    }
    await nodes.stop()
    let result: Metrics = ["seconds": samples.reduce(0, +) / 1e6]
    return result.adding(.percentiles("propagate", samples))
  }
}
