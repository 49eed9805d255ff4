#if Tracing
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  public import Tracing

  /// Spans of swift-distributed-tracing that follow messages from process to process.
  ///
  ///     InstrumentationSystem.bootstrap(tracer)
  ///     ProcessTracing.install()
  ///
  /// What is sent, asked or started by code that is in a span takes the span's context along:
  ///
  /// - A call, and a request, is a child of the caller's span, in the server, of kind `server`.
  /// - Any other message, and the start of a process, is the root of a new trace, linked to the sender's span: nobody waits
  ///   for it, so it is no part of what the sender does.
  ///
  /// While the server handles the message, `ServiceContext.current` is that span's: `withSpan`, an HTTP client, and what the
  /// handler itself sends, asks and starts go on from there. A handler that fails, or whose process ends meanwhile for an
  /// abnormal reason, fails the span, which has the reason as attribute `exit.reason`. <doc:Telemetry> says the rest.
  ///
  /// Code that is in no span sends messages without one, and what handles them makes none. The messages of timers have none
  /// either.
  public enum ProcessTracing {
    /// Follows messages from now on, on the node of the code that asks: the program's.
    ///
    /// Does not suspend. To be called once at the start; what is on its way already has no span. Called again, the new tracer
    /// takes the old one's place.
    ///
    /// - Parameters:
    ///   - tracer: who makes the spans. If not given, the one that `InstrumentationSystem` was bootstrapped with.
    ///   - follows: asked with the sender's context, before each message that has one: whether to go on. Without it, always; the
    ///     tracer decides what it samples.
    /// - Returns: false if there is no tracer, so that there is nothing to do.
    @discardableResult
    public static func install(
      _ tracer: (any Tracer)? = nil,
      where follows: @escaping @Sendable (ServiceContext) -> Bool = { _ in true }
    ) -> Bool {
      let tracer = tracer ?? InstrumentationSystem.tracer
      if tracer is NoOpTracer { return false }
      Node.current.observers.tracer = SpanTracer(tracer, follows)
      return true
    }

    /// Follows no messages any more, on the node of the code that asks: they cost as little as before.
    ///
    /// Does not suspend. What is on its way is followed to its handler.
    public static func uninstall() { Node.current.observers.tracer = nil }
  }

  /// Looks for the span of the code that asks.
  private final class SpanTracer: ProcessTracer {
    private let tracer: any Tracer
    private let follows: @Sendable (ServiceContext) -> Bool

    init(_ tracer: any Tracer, _ follows: @escaping @Sendable (ServiceContext) -> Bool) {
      self.tracer = tracer
      self.follows = follows
    }

    func trace(_ kind: TracedKind) -> (any MessageTrace)? {
      guard let context = ServiceContext.current, !context.isEmpty, follows(context) else { return nil }
      return SpanTrace(kind, of: context, tracer)
    }
  }
#endif
