#if Tracing
  import Supervision
  import SupervisionIntegrations
  import SupervisionTesting
  import Testing
  import Tracing

  private struct Shop: GenServer {
    enum Message: Sendable { case ask(ReplyTo<Mark?>) }
    let store: ProcessRef<TracedMessage>

    func handle(_ message: Message) async throws {
      switch message {
      case .ask(let reply): reply(try await store.call { .ask($0) })
      }
    }
  }

  /// The first message of its type shows that its handler needs a task.
  private struct Newcomer: GenServer {
    enum Message: Sendable { case look(RecordingTracer, ReplyTo<[Int]>) }

    func handle(_ message: Message) async throws {
      switch message {
      case .look(let tracer, let reply):
        try await CurrentProcess.sleep(for: .milliseconds(1))
        reply(tracer.spans(named: "Newcomer.look").map(\.ends))
      }
    }
  }

  @Suite("Tracing", .timeLimit(.minutes(1)))
  struct ProcessTracingTests {
    /// A test's node with a tracer.
    private func traced(
      _ body: @escaping @Sendable (TestNode, RecordingTracer) async throws -> Void
    ) async throws {
      let tracer = RecordingTracer()
      try await withTestNode { node in
        #expect(ProcessTracing.install(tracer))
        try await body(node, tracer)
        ProcessTracing.uninstall()
      }
      #expect(tracer.spans.allSatisfy { $0.ends == 1 }, "each span ends, and once")
    }

    @Test("TRC-1, TRC-3: a call is a child of the caller's span, of kind server, in which the handler finds itself")
    func call() async throws {
      for kind in StoreKind.allCases {
        try await traced { _, tracer in
          let store = try await kind.start()
          let name: ProcessName<TracedMessage> = "store"
          try name.register(store)
          let answer = try await tracer.withSpan("caller") { caller in
            let mark = try await name.call { .ask($0) }
            #expect(Mark.current == caller.mark)
            return mark
          }
          let caller = try #require(tracer.spans(named: "caller").first)
          let span = try #require(tracer.spans(named: "\(kind.rawValue).ask").first)
          #expect(span.parent == caller.mark && span.links.isEmpty)
          #expect(span.kind == .server && span.failure == nil)
          #expect(answer == span.mark)
          #expect(span.attributes["process.name"]?.toSpanAttribute() == "store")
          #expect(span.attributes["process.id"]?.toSpanAttribute() == .string("\(store.id)"))

          let request = tracer.withSpan("asker") { _ in store.sendRequest { .ask($0) } }
          let late = try await request.receiveResponse()
          #expect(late?.trace == tracer.spans(named: "asker").first?.mark.trace)
        }
      }
    }

    @Test("TRC-2: whatever is not asked is a root of its own, linked to the sender's span")
    func send() async throws {
      for kind in StoreKind.allCases {
        try await traced { node, tracer in
          let journal = Journal<Mark?>()
          let store = try await kind.start(journal)
          let name: ProcessName<TracedMessage> = "store"
          try name.register(store)
          let sender = tracer.withSpan("sender") { span in
            store.send(.note)
            #expect(store.trySend(.note) == .accepted)
            name.send(.note)
            return span.mark
          }
          await tracer.withSpan("waiting sender") { _ in _ = await store.send(.note, within: .seconds(1)) }
          try await CurrentProcess.sleep(for: .seconds(1))
          let notes = tracer.spans(named: "\(kind.rawValue).note")
          #expect(notes.count == 4 && notes.map(\.mark) == journal.entries)
          for note in notes {
            #expect(note.parent == nil && note.links.count == 1 && note.kind == .consumer)
            #expect(note.mark.trace != sender.trace)
          }
          #expect(notes.prefix(3).allSatisfy { $0.links == [sender] })
        }
      }
    }

    @Test("TRC-2: so is the start of a process, of a task and of a server, as long as its work lasts")
    func start() async throws {
      try await traced { node, tracer in
        let journal = Journal<Mark?>()
        try await tracer.withSpan("starter") { starter in
          spawn { journal.note(Mark.current) }
          _ = spawn(receiving: Int.self) { _ in journal.note(Mark.current) }
          try await SupervisedTask.async { journal.note(Mark.current) }.await()
          _ = try await PlainStore.start {
            journal.note(Mark.current)
            return PlainStore(journal: journal)
          }
          _ = try await SlowStore.start {
            try await CurrentProcess.sleep(for: .milliseconds(1))
            journal.note(Mark.current)
            return SlowStore(journal: journal)
          }
          try await node.settle()
          let spans = tracer.spans.filter { $0.mark != starter.mark }
          #expect(spans.count == 5 && Set(spans.map(\.mark)) == Set(journal.entries))
          #expect(spans.allSatisfy { $0.parent == nil && $0.links == [starter.mark] && $0.kind == .internal })
          let names = Set(spans.map(\.operationName))
          #expect(names.isSuperset(of: ["spawn", "PlainStore.init", "SlowStore.init"]))
          #expect(names.contains { $0.hasPrefix("task SupervisionIntegrationsTests/ProcessTracingTests.swift:") })
        }
      }
    }

    @Test("TRC-3: what a handler opens, sends and starts goes on from its message's span")
    func onward() async throws {
      for kind in StoreKind.allCases {
        try await traced { _, tracer in
          let journal = Journal<Mark?>()
          let store = try await kind.start(journal)
          let next = try await StoreKind.plain.start(journal)
          tracer.withSpan("sender") { _ in
            store.send(.pass(next))
            store.send(.open(tracer))
            store.send(.start)
          }
          try await CurrentProcess.sleep(for: .seconds(1))
          func span(_ name: String) throws -> RecordedSpan { try #require(tracer.spans(named: name).first) }
          #expect(try span("PlainStore.note").links == [span("\(kind.rawValue).pass").mark])
          #expect(try span("opened").parent == span("\(kind.rawValue).open").mark)
          #expect(try span("spawn").links == [span("\(kind.rawValue).start").mark])
          #expect(journal.entries.count == 3)
        }
      }
    }

    @Test("TRC-3: a handler that turns out to need a task has one span, as long as it works")
    func newcomer() async throws {
      try await traced { _, tracer in
        let server = try await Newcomer.start { Newcomer() }
        let ends = try await tracer.withSpan("caller") { _ in try await server.call { .look(tracer, $0) } }
        #expect(ends == [0])
      }
    }

    @Test("TRC-3: a call within a handler is nested in it")
    func nested() async throws {
      try await traced { _, tracer in
        let store = try await StoreKind.plain.start()
        let shop = try await Shop.start { Shop(store: store) }
        let answer = try await tracer.withSpan("caller") { _ in try await shop.call { .ask($0) } }
        let spans = try ["caller", "Shop.ask", "PlainStore.ask"].map { try #require(tracer.spans(named: $0).first) }
        #expect(spans[1].parent == spans[0].mark && spans[2].parent == spans[1].mark)
        #expect(Set(spans.map(\.mark.trace)).count == 1 && answer == spans[2].mark)
      }
    }

    @Test("TRC-5: an error and a trap of the handler fail its span, and a clean exit does not")
    func failures() async throws {
      for kind in StoreKind.allCases {
        try await traced { _, tracer in
          for message in [TracedMessage.fail, .trap, .leave, .die] {
            let store = try await kind.start()
            tracer.withSpan("sender") { _ in store.send(message) }
            _ = await store.id.exited()
          }
          try await CurrentProcess.sleep(for: .seconds(1))
          func span(_ name: String) throws -> RecordedSpan {
            try #require(tracer.spans(named: "\(kind.rawValue).\(name)").first)
          }
          let (fail, trap) = (try span("fail"), try span("trap"))
          #expect(fail.failure == "Failure: out of stock")
          #expect(fail.attributes["exit.reason"]?.toSpanAttribute() == "Failure: out of stock")
          #expect(trap.failure?.contains("as told") == true)
          #expect(try span("leave").failure == nil)
          #expect(try span("die").failure == "killed")
          #expect(tracer.spans(named: "sender").allSatisfy { $0.failure == nil })
        }
      }
    }

    @Test("TRC-5: so do a failed start, a body that fails or traps, and a kill")
    func otherFailures() async throws {
      try await traced { node, tracer in
        await tracer.withSpan("starter") { _ in
          let failed = try? await PlainStore.start { throw Failure() }
          #expect(failed == nil)
          spawn { throw Failure() }
          spawn { fatalError("as told") }
          spawn {}
          let waiting = spawn { try await suspendForever() }
          try? await node.settle()
          waiting.exit(.kill)
          _ = await waiting.exited()
        }
        try await CurrentProcess.sleep(for: .seconds(1))
        #expect(tracer.spans(named: "PlainStore.init").map(\.failure) == ["Failure: out of stock"])
        let failures = Set(tracer.spans(named: "spawn").map { $0.failure ?? "none" })
        #expect(failures.count == 4 && failures.isSuperset(of: ["Failure: out of stock", "killed", "none"]))
      }
    }

    @Test("TRC-5, TRC-9: so do an error and a trap of a body that handles a message")
    func failingBodies() async throws {
      try await traced { _, tracer in
        for message in [TracedMessage.fail, .trap] {
          let process = spawn(receiving: TracedMessage.self) { inbox in
            try await inbox.handleNext { message in
              if case .trap = message { fatalError("as told") }
              throw Failure()
            }
          }
          tracer.withSpan("sender") { _ in ProcessRef<TracedMessage>(process)?.send(message) }
          _ = await process.exited()
        }
        try await CurrentProcess.sleep(for: .seconds(1))
        #expect(tracer.spans(named: "process.fail").map(\.failure) == ["Failure: out of stock"])
        #expect(tracer.spans(named: "process.trap").first?.failure?.contains("as told") == true)
      }
    }

    @Test("TRC-6: without a tracer, without a span, and where it is not wanted, nothing is carried")
    func nothing() async throws {
      let tracer = RecordingTracer()
      try await withTestNode { node in
        let store = try await StoreKind.plain.start()
        // Nobody has bootstrapped the program's tracer.
        #expect(!ProcessTracing.install())
        let without = try await tracer.withSpan("caller") { _ in try await store.call { .ask($0) } }
        #expect(without == nil)
        ProcessTracing.install(tracer)
        #expect(try await store.call { .ask($0) } == nil)
        ProcessTracing.install(tracer) { $0[Tenant.self] != "quiet" }
        var quiet = ServiceContext.topLevel
        quiet[Tenant.self] = "quiet"
        let unwanted = try await tracer.withSpan("caller", context: quiet) { _ in try await store.call { .ask($0) } }
        #expect(unwanted == nil)
        let wanted = try await tracer.withSpan("caller") { _ in try await store.call { .ask($0) } }
        #expect(wanted != nil)
        ProcessTracing.uninstall()
        let after = try await tracer.withSpan("caller") { _ in try await store.call { .ask($0) } }
        #expect(after == nil)
        #expect(tracer.spans(named: "PlainStore.ask").count == 1)
      }
    }

    @Test("TRC-7: what a timer sends carries nothing")
    func timers() async throws {
      for kind in StoreKind.allCases {
        try await traced { _, tracer in
          let journal = Journal<Mark?>()
          let store = try await kind.start(journal)
          tracer.withSpan("sender") { _ in
            store.send(.later)
            store.send(.note, after: .milliseconds(1))
            store.send(after: .milliseconds(1)) { _ in .note }
          }
          try await CurrentProcess.sleep(for: .seconds(2))
          #expect(journal.entries == [nil, nil, nil])
          #expect(tracer.spans.map(\.operationName) == ["sender", "\(kind.rawValue).later"])
        }
      }
    }

    @Test("TRC-8: what a context has besides its span goes along, with what is asked and with what is not")
    func baggage() async throws {
      try await traced { node, tracer in
        let journal = Journal<String?>()
        let process = try #require(
          ProcessRef<Int>(
            spawn(receiving: Int.self) { inbox in
              while true { try await inbox.handleNext { _ in journal.note(ServiceContext.current?[Tenant.self]) } }
            }))
        var context = ServiceContext.topLevel
        context[Tenant.self] = "acme"
        tracer.withSpan("sender", context: context) { _ in
          process.send(1)
          spawn { journal.note(ServiceContext.current?[Tenant.self]) }
        }
        try await node.settle()
        #expect(journal.entries == ["acme", "acme"])
      }
    }

    @Test("TRC-9: a body handles a message in its trace, and the next one in that one's")
    func bodies() async throws {
      try await traced { node, tracer in
        let journal = Journal<Mark?>()
        let process = try #require(
          ProcessRef<TracedMessage>(
            spawn(receiving: TracedMessage.self) { inbox in
              while true {
                try await inbox.handleNext { message in
                  try await CurrentProcess.sleep(for: .milliseconds(1))
                  if case .ask(let reply) = message { reply(Mark.current) } else { journal.note(Mark.current) }
                }
                journal.note(Mark.current)
              }
            }))
        let answer = try await tracer.withSpan("caller") { _ in try await process.call { .ask($0) } }
        process.send(.note)
        try await CurrentProcess.sleep(for: .seconds(1))
        let span = try #require(tracer.spans(named: "process.ask").first)
        #expect(answer == span.mark && span.parent == tracer.spans(named: "caller").first?.mark)
        #expect(journal.entries == [nil, nil, nil])
      }
    }
  }
#endif
