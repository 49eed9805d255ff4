#if Tracing
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Synchronization
  import Tracing

  /// The sender's context on its way, and then the span of the work that it has asked for.
  final class SpanTrace: MessageTrace {
    private enum State: Sendable {
      case onItsWay
      case begun(any Span)
      case ended
    }

    private let kind: TracedKind
    private let sender: ServiceContext
    private let tracer: any Tracer
    private let state = Mutex((State.onItsWay, ServiceContext.topLevel))

    init(_ kind: TracedKind, of sender: ServiceContext, _ tracer: any Tracer) {
      self.kind = kind
      self.sender = sender
      self.tracer = tracer
    }

    func begin(_ name: String, in process: ProcessCell) {
      // By the process's turn alone; only its end may come from elsewhere.
      guard case .onItsWay = state.withLock({ $0.0 }) else { return }
      let span = makeSpan(name)
      if span.isRecording {
        span.updateAttributes {
          $0["process.id"] = process.id.description
          if let name = process.name { $0["process.name"] = name }
        }
      }
      var context = span.context
      if kind != .call { context.takeOver(what: sender) }
      state.withLock { $0 = (.begun(span), context) }
    }

    private func makeSpan(_ name: String) -> any Span {
      switch kind {
      case .call: return tracer.startSpan(name, context: sender, ofKind: .server)
      case .send, .start:
        let span = tracer.startSpan(name, context: .topLevel, ofKind: kind == .send ? .consumer : .internal)
        span.addLink(SpanLink(context: sender, attributes: [:]))
        return span
      }
    }

    func runAtOnce(_ work: () throws -> Void) throws {
      try ServiceContext.withValue(state.withLock { $0.1 }, operation: work)
    }

    func run(_ work: () async throws -> Void) async throws {
      try await ServiceContext.withValue(state.withLock { $0.1 }, operation: work)
    }

    func end(failure: String?) {
      let span = state.withLock { state -> (any Span)? in
        guard case .begun(let span) = state.0 else { return nil }
        state.0 = .ended
        return span
      }
      guard let span else { return }
      if let failure {
        span.setStatus(SpanStatus(code: .error, message: failure))
        span.updateAttributes { $0["exit.reason"] = failure }
      }
      span.end()
    }
  }

  extension ServiceContext {
    /// What the sender's context has besides its span: a request's number, a tenant.
    ///
    /// The span's own entries are those that the new span has too.
    fileprivate mutating func takeOver(what sender: ServiceContext) {
      sender.forEach { key, value in
        if !contains(key), let key = key.keyType as? any ServiceContextKey.Type { add(value, key) }
      }
    }

    private func contains(_ key: AnyServiceContextKey) -> Bool {
      var isThere = false
      forEach { own, _ in if own == key { isThere = true } }
      return isThere
    }

    private mutating func add<Key: ServiceContextKey>(_ value: any Sendable, _ key: Key.Type) {
      if let value = value as? Key.Value { self[key] = value }
    }
  }
#endif
