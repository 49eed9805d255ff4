#if Tracing
  import Synchronization
  import Tracing

  /// Where a span stands: its own number, and that of the root of its trace.
  struct Mark: Hashable, Sendable, ServiceContextKey {
    typealias Value = Mark

    let span: Int
    let trace: Int

    /// That of the code that asks.
    static var current: Mark? { ServiceContext.current?[Mark.self] }
  }

  /// Something else that goes along with a context.
  enum Tenant: ServiceContextKey {
    typealias Value = String
  }

  /// Keeps its spans, for tests to look at.
  final class RecordingTracer: Tracer {
    private let kept = Mutex<[RecordedSpan]>([])

    var spans: [RecordedSpan] { kept.withLock { $0 } }

    func spans(named name: String) -> [RecordedSpan] { spans.filter { $0.operationName == name } }

    func startSpan<Instant: TracerInstant>(
      _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
      at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
      let context = context()
      return kept.withLock { kept in
        let span = RecordedSpan(operationName, kind, number: kept.count + 1, in: context)
        kept.append(span)
        return span
      }
    }

    func forceFlush() {}
    func extract<Carrier, Extract>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
    where Extract: Extractor, Extract.Carrier == Carrier {}
    func inject<Carrier, Inject>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject: Injector, Inject.Carrier == Carrier {}
  }

  /// A span, and what has become of it.
  final class RecordedSpan: Span {
    private struct State: Sendable {
      var name: String
      var status: SpanStatus?
      var attributes = SpanAttributes([:])
      var links: [Mark] = []
      var ends = 0
    }

    let kind: SpanKind
    let mark: Mark
    let parent: Mark?
    let context: ServiceContext
    private let state: Mutex<State>

    init(_ name: String, _ kind: SpanKind, number: Int, in context: ServiceContext) {
      self.kind = kind
      parent = context[Mark.self]
      mark = Mark(span: number, trace: parent?.trace ?? number)
      var own = context
      own[Mark.self] = mark
      self.context = own
      state = Mutex(State(name: name))
    }

    var links: [Mark] { state.withLock { $0.links } }
    /// How often it was ended: once, if all is well.
    var ends: Int { state.withLock { $0.ends } }
    /// Why it failed; nil if it did not.
    var failure: String? {
      state.withLock { $0.status.flatMap { $0.code == .error ? $0.message ?? "" : nil } }
    }

    var operationName: String {
      get { state.withLock { $0.name } }
      set { state.withLock { $0.name = newValue } }
    }
    var attributes: SpanAttributes {
      get { state.withLock { $0.attributes } }
      set { state.withLock { $0.attributes = newValue } }
    }
    var isRecording: Bool { ends == 0 }
    func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }
    func addEvent(_ event: SpanEvent) {}
    func recordError<Instant: TracerInstant>(
      _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {}
    func addLink(_ link: SpanLink) {
      if let mark = link.context[Mark.self] { state.withLock { $0.links.append(mark) } }
    }
    func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) { state.withLock { $0.ends += 1 } }
  }
#endif
