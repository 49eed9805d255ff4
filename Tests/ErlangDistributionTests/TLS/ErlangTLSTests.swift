#if TLS
  import ErlangTerms
  import Foundation
  import NIOSSL
  import Testing

  @testable import ErlangDistribution

  @Suite(
    "A real Erlang node with TLS", .timeLimit(.minutes(1)),
    .enabled(if: ErlangProcess.isInstalled("erl"), "no erl on the PATH"))
  struct ErlangTLSTests {
    private static let node = "s@localhost"

    private func start(_ epmd: EpmdServer) async throws -> (NetworkNode, RecordingEvents) {
      let events = Services.events(ErlangTLSTests.node, creation: 1234)
      let node = try await NetworkNode.start(ErlangTLSTests.node, Ports(), events: events) {
        $0.discovery = .epmd(port: epmd.port)
        $0.creation = 1234
        $0.tls = .test()
      }
      return (node, events)
    }

    private func epmd() async throws -> EpmdServer {
      try #require(try await EpmdServer.start(port: 0, eventLoop: NetworkNodeLoop.any))
    }

    /// A file for `-ssl_dist_optfile`, with the certificate of a folder of Data/TLS.
    private func options(_ folder: String, version: String) throws -> URL {
      let tls = ErlangNode.TLSOptions.test(folder, ca: "good")
      let both = """
        {certfile, "\(tls.certificateFile)"}, {keyfile, "\(tls.keyFile)"}, {cacertfile, "\(tls.caCertificateFile)"},
        {verify, verify_peer}, {versions, ['\(version)']}
        """
      let file = FileManager.default.temporaryDirectory.appending(path: "dist-\(UUID().uuidString).conf")
      try "[{server, [\(both), {fail_if_no_peer_cert, true}]}, {client, [\(both)]}]."
        .write(to: file, atomically: true, encoding: .utf8)
      return file
    }

    @Test(
      "TLS-8, TLS-1: Erlang dials, pings, and messages of all sizes come back; then it is dialled",
      arguments: [("tlsv1.2", TLSVersion.tlsv12), ("tlsv1.3", .tlsv13)])
    func both(name: String, version: TLSVersion) async throws {
      let epmd = try await epmd()
      let (node, events) = try await start(epmd)
      let options = try options("good", version: name)
      defer { try? FileManager.default.removeItem(at: options) }
      let erl = try ErlangProcess.node(
        "tls1@localhost", epmd: epmd.port, more: ["-proto_dist", "inet_tls", "-ssl_dist_optfile", options.path],
        run: """
          S = 's@localhost', register(ctl, self()), P = fun(X) -> io:format("~0p~n", [X]) end,
          Echo = fun(X) -> {echo, S} ! {self(), X}, receive {echo, Y} -> X =:= Y after 20000 -> timeout end end,
          P(net_adm:ping(S)),
          P(lists:usort([Echo({N, hello, "text", <<"x">>, self()}) || N <- lists:seq(1, 50)])),
          P(Echo(binary:copy(<<"x">>, 1 bsl 20))),
          P([begin erlang:disconnect_node(S), net_adm:ping(S) end || _ <- lists:seq(1, 3)]),
          erlang:disconnect_node(S),
          P('end'),
          receive {From, Term} -> From ! {Term, nodes(hidden)} end, receive stop -> halt() end.
          """)
      #expect(await erl.lines(until: "'end'") == ["pong", "[true]", "true", "[pong,pong,pong]"])
      await events.wait { RecordingEvents.reasons($0).count == 4 }
      #expect(Set(events.reasons) == [.closedByPeer])
      try await node.waitForLinks(0)

      let before = events.received.count
      let connection = try await node.connect(to: "tls1@localhost")
      #expect(try await node.tlsVersions() == [version])
      connection.send(.sendToName(from: node.pid, to: "ctl", try Payload(.tuple([.pid(node.pid), .atom("hello")]))))
      await events.wait { RecordingEvents.received($0).count > before }
      guard case .send(_, _, let payload) = events.received.last else {
        Issue.record("\(String(describing: events.received.last))")
        return
      }
      #expect(try payload.term() == .tuple([.atom("hello"), [.atom("s@localhost")]]))
      connection.send(.sendToName(from: node.pid, to: "ctl", try Payload(.atom("stop"))))
      await events.wait { RecordingEvents.reasons($0).count == 5 }
      await node.stop()
      await epmd.stop()
    }

    @Test("TLS-8, TLS-2: an Erlang node with a certificate of another authority is refused, and refuses")
    func stranger() async throws {
      let epmd = try await epmd()
      let (node, events) = try await start(epmd)
      let options = try options("other", version: "tlsv1.3")
      defer { try? FileManager.default.removeItem(at: options) }
      let erl = try ErlangProcess.node(
        "tls2@localhost", epmd: epmd.port, more: ["-proto_dist", "inet_tls", "-ssl_dist_optfile", options.path],
        run: "io:format(\"~p~nend~n\", [net_adm:ping('s@localhost')]), receive never -> ok end.")
      #expect(await erl.lines(until: "end").contains("pang"))
      try await node.waitForLinks(0)
      await #expect(
        throws: ConnectError.tls(
          "the certificate of the peer is signed by none of our authorities, has expired, or is not for this use")
      ) { try await node.connect(to: "tls2@localhost") }
      #expect(events.events.isEmpty)
      await node.stop()
      await epmd.stop()
    }
  }
#endif
