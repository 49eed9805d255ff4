#if Tracing
  import Supervision
  import SupervisionIntegrations
  import SupervisionTesting
  import Testing
  import Tracing

  /// Many processes send each other messages, some of which are in a span and some are not.
  ///
  /// Each message says what its sender's span was, and its handler compares.
  @Suite("Contexts", .timeLimit(.minutes(1)))
  struct TraceLeakTests {
    struct Hop: Sendable {
      /// The sender's span, if it was in one.
      let sender: Mark?
      let isCall: Bool
      var left: Int
    }

    enum Message: Sendable {
      case hop(Hop)
      case ask(Hop, ReplyTo<Void>)

      var hop: Hop {
        switch self {
        case .hop(let hop), .ask(let hop, _): hop
        }
      }
    }

    /// What each handler does besides looking.
    final class Rounds: Sendable {
      let tracer = RecordingTracer()
      let wrong = Journal<String>()
      let handled = Journal<Bool>()

      func check(_ hop: Hop) {
        let mark = Mark.current
        handled.note(mark != nil)
        guard let sender = hop.sender else {
          if let mark { wrong.note("\(mark) where there was no span") }
          return
        }
        guard let mark, let span = tracer.spans.first(where: { $0.mark == mark }) else {
          return wrong.note("no span, where the sender was in \(sender)")
        }
        if hop.isCall ? span.parent != sender : span.parent != nil || span.links != [sender] {
          wrong.note("\(mark) is not of \(sender)")
        }
      }
    }

    struct Plain: GenServer {
      typealias Message = TraceLeakTests.Message
      let rounds: Rounds
      let peers: Peers

      func handle(_ message: Message) {
        rounds.check(message.hop)
        if case .ask(_, let reply) = message { reply() }
        guard message.hop.left > 0 else { return }
        peers.any.send(.hop(Hop(sender: Mark.current, isCall: false, left: message.hop.left - 1)))
        // Another one, which has a span of its own, or none.
        ServiceContext.withValue(nil) { peers.any.send(.hop(Hop(sender: nil, isCall: false, left: 0))) }
        rounds.tracer.withSpan("own") { span in
          peers.any.send(.hop(Hop(sender: span.mark, isCall: false, left: message.hop.left - 1)))
        }
      }
    }

    struct Slow: GenServer {
      typealias Message = TraceLeakTests.Message
      let rounds: Rounds
      let peers: Peers

      func handle(_ message: Message) async throws {
        rounds.check(message.hop)
        try await CurrentProcess.sleep(for: .milliseconds(1))
        rounds.check(message.hop)
        if case .ask(_, let reply) = message { reply() }
        guard message.hop.left > 0 else { return }
        let hop = Hop(sender: Mark.current, isCall: true, left: 0)
        try? await peers.plain.call { .ask(hop, $0) }
        rounds.check(message.hop)
        peers.any.send(.hop(Hop(sender: Mark.current, isCall: false, left: message.hop.left - 1)))
      }
    }

    /// The processes, chosen in turn: the node's seed makes the orders.
    final class Peers: Sendable {
      private let all = Journal<ProcessRef<Message>>()
      private let turns = Journal<Void>()

      func add(_ process: ProcessRef<Message>) { all.note(process) }

      var any: ProcessRef<Message> {
        turns.note(())
        let processes = all.entries
        return processes[turns.entries.count % processes.count]
      }

      /// One that makes no calls, so that there is no circle.
      var plain: ProcessRef<Message> { all.entries[0] }
    }

    @Test("TRC-4: whatever the order, each message is handled in its own sender's context, or in none")
    func noLeaks() async throws {
      try await withTestNodes(seeds: 0..<100) { node in
        let rounds = Rounds()
        let peers = Peers()
        ProcessTracing.install(rounds.tracer)
        for _ in 0..<3 {
          peers.add(try await Plain.start { Plain(rounds: rounds, peers: peers) })
          peers.add(try await Slow.start { Slow(rounds: rounds, peers: peers) })
        }
        for round in 0..<4 {
          if round % 2 == 0 {
            rounds.tracer.withSpan("round") { span in
              peers.any.send(.hop(Hop(sender: span.mark, isCall: false, left: 3)))
            }
          } else {
            peers.any.send(.hop(Hop(sender: nil, isCall: false, left: 3)))
          }
        }
        try await CurrentProcess.sleep(for: .seconds(10))
        #expect(rounds.wrong.entries.isEmpty)
        let handled = rounds.handled.entries
        #expect(handled.contains(true) && handled.contains(false))
        #expect(rounds.tracer.spans.allSatisfy { $0.ends == 1 && $0.failure == nil })
        ProcessTracing.uninstall()
      }
    }
  }
#endif
