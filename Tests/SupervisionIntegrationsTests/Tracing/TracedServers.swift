#if Tracing
  import Supervision
  import Testing
  import Tracing

  /// What both servers understand.
  enum TracedMessage: Sendable {
    /// Answers with where the handler stands.
    case ask(ReplyTo<Mark?>)
    /// Notes it.
    case note
    /// Sends `note` on.
    case pass(ProcessRef<TracedMessage>)
    /// Starts a process that notes where it stands.
    case start
    /// Notes later.
    case later
    /// Opens a span, and notes within it.
    case open(RecordingTracer)
    case fail
    case leave
    /// Is killed in the middle, and goes on to the end.
    case die
    case trap
  }

  struct Failure: Error, CustomStringConvertible { let description = "out of stock" }

  /// Its handler runs without a task.
  struct PlainStore: GenServer {
    typealias Message = TracedMessage
    let journal: Journal<Mark?>

    mutating func handle(_ message: TracedMessage) throws {
      switch message {
      case .ask(let reply): reply(Mark.current)
      case .note: journal.note(Mark.current)
      case .pass(let next): next.send(.note)
      case .start: spawn { [journal] in journal.note(Mark.current) }
      case .later: if let me = ProcessRef<TracedMessage>.own { me.send(.note, after: .seconds(1)) }
      case .open(let tracer): tracer.withSpan("opened") { _ in journal.note(Mark.current) }
      case .fail: throw Failure()
      case .leave: throw ExitReason.normal
      case .die: CurrentProcess.id?.exit(.kill)
      case .trap: fatalError("as told")
      }
    }
  }

  /// Its handler needs a task, and waits in the middle.
  struct SlowStore: GenServer {
    typealias Message = TracedMessage
    let journal: Journal<Mark?>

    mutating func handle(_ message: TracedMessage) async throws {
      let before = Mark.current
      try await CurrentProcess.sleep(for: .milliseconds(5))
      guard Mark.current == before else { return journal.note(Mark(span: -1, trace: -1)) }
      switch message {
      case .ask(let reply): reply(Mark.current)
      case .note: journal.note(Mark.current)
      case .pass(let next): next.send(.note)
      case .start: spawn { [journal] in journal.note(Mark.current) }
      case .later: if let me = ProcessRef<TracedMessage>.own { me.send(.note, after: .seconds(1)) }
      case .open(let tracer): tracer.withSpan("opened") { _ in journal.note(Mark.current) }
      case .fail: throw Failure()
      case .leave: throw ExitReason.normal
      case .die: CurrentProcess.id?.exit(.kill)
      case .trap: fatalError("as told")
      }
    }
  }

  extension ProcessRef<TracedMessage> {
    static var own: Self? { CurrentProcess.id.flatMap { ProcessRef($0) } }
  }

  /// With and without a task.
  enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case plain = "PlainStore"
    case slow = "SlowStore"

    var testDescription: String { rawValue }

    func start(_ journal: Journal<Mark?> = Journal()) async throws -> ProcessRef<TracedMessage> {
      switch self {
      case .plain: try await PlainStore.start { PlainStore(journal: journal) }
      case .slow: try await SlowStore.start { SlowStore(journal: journal) }
      }
    }
  }
#endif
