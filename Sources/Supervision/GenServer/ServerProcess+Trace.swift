@_spi(Runtime) import ProcessRuntime
import Synchronization

/// A server's work that is part of a trace.
extension ServerProcess {
  /// A message, without a task.
  ///
  /// If that shows that the handler needs one, the task goes on with the trace.
  // Not inlined: few messages have one.
  @inline(never)
  func handleTraced(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) throws {
    guard let trace = envelope.trace else { return }
    try runAtOnce(trace, workName(messageName(envelope)), isOver: { !sawInherited }) {
      try Envelope<Message>.peek(envelope) { try state.pointee.handle($0) }
    }
  }

  /// The same in a task.
  func handle(
    _ message: Message, _ envelope: UnsafeMutablePointer<EnvelopeHeader>, within trace: any MessageTrace
  ) async throws {
    guard hasState else { return }
    try await run(trace, workName(messageName(envelope))) { try await state.pointee.handle(message) }
  }

  @inline(never)
  func initialise(within origin: any MessageTrace, _ make: () throws -> Void) throws {
    defer { endOrigin() }
    try runAtOnce(origin, workName("init"), make)
  }

  func initialise(within origin: any MessageTrace, _ make: () async throws -> Void) async throws {
    defer { endOrigin() }
    try await run(origin, workName("init"), make)
  }

  private func workName(_ work: String) -> String {
    traits.workNames.withLock { names in
      if let known = names[work] { return known }
      let new = "\(kindName).\(work)"
      names[work] = new
      return new
    }
  }
}
