#if ErlangDistribution
  import ErlangTerms
  import Foundation
  import Supervision
  import Testing

  @testable import ErlangDistribution

  @Suite(
    "Processes of a real Erlang node", .timeLimit(.minutes(1)),
    .enabled(if: ErlangProcess.isInstalled("erl"), "no erl on the PATH"))
  struct ErlangProcessesTests {
    private func start(_ epmd: EpmdServer) async throws -> ErlangNode {
      var options = ErlangNode.Options()
      options.discovery = .epmd(port: epmd.port)
      let node = ErlangNode("sp\(ProcessInfo.processInfo.processIdentifier)@localhost", cookie: "c", options: options)
      try await node.start()
      return node
    }

    @Test("GEN-11: Erlang calls, casts, monitors and ends servers of this program, and they call and monitor its own")
    func both() async throws {
      let epmd = try #require(try await EpmdServer.start(port: 0, eventLoop: NetworkNodeLoop.any))
      let node = try await start(epmd)
      let store = try await Store.start("erlang_test_store") { Store() }
      let erl = try ErlangProcess.node(
        "e1@localhost", epmd: epmd.port,
        run: """
          S = {erlang_test_store, '\(node.name)'},
          P = fun(X) -> io:format("~0p~n", [X]) end,
          P(net_adm:ping('\(node.name)')),
          gen_server:cast(S, {put, <<"tea">>, 3}),
          P(gen_server:call(S, {get, <<"tea">>})),
          P(catch gen_server:call({nobody, '\(node.name)'}, x)),
          P((catch gen_server:call(S, drop))),
          register(shop, spawn(fun Loop() -> receive
            {'$gen_call', {_, [alias|A] = T}, {price, N}} -> A ! {T, N * 2}, Loop();
            {'$gen_cast', stop} -> exit(enough) end end)),
          M = monitor(process, S),
          P(ready),
          P(receive {'DOWN', M, process, O, R} -> {element(1, O), R} after 20000 -> timeout end),
          P('end'), halt().
          """)
      let greeting = await erl.lines(until: "ready")
      #expect(greeting.first == "pong" && greeting.dropFirst().first == "3")
      #expect(greeting.contains { $0.contains("noproc") } && greeting.contains { $0.contains("no_reply") })

      let shop = ProcessName<Shop>("shop", node: "e1@localhost")
      let price = try await shop.call { .price(of: 4, $0) }
      #expect(price == 8)
      let watcher = spawn(receiving: Never.self) { inbox in
        try CurrentProcess.monitor(shop)
        shop.send(.stop)
        guard case .down(_, _, let reason) = try await inbox.signal(within: .seconds(20)) else { return }
        #expect(reason == .failure(ErlangExit(.atom("enough"))))
      }
      #expect(await watcher.exited() == .normal)
      store.id.exit(.shutdown)
      let rest = await erl.lines(until: "'end'")
      #expect(rest == ["{erlang_test_store,shutdown}"])
      await node.stop()
      await epmd.stop()
    }

    private enum Shop: Codable, Sendable {
      case price(of: Int, ReplyTo<Int>)
      case stop
    }
  }
#endif
