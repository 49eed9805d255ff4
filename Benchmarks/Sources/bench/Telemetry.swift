#if TELEMETRY
  import Harness
  import Supervision
  import SupervisionIntegrations
  import Tracing

  /// Who watches the benchmarks: for what it costs to be watched.
  enum Telemetry {
    /// Runs them as `BENCH_TELEMETRY` says.
    static func watch(_ run: () async -> Void) async {
      switch OS.environment("BENCH_TELEMETRY") {
      case "metrics": await start(measuresCalls: false)
      case "calls": await start(measuresCalls: true)
      case "tracer": ProcessTracing.install(UnsampledTracer())
      case "spans":
        ProcessTracing.install(UnsampledTracer())
        var context = ServiceContext.topLevel
        context[UnsampledTracer.Key.self] = true
        return await ServiceContext.withValue(context) { await run() }
      default: break
      }
      await run()
    }

    private static func start(measuresCalls: Bool) async {
      // Where the numbers go costs what it costs: here nothing.
      _ = try? await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.telemetry(every: .seconds(10), measuresCalls: measuresCalls)
      }
    }
  }

  /// Samples nothing: its spans are contexts and no more.
  private struct UnsampledTracer: Tracer {
    enum Key: ServiceContextKey {
      typealias Value = Bool
    }

    func startSpan<Instant: TracerInstant>(
      _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
      at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> UnsampledSpan {
      var context = context()
      context[Key.self] = true
      return UnsampledSpan(context: context)
    }

    func forceFlush() {}
    func extract<Carrier, Extract>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
    where Extract: Extractor, Extract.Carrier == Carrier {}
    func inject<Carrier, Inject>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject: Injector, Inject.Carrier == Carrier {}
  }

  private struct UnsampledSpan: Span {
    let context: ServiceContext

    var operationName: String {
      get { "" }
      nonmutating set {}
    }
    var attributes: SpanAttributes {
      get { [:] }
      nonmutating set {}
    }
    var isRecording: Bool { false }
    func setStatus(_ status: SpanStatus) {}
    func addEvent(_ event: SpanEvent) {}
    func recordError<Instant: TracerInstant>(
      _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {}
    func addLink(_ link: SpanLink) {}
    func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {}
  }
#endif
