import Logging
@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The process of a GenServer.
///
/// It holds no task while it is at rest, and none at all if its callbacks do not suspend: then the worker calls them
/// itself.
final class ServerProcess<Server: GenServer>: ServerCell, @unchecked Sendable {
  typealias Message = Server.Message

  typealias Work = ServerWork

  // The turn's, and the task's that runs in its place.
  @exclusivity(unchecked) private var storage: Server?
  @exclusivity(unchecked) private(set) var hasState = false
  /// Present until init has run.
  @exclusivity(unchecked) private var make: ServerMake<Server>?
  @exclusivity(unchecked) var idle: IdleTimeout?
  /// The callback that was called last is not the server's own: it has inherited it.
  @exclusivity(unchecked) var sawInherited = false
  /// The state before `terminate`, for the report.
  @exclusivity(unchecked) private var lastState: Kept?

  /// Whose exit is an order to end; nil: nobody's but its own (rule GS-47).
  @exclusivity(unchecked) private(set) var parent: ProcessID?
  let traits = ServerTraits.of(Server.self)

  /// Init has thrown, and the starter will hear of it in its own words.
  private let hasFailed = Atomic<Bool>(false)

  init(node: Node, parent: ProcessCell?, _ make: ServerMake<Server>) {
    self.make = make
    self.parent = parent?.id
    super.init(node: node)
  }

  override var messageType: Any.Type { Message.self }
  override var kindName: String {
    TypeName.of(type: (Server.self as? any BehaviourServer.Type)?.userType ?? Server.self)
  }
  override var behaviourName: String { (Server.self as? any BehaviourServer.Type)?.behaviourName ?? "GenServer" }

  // MARK: The state

  /// A state that is kept for a report: few servers ever have one.
  private final class Kept {
    let state: Server
    init(_ state: Server) { self.state = state }
  }

  /// Where the state lies, while ``hasState``.
  ///
  /// An optional that is not nil begins with its value. To use it as an optional takes its metadata, which a generic class looks
  /// up each time: 420 instructions, a third of a cast.
  @inline(__always)
  final var state: UnsafeMutablePointer<Server> {
    Self.address(of: &storage).assumingMemoryBound(to: Server.self)
  }

  @inline(__always)
  private static func address(of storage: UnsafeMutablePointer<Server?>) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(storage)
  }

  func setState(_ new: consuming Server) {
    storage = new
    hasState = true
  }

  // MARK: A turn

  override func serve(_ budget: inout Int, on worker: Worker) {
    guard task == nil else { return }
    if make != nil { initialise() }
    guard hasState, task == nil, !isDead else { return }
    if system != nil { return serveWatched() }
    while budget > 0, let envelope = nextEnvelope() {
      budget -= 1
      guard handleAtOnce(envelope), !isDead else { return }
      if worker.turnIsOver(), hasMail { budget = 0 }
    }
    if budget > 0 { armIdleTimeout() }
  }

  /// A server that is suspended, logged or traced: in a task, whatever comes.
  private func serveWatched() {
    if let envelope = nextWatched() { activate(.envelope(envelope)) } else { armIdleTimeout() }
  }

  /// Handles one envelope without a task.
  ///
  /// False if that took one, or if the process is to end.
  private func handleAtOnce(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> Bool {
    switch envelope.pointee.kind {
    case .message:
      cancelIdleTimeout()
      if traits.message.load(ordering: .relaxed) == .asynchronous {
        activate(.mail(envelope))
        return false
      }
      sawInherited = false
      do {
        if envelope.pointee.isTraced {
          try handleTraced(envelope)
        } else {
          try guarded { try Envelope<Message>.peek(envelope) { try state.pointee.handle($0) } }
        }
      } catch {
        end(.failure(error))
        return false
      }
      if sawInherited {
        traits.message.store(.asynchronous, ordering: .relaxed)
        activate(.mail(envelope))
        return false
      }
      settleCall()
      return true
    case .signal:
      cancelIdleTimeout()
      let signal = Envelope<Signal>.peek(envelope) { $0 }
      if let reason = orderToEnd(signal) {
        end(reason)
        return false
      }
      return call(traits.signal, .signal(signal)) { (state: inout Server) throws in try state.handle(signal) }
    case .foreign:
      guard let own = adoptCurrent(envelope) else { return !isDead }
      return handleAtOnce(own)
    case .system:
      switch Envelope<SystemMessage>.peek(envelope, { $0 }) {
      case .stop(let reason):
        end(reason)
        return false
      case .idle(let number):
        guard hasPassed(number) else { return true }
        return call(traits.timeout, .timeout) { (state: inout Server) throws in try state.handleTimeout() }
      case .request:
        activate(.envelope(envelope))
        return false
      }
    }
  }

  /// Calls a callback that need not be there, without a task if that is possible.
  ///
  /// False if it took one, or the process is to end.
  private func call(
    _ mode: borrowing Atomic<ServerTraits.Mode>, _ work: Work, _ callback: (inout Server) throws -> Void
  ) -> Bool {
    switch mode.load(ordering: .relaxed) {
    case .absent:
      noteUnhandled(work)
      return true
    case .asynchronous:
      activate(work)
      return false
    case .unknown:
      sawInherited = false
      do {
        try guarded { try callback(&state.pointee) }
      } catch {
        end(.failure(error))
        return false
      }
      if !sawInherited { return true }
      // Either the server has written the asynchronous one, or none: that one's call will tell.
      mode.store(.asynchronous, ordering: .relaxed)
      activate(work)
      return false
    }
  }

  func noteUnhandled(_ work: Work) {
    guard case .signal(let signal) = work, !isDead else { return }
    node.reports(UnhandledSignalReport(process: id, name: name, kind: kindName, signal: signal))
  }

  /// The reason to end, if the signal is the parent's exit (rule GS-45).
  func orderToEnd(_ signal: Signal) -> ExitReason? {
    guard case .exit(let process, let reason) = signal, process == parent ?? id else { return nil }
    return reason
  }

  // MARK: Beginning

  private func initialise() {
    switch make {
    case nil: return
    case .asynchronous?: activate(.initialise)
    case .synchronous(let make)?:
      self.make = nil
      do {
        if let origin {
          try initialise(within: origin) { setState(try make()) }
        } else {
          try guarded { setState(try make()) }
        }
      } catch {
        fail(error)
        return
      }
      guard !isDead else { return }
      acknowledge()
      _ = call(traits.continue, .continue) { (state: inout Server) throws in try state.handleContinue() }
    }
  }

  /// How it is made, once.
  func takeMake() -> ServerMake<Server>? {
    defer { make = nil }
    return make
  }

  /// Tells the starter that init has run.
  func acknowledge() {
    starter?.resume(returning: ())
  }

  /// Init has thrown (rule GS-1).
  ///
  /// `terminate` is not called.
  func fail(_ error: any Error) {
    if isDead { return }
    let (reason, failure) = StartError.verdict(error)
    if !reason.isClean { reportCrash(reason) }
    hasFailed.store(true, ordering: .sequentiallyConsistent)
    die(reason)
    starter?.resume(throwing: failure)
  }

  override func didDie(_ reason: ExitReason) {
    // Mostly it has started long ago: then there is no need to make an error.
    guard let starter, starter.isWaiting, !hasFailed.load(ordering: .sequentiallyConsistent) else { return }
    starter.resume(throwing: StartError(.failed(reason)))
  }

  // MARK: Ending

  /// Ends the server after a callback has thrown, or on an order: `terminate`, then the report, then exit signals
  /// (LOG-21).
  ///
  /// A server that is dead already does nothing more (GS-41).
  func end(_ reason: ExitReason) {
    if isDead { return }
    keepState(reason)
    switch traits.terminate.load(ordering: .relaxed) {
    case .absent: finish(reason)
    case .asynchronous:
      beginEnding()
      activate(.terminate(reason))
    case .unknown:
      sawInherited = false
      guarded { if hasState { state.pointee.terminate(reason) } }
      if sawInherited {
        traits.terminate.store(.asynchronous, ordering: .relaxed)
        beginEnding()
        activate(.terminate(reason))
      } else {
        finish(reason)
      }
    }
  }

  func finish(_ reason: ExitReason) {
    if isDead { return }
    if !reason.isClean { reportCrash(reason) }
    die(reason)
  }

  /// What the report is to show, before `terminate` changes it.
  func keepState(_ reason: ExitReason) {
    if !reason.isClean, redaction == .none, node.reports.wants(.error) { lastState = storage.map(Kept.init) }
  }

  override func openForeign(_ message: any ForeignMessage) -> UnsafeMutablePointer<EnvelopeHeader>? {
    message.envelope(of: Message.self, for: self)
  }

  override var inspectedState: Any? { hasState ? storage : nil }

  override func reclaim() {
    cancelIdleTimeout()
    hasState = false
    // Taken out first: what traps while it is destroyed must not be there to be destroyed again.
    _ = storage.take()
    lastState = nil
    make = nil
    parent = nil
    system = nil
  }

  // MARK: For reports

  override var redaction: ReportRedaction { .stricter(super.redaction, Server.redaction) }

  override func stateText(_ redaction: ReportRedaction) -> String? {
    redaction == .none ? (lastState?.state ?? storage).map { ReportText.describing($0) } : kindName
  }

  override func reportDetails(_ redaction: ReportRedaction) -> [ReportDetail] {
    let own = (lastState?.state ?? storage) as? any BehaviourServer
    return (own?.details(redaction) ?? []) + (system?.details ?? [])
  }

  override func messageText(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String {
    Envelope<Message>.peek(envelope) { ReportText.describing(copy $0) }
  }

  override func messageName(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String {
    Envelope<Message>.peek(envelope) { EnumCase.name(copy $0) }
  }

  override func messageValue(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> (any Sendable)? {
    Envelope<Message>.peek(envelope) { copy $0 }
  }

  override func destroyMessage(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    Envelope<Message>.free(envelope)
  }
}

/// What a server does that may need a task: passed from its turn to the task that takes its place.
///
/// Not the server's own type: that would be looked up at each activation.
enum ServerWork: @unchecked Sendable {
  case mail(UnsafeMutablePointer<EnvelopeHeader>)
  /// Whatever it is: a request, or anything for a server that is watched.
  case envelope(UnsafeMutablePointer<EnvelopeHeader>)
  case signal(Signal)
  case initialise
  case `continue`
  case timeout
  case terminate(ExitReason)
}
