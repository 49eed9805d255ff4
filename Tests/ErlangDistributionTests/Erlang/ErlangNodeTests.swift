#if ErlangDistribution
  import ErlangTerms
  import Foundation
  import Testing

  @testable import ErlangDistribution

  @Suite(
    "A real Erlang node", .timeLimit(.minutes(1)), .enabled(if: ErlangProcess.isInstalled("erl"), "no erl on the PATH"))
  struct ErlangNodeTests {
    private static let node = "s@localhost"

    private func start(
      _ epmd: EpmdServer, _ change: (inout NetworkOptions) -> Void = { _ in }
    ) async throws -> (NetworkNode, RecordingEvents) {
      let events = Services.events(ErlangNodeTests.node, creation: 1234)
      let node = try await NetworkNode.start(ErlangNodeTests.node, Ports(), events: events) {
        $0.discovery = .epmd(port: epmd.port)
        $0.creation = 1234
        change(&$0)
      }
      return (node, events)
    }

    private func epmd() async throws -> EpmdServer {
      try #require(try await EpmdServer.start(port: 0, eventLoop: NetworkNodeLoop.any))
    }

    private static let echo = """
      S = 's@localhost',
      Echo = fun(X) -> {echo, S} ! {self(), X}, receive {echo, Y} -> X =:= Y after 20000 -> timeout end end,
      """

    @Test("WIRE-22: Erlang pings a hidden node, registered in an embedded epmd, and messages of all sizes come back")
    func erlangDials() async throws {
      let epmd = try await epmd()
      let (node, events) = try await start(epmd)
      let erl = try ErlangProcess.node(
        "b1@localhost", epmd: epmd.port,
        run: """
          \(ErlangNodeTests.echo)
          io:format("~p~n", [net_adm:ping(S)]),
          io:format("~p~n", [{nodes(), nodes(hidden)}]),
          io:format("~p~n", [lists:usort([Echo({N, hello, "text", <<"x">>, self(), make_ref()}) || N <- lists:seq(1, 50)])]),
          io:format("~p~n", [Echo(binary:copy(<<"x">>, 1 bsl 20))]),
          Us = self(),
          [spawn(fun() -> Us ! {N, Echo(binary:copy(<<N>>, 300000 + N))} end) || N <- lists:seq(1, 5)],
          io:format("~p~n", [[receive {N, R} -> R end || N <- lists:seq(1, 5)]]),
          erlang:disconnect_node(S),
          erlang:set_cookie(S, wrong),
          io:format("~p~n", [net_adm:ping(S)]),
          erlang:set_cookie(S, c),
          io:format("~p~nend~n", [net_adm:ping(S)]),
          halt().
          """)
      let lines = await erl.lines(until: "end")
      #expect(lines == ["pong", "{[],[s@localhost]}", "[true]", "true", "[true,true,true,true,true]", "pang", "pong"])
      await events.wait { RecordingEvents.reasons($0).count == 2 }
      #expect(events.reasons == [.closedByPeer, .closedByPeer])
      try await node.waitForLinks(0)
      await node.stop()
      await epmd.stop()
    }

    @Test("WIRE-22: a visible node dials Erlang, pings it, and sends it a MiB in fragments; a wrong cookie is refused")
    func swiftDials() async throws {
      let epmd = try await epmd()
      let (node, events) = try await start(epmd) { $0.isVisible = true }
      let erl = try ErlangProcess.node(
        "b2@localhost", epmd: epmd.port, more: ["-hidden"],
        run: """
          register(ctl, self()),
          io:format("ready~n"),
          receive {Pid, Big} -> Pid ! {byte_size(Big), erlang:md5(Big), nodes(), nodes(hidden)} end,
          receive stop -> halt() end.
          """)
      _ = await erl.lines(until: "ready")
      let connection = try await node.connect(to: "b2@localhost")
      #expect(connection.peer.isHidden && connection.peer.flags.contains([.fragments, .atomCache, .alias]))
      let tag = Term.reference(Term.Reference(node: "s@localhost", creation: 1234, words: [1, 2, 3]))
      let ping = GenMessage.call(
        .tuple([.atom("is_auth"), .atom("s@localhost")]), from: GenMessage.Caller(pid: node.pid, tag: tag))
      connection.send(.sendToName(from: node.pid, to: "net_kernel", try Payload(ping.term)))
      let big = [UInt8](repeating: 7, count: 1 << 20)
      connection.send(.sendToName(from: node.pid, to: "ctl", try Payload(.tuple([.pid(node.pid), .binary(big)]))))
      let answers: @Sendable ([RecordingEvents.Event]) -> [Term] = { events in
        RecordingEvents.received(events).compactMap { message in
          guard case .send(_, let to, let payload) = message, to.id == 77 else { return nil }
          return try? payload.term()
        }
      }
      await events.wait { answers($0).count == 2 }
      // For a hidden node all others are hidden.
      #expect(
        answers(events.events) == [
          .tuple([tag, .atom("yes")]),
          .tuple([.integer(1 << 20), .binary(MD5.digest(big)), [], [.atom("s@localhost")]]),
        ])
      let other = try await NetworkNode.start("t@localhost", Ports(), cookie: "other") {
        $0.discovery = .epmd(port: epmd.port)
      }
      await #expect(throws: ConnectError.wrongCookie) { try await other.connect(to: "b2@localhost") }
      await other.stop()
      connection.send(.sendToName(from: node.pid, to: "ctl", try Payload(.atom("stop"))))
      await events.wait { RecordingEvents.reasons($0) == [.closedByPeer] }
      await node.stop()
      await epmd.stop()
    }

    @Test("WIRE-7, L-8: both dial at the same time, twenty times; what is left is one connection that works")
    func simultaneous() async throws {
      let epmd = try await epmd()
      let (node, events) = try await start(epmd)
      let erl = try ErlangProcess.node(
        "z3@localhost", epmd: epmd.port,
        run: """
          \(ErlangNodeTests.echo)
          io:format("ready~n"),
          [begin erlang:disconnect_node(S), net_kernel:connect_node(S) end || _ <- lists:seq(1, 20)],
          io:format("~p~n", [lists:any(fun(_) -> net_adm:ping(S) =:= pong end, lists:seq(1, 50))]),
          io:format("~p~nend~n", [Echo(done)]),
          halt().
          """)
      _ = await erl.lines(until: "ready")
      let dialling = Task {
        for _ in 0..<40 where !Task.isCancelled { _ = try? await node.connect(to: "z3@localhost") }
      }
      #expect(await erl.lines(until: "end") == ["true", "true"])
      dialling.cancel()
      await dialling.value
      await events.wait { RecordingEvents.reasons($0).count == RecordingEvents.connectionCount($0) }
      await node.stop()
      await epmd.stop()
    }

    @Test("WIRE-16, L-1: both sides tick; an Erlang node that is frozen is taken for dead after the tick time")
    func ticks() async throws {
      let epmd = try await epmd()
      let (node, events) = try await start(epmd) { $0.tickTime = .seconds(4) }
      let erl = try ErlangProcess.node(
        "b4@localhost", epmd: epmd.port, more: ["-kernel", "net_ticktime", "4"],
        run: """
          S = 's@localhost', pong = net_adm:ping(S),
          net_kernel:monitor_nodes(true, [{node_type, all}]),
          receive {nodedown, _, _} = Down -> io:format("~p~n", [Down]) after 9000 -> io:format("~p~n", [nodes(hidden)]) end,
          io:format("end~n"), receive never -> ok end.
          """)
      #expect(await erl.lines(until: "end") == ["[s@localhost]"])
      #expect(events.reasons.isEmpty)
      erl.signal(SIGSTOP)
      await events.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(events.reasons == [.tickTimeout])
      await node.stop()
      await epmd.stop()
    }

    @Test("WIRE-18: without epmd, Erlang looks for every node at one port")
    func withoutEpmd() async throws {
      let events = Services.events(ErlangNodeTests.node, creation: 5)
      let node = try await NetworkNode.start(ErlangNodeTests.node, Ports(), events: events) { $0.creation = 5 }
      let port = try #require(node.port)
      // It listens at the same port itself, so at another address.
      let erl = try ErlangProcess(
        [
          "erl", "-noinput", "-start_epmd", "false", "-erl_epmd_port", "\(port)", "-sname", "b5@localhost",
          "-setcookie",
          "c", "-kernel", "inet_dist_use_interface", "{127,0,0,2}", "-eval",
          "io:format(\"~p~nend~n\", [net_adm:ping('s@localhost')]), halt().",
        ])
      #expect(await erl.lines(until: "end") == ["pong"])
      await node.stop()
    }

    @Test(
      "WIRE-18, WIRE-22: Elixir connects by the host's own epmd",
      .enabled(if: ErlangProcess.isInstalled("elixir") && ErlangProcess.isInstalled("epmd"), "no elixir on the PATH"))
    func elixir() async throws {
      // A port that is free now.
      let free = try await epmd()
      let port = free.port
      await free.stop()
      let epmd = try ErlangProcess(["epmd", "-port", "\(port)", "-address", "127.0.0.1"])
      let client = EpmdClient(eventLoop: NetworkNodeLoop.any, host: "127.0.0.1", port: port)
      while (try? await client.names()) == nil { try await Task.sleep(for: .milliseconds(20)) }
      let events = Services.events(ErlangNodeTests.node, creation: 6)
      let node = try await NetworkNode.start(ErlangNodeTests.node, Ports(), events: events) {
        $0.discovery = .epmd(port: port)
        $0.creation = 6
        $0.isVisible = true
      }
      #expect(try await client.node("s")?.port == UInt16(node.port ?? 0))
      let elixir = try ErlangProcess(
        [
          "elixir", "--sname", "x6@localhost", "--cookie", "c", "--erl",
          "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}", "-e",
          "IO.inspect(Node.ping(:\"s@localhost\")); IO.inspect(Node.list()); IO.puts(\"end\")",
        ], environment: ["ERL_EPMD_PORT": "\(port)"])
      #expect(await elixir.lines(until: "end") == [":pong", "[:s@localhost]"])
      await node.stop()
      epmd.signal(SIGTERM)
    }
  }
#endif
