#if ErlangDistribution
  import ErlangTerms
  import Foundation
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Testing

  @testable import ErlangDistribution

  @Suite("Sys towards real Erlang and Elixir nodes", .timeLimit(.minutes(2)))
  struct ErlangSysTests {
    private func start(_ name: String, _ epmd: EpmdServer) async throws -> ErlangNode {
      var options = ErlangNode.Options()
      options.discovery = .epmd(port: epmd.port)
      let node = ErlangNode(
        "\(name)\(ProcessInfo.processInfo.processIdentifier)@localhost", cookie: "c", options: options)
      try await node.start()
      return node
    }

    /// Whoever has the name on the node, as this one sees it: tests beside this one have nodes of their own.
    private func process(_ name: String, _ peer: String, _ node: ErlangNode) -> ProcessID {
      node.distribution.peer(Atom(peer)).process(.name(name)).id
    }

    private static let servers = """
      defmodule Counter do
        use GenServer
        def init(n), do: {:ok, %{count: n}}
        def handle_call(:get, _, s), do: {:reply, s.count, s}
        def handle_cast(:inc, s), do: {:noreply, %{s | count: s.count + 1}}
        def handle_info(_, s), do: {:noreply, s}
      end
      defmodule Door do
        @behaviour :gen_statem
        def callback_mode, do: :handle_event_function
        def init(n), do: {:ok, :closed, %{"visitors" => n}}
        def handle_event(_, _, _, _), do: :keep_state_and_data
      end
      {:ok, counter} = GenServer.start(Counter, 5, name: :counter)
      {:ok, _} = :gen_statem.start({:local, :door}, Door, 2, [])
      spec = %{id: :a, start: {GenServer, :start_link, [Counter, 1]}}
      {:ok, _} = Supervisor.start_link([spec], strategy: :one_for_one, name: :sup)
      {:ok, _} = Agent.start(fn -> [1] end, name: :agent)
      Process.register(spawn(fn -> Process.sleep(:infinity) end), :plain)
      IO.puts("ready")
      m = Process.monitor(counter)
      receive do {:DOWN, ^m, _, _, r} -> IO.puts(inspect(r)) after 60_000 -> IO.puts("late") end
      IO.puts("end")
      Process.sleep(:infinity)
      """

    private struct Trap: Decodable, Sendable {
      init(from decoder: any Decoder) {
        let numbers = [0]
        _ = numbers[numbers.count]
      }
    }

    private struct Count: Codable, Sendable { var count: Int }

    @Test(
      "SYS-2, SYS-3, SYS-4, SYS-5, SYS-6, SYS-7, SYS-9, SYS-14, SYS-15: a gen_server, a gen_statem, a supervisor of Elixir",
      .enabled(if: ErlangProcess.isInstalled("elixir"), "no elixir on the PATH"))
    func elixir() async throws {
      let epmd = try #require(try await EpmdServer.start(port: 0, eventLoop: NetworkNodeLoop.any))
      let node = try await start("se", epmd)
      let peer = "x1@localhost"
      let elixir = try ErlangProcess(
        [
          "elixir", "--sname", peer, "--cookie", "c", "--erl",
          "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}", "-e", Self.servers,
        ], environment: ["ERL_EPMD_PORT": "\(epmd.port)"])
      _ = await elixir.lines(until: "ready")
      let counter = process("counter", peer, node)

      #expect(try await Sys.getState(of: counter) == .map([.atom("count"): 5]))
      #expect(try await Sys.getState(of: counter, decoding: Count.self).count == 5)
      try await Sys.suspend(counter)
      ProcessRef<ErlangMessage>(unsafelyTyped: counter).send(.cast(.atom("inc")))
      let status = try await Sys.getStatus(of: counter)
      #expect(status.activity == .suspended && status.behaviour == "GenServer" && status.kind == "Counter")
      #expect(status.name == "counter" && status.state == "#{count => 5}" && status.process != counter)
      #expect(try await Sys.getState(of: status.process, decoding: Count.self).count == 5)
      try await Sys.resume(counter)
      #expect(try await Sys.getState(of: counter, decoding: Count.self).count == 6)

      try await Sys.startStatistics(of: counter)
      try await Sys.startLog(of: counter)
      let value = try await ProcessRef<ErlangMessage>(unsafelyTyped: counter).call { .call(.atom("get"), $0) }
      #expect(value == 6)
      let statistics = try #require(try await Sys.statistics(of: counter))
      #expect(statistics.messagesIn == 1 && statistics.messagesOut == 1)
      let log = try await Sys.log(of: counter)
      #expect(log.count == 2 && log.first?.description.hasPrefix("*DBG* counter got call get from") == true)
      #expect(log.last?.description.hasSuffix("new state #{count => 6}") == true)
      #expect(try await Sys.getStatus(of: counter).log.map(\.kind) == log.map(\.kind))
      try await Sys.noDebug(counter)
      #expect(try await Sys.statistics(of: counter) == nil)
      #expect(try await Sys.log(of: counter).isEmpty)

      try await replace(counter)

      let door = process("door", peer, node)
      #expect(try await Sys.getState(of: door) == .tuple([.atom("closed"), .map(["visitors": 2])]))
      try await Sys.replaceState(of: door) { $0 = .tuple([.atom("open"), .map(["visitors": 3])]) }
      #expect(try await Sys.getStatus(of: door).behaviour == "StateMachine")
      #expect(try await Sys.getState(of: door).elements?.first == .atom("open"))
      let supervisor = process("sup", peer, node)
      #expect(try await Sys.getState(of: supervisor).elements?.first == .atom("state"))
      #expect(try await Sys.getStatus(of: supervisor).kind == "Supervisor.Default")
      #expect(try await Sys.getState(of: process("agent", peer, node), decoding: [Int].self) == [1])

      try await failures(peer, node)
      try await Sys.terminate(counter, reason: .failure(ErlangExit(.tuple([.atom("from"), .atom("swift")]))))
      #expect(await elixir.lines(until: "end").contains("{:from, :swift}"))
      // A node that goes while it is asked.
      try await Sys.suspend(door)
      elixir.signal(SIGKILL)
      do {
        while true { try await Sys.suspend(door) }
      } catch {
        guard case .call(let call) = error.kind, call.reason == .noConnection else { throw error }
      }
      await node.stop()
      await epmd.stop()
    }

    private func replace(_ counter: ProcessID) async throws {
      let old = try await Sys.replaceState(of: counter, decoding: Count.self) { state -> Int in
        defer { state.count = 40 }
        return state.count
      }
      #expect(old == 6)
      #expect(try await Sys.getState(of: counter, decoding: Count.self).count == 40)
      // Many at once: none is lost.
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<10 {
          group.addTask {
            do {
              try await Sys.replaceState(of: counter, decoding: Count.self, timeout: .seconds(30)) { $0.count += 1 }
            } catch {
              Issue.record(error)
            }
          }
        }
      }
      #expect(try await Sys.getState(of: counter, decoding: Count.self).count == 50)
      do {
        try await Sys.replaceState(of: counter) { _ in throw ErlangExit(.atom("no")) }
        Issue.record("it was replaced")
      } catch {
        guard case .callbackFailed(let reason) = error.kind else { throw error }
        #expect(reason == .failure(ErlangExit(.atom("no"))))
      }
      do {
        try await Sys.replaceState(of: counter) { state in
          let numbers = [0]
          state = .integer(numbers[state.map?.count ?? 1])
        }
        Issue.record("it was replaced")
      } catch {
        guard case .callbackFailed = error.kind else { throw error }
      }
      #expect(try await Sys.getState(of: counter, decoding: Count.self).count == 50)
    }

    private func failures(_ peer: String, _ node: ErlangNode) async throws {
      func kind(_ body: () async throws -> Void) async -> String {
        do {
          try await body()
          return "no error"
        } catch {
          return "\(error)"
        }
      }
      let nobody = process("nobody", peer, node)
      #expect(await kind { try await Sys.suspend(nobody) }.contains("no process"))
      #expect(await kind { try await Sys.replaceState(of: nobody) { _ in } }.contains("no process"))
      let plain = process("plain", peer, node)
      #expect(await kind { try await Sys.suspend(plain, timeout: .milliseconds(200)) }.contains("no answer in time"))
      let counter = process("counter", peer, node)
      #expect(await kind { _ = try await Sys.getState(of: counter, decoding: [Int].self) }.contains("the state is no"))
      let away = process("x", "nowhere@localhost", node)
      #expect(await kind { try await Sys.suspend(away) }.contains("no connection"))
    }

    @Test(
      "SYS-2, SYS-6, SYS-15: servers of a bare Erlang",
      .enabled(if: ErlangProcess.isInstalled("erl"), "no erl on the PATH"))
    func erlang() async throws {
      let epmd = try #require(try await EpmdServer.start(port: 0, eventLoop: NetworkNodeLoop.any))
      let node = try await start("sb", epmd)
      let erl = try ErlangProcess.node(
        "x2@localhost", epmd: epmd.port, run: "io:format(\"ready~n\"), receive stop -> ok end.")
      _ = await erl.lines(until: "ready")
      let kernel = process("kernel_sup", "x2@localhost", node)
      let status = try await Sys.getStatus(of: kernel)
      #expect(status.kind == "kernel" && status.name == "kernel_sup" && status.activity == .running)
      #expect(try await Sys.getState(of: kernel).elements?.first == .atom("state"))
      let rex = process("rex", "x2@localhost", node)
      let state = try await Sys.getState(of: rex)
      let seen = try await Sys.replaceState(of: rex) { $0 }
      #expect(seen == state)
      #expect(try await Sys.getState(of: rex) == state)
      withExtendedLifetime(erl) {}
      await node.stop()
      await epmd.stop()
    }

    @Test(
      "SYS-3, SYS-15: two nodes of this library over sockets: a state is replaced by whoever asks, while the server waits"
    )
    func swift() async throws {
      let epmd = try #require(try await EpmdServer.start(port: 0, eventLoop: NetworkNodeLoop.any))
      let (a, b) = (try await start("sa", epmd), try await start("sc", epmd))
      let name = "sys_till_\(ProcessInfo.processInfo.processIdentifier)"
      let till = try await Till.start(ProcessName(name)) { Till() }
      let remote = process(name, b.name, a)
      try await Sys.replaceState(of: remote) { $0 = .map([.atom("amounts"): [1, 2]]) }
      let values = try await Sys.getState(of: till, as: Till.self) { "\($0)" }
      #expect(values.contains("[1, 2]"))
      do {
        try await Sys.replaceState(of: remote) { $0 = 3 }
        Issue.record("it was replaced")
      } catch {
        guard case .callbackFailed = error.kind else { throw error }
      }
      #expect(try await Sys.getState(of: remote) == .map([.atom("amounts"): [1, 2]]))
      // What decoding costs, and a trap in it, are those of a process of its own.
      do {
        _ = try await Sys.getState(of: remote, decoding: Trap.self)
        Issue.record("it was decoded")
      } catch {
        guard case .callbackFailed(let reason) = error.kind, reason.fault != nil else { throw error }
      }
      till.id.exit(.shutdown)
      await a.stop()
      await b.stop()
      await epmd.stop()
    }
  }
#endif
