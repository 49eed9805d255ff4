import Logging
@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The process of a GenServer. It holds no task while it is at rest, and none at all if its callbacks do not suspend: then
/// the worker calls them itself.
final class ServerProcess<Server: GenServer>: ProcessCell, @unchecked Sendable {
  typealias Message = Server.Message

  @exclusivity(unchecked) var state: Server?
  /// Present until init has run.
  @exclusivity(unchecked) var make: ServerMake<Server>?
  /// Who waits for init.
  @exclusivity(unchecked) var starter: WaitTicket?
  /// Whose exit is an order to end.
  private let parent: ProcessCell?
  let traits = ServerTraits.of(Server.self)
  @exclusivity(unchecked) var idle: IdleTimeout?

  init(node: Node, parent: ProcessCell?, _ make: ServerMake<Server>) {
    self.make = make
    self.parent = parent
    super.init(node: node)
  }

  override var messageType: Any.Type { Message.self }
  override var kindName: String { "\(Server.self)" }

  // MARK: A turn

  override func serve(_ budget: inout Int, on worker: Worker) {
    guard task == nil else { return }
    if make != nil {
      initialise(on: worker)
      guard state != nil, task == nil, !isDead else { return }
    }
    while budget > 0, let envelope = nextEnvelope() {
      budget -= 1
      guard handleAtOnce(envelope, on: worker), !isDead else { return }
    }
    if budget > 0 { armIdleTimeout() }
  }

  /// Handles one envelope without a task. False if that took one, or if the process is to end.
  private func handleAtOnce(_ envelope: UnsafeMutablePointer<EnvelopeHeader>, on worker: Worker) -> Bool {
    idle?.cancel()
    idle = nil
    switch envelope.pointee.kind {
    case .message:
      if traits.message.load(ordering: .relaxed) == .asynchronous {
        activate(.mail(envelope))
        return false
      }
      sawDefault = false
      do {
        try guarded { try Envelope<Message>.peek(envelope) { try state?.handle($0) } }
      } catch {
        end(.failure(error), on: worker)
        return false
      }
      if sawDefault {
        traits.message.store(.asynchronous, ordering: .relaxed)
        activate(.mail(envelope))
        return false
      }
      settleCall()
      return true
    case .signal:
      let signal = Envelope<Signal>.peek(envelope) { $0 }
      if let reason = orderToEnd(signal) {
        end(reason, on: worker)
        return false
      }
      return call(traits.signal, .signal(signal), on: worker) { (state: inout Server) throws in try state.handle(signal) }
    case .system:
      switch Envelope<SystemMessage>.peek(envelope, { $0 }) {
      case .stop(let reason):
        end(reason, on: worker)
        return false
      case .idle:
        return call(traits.timeout, .timeout, on: worker) { (state: inout Server) throws in try state.handleTimeout() }
      }
    }
  }

  /// Calls a callback that need not be there, without a task if that is possible.
  private func call(
    _ mode: borrowing Atomic<ServerTraits.Mode>, _ work: ServerWork, on worker: Worker,
    _ callback: (inout Server) throws -> Void
  ) -> Bool {
    switch mode.load(ordering: .relaxed) {
    case .absent:
      noteUnhandled(work)
      return true
    case .asynchronous:
      activate(work)
      return false
    case .unknown, .synchronous:
      sawDefault = false
      do {
        try guarded { if state != nil { try callback(&state!) } }
      } catch {
        end(.failure(error), on: worker)
        return false
      }
      if !sawDefault { return true }
      // Inherited: either the server has written the asynchronous one, or none.
      activate(work)
      return false
    }
  }

  func noteUnhandled(_ work: ServerWork) {
    if case .signal(let signal) = work { node.reports(UnhandledSignalReport(process: id, kind: kindName, signal: signal)) }
  }

  /// The reason to end, if the signal is the parent's exit (rule GS-45).
  func orderToEnd(_ signal: Signal) -> ExitReason? {
    if let parent, case .exit(parent.id, let reason) = signal { reason } else { nil }
  }

  // MARK: Beginning

  private func initialise(on worker: Worker) {
    switch make {
    case nil: return
    case .asynchronous(let make)?:
      self.make = nil
      activate(.initialise(make))
    case .synchronous(let make)?:
      self.make = nil
      do {
        try guarded { state = try make() }
      } catch {
        fail(error)
        return
      }
      acknowledge()
      _ = call(traits.continue, .continue, on: worker) { (state: inout Server) throws in try state.handleContinue() }
    }
  }

  /// Tells the starter that init has run.
  func acknowledge() {
    let starter = starter
    self.starter = nil
    starter?.resume(returning: ())
  }

  /// Init has thrown (rule GS-1). `terminate` is not called.
  func fail(_ error: any Error) {
    let reason: ExitReason
    let start: StartError
    switch error {
    case let error as StartError:
      start = error
      switch error.kind {
      case .ignored, .failed: reason = .normal
      default: reason = .failure(error)
      }
    default:
      reason = .failure(error)
      start = StartError(.failed(reason))
    }
    if !reason.isClean { node.reports(CrashReport(self, reason)) }
    startFailure = start
    die(reason)
  }

  @exclusivity(unchecked) private var startFailure: StartError?

  override func didDie(_ reason: ExitReason) {
    guard let starter else { return }
    self.starter = nil
    starter.resume(throwing: startFailure ?? StartError(.failed(reason)))
  }

  // MARK: Ending

  /// Ends the server after a callback has thrown, or on an order: `terminate`, then reports, then exit signals (LOG-21).
  func end(_ reason: ExitReason, on worker: Worker) {
    switch traits.terminate.load(ordering: .relaxed) {
    case .absent: finish(reason)
    case .asynchronous: activate(.terminate(reason))
    case .unknown, .synchronous:
      sawDefault = false
      guarded { state?.terminate(reason) }
      if sawDefault { activate(.terminate(reason)) } else { finish(reason) }
    }
  }

  func finish(_ reason: ExitReason) {
    if !reason.isClean, !isDead, node.reports.wants(.error) { node.reports(report(reason)) }
    die(reason)
  }

  private func report(_ reason: ExitReason) -> CrashReport {
    var report = CrashReport(self, reason)
    switch node.reports.redaction {
    case .none:
      report.lastMessage = guarded { currentMessageText }
      report.state = guarded { state.map { "\($0)" } }
    case .typesOnly:
      report.lastMessage = currentMessageName
      report.state = "\(Server.self)"
    }
    return report
  }

  override func destroyMessage(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    Envelope<Message>.free(envelope)
  }

  override func messageText(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String {
    Envelope<Message>.peek(envelope) { "\($0)" }
  }

  override func messageName(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String {
    Envelope<Message>.peek(envelope) { EnumCase.name($0) }
  }

  override func reclaim() {
    idle?.cancel()
    idle = nil
    state = nil
    make = nil
  }
}
