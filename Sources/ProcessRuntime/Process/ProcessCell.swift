import Synchronization

/// One process, as the runtime sees it: mailbox, relations, and the executor of whatever runs in it.
///
/// The cell is the process's own task executor (every job that comes back to it knows its process), its mailbox (``inbox``,
/// written by all, and ``queue``, the worker's), and one small record of links, monitors and names under one lock. What a
/// kind of process does with its mail is its subclass's.
///
/// A cell keeps itself alive from its start until it is dead and its last job is gone: tasks hold their executor unowned.
@_spi(Runtime)
open class ProcessCell: TaskExecutor, @unchecked Sendable {
  package final let number: UInt64
  package final unowned(unsafe) let node: Node

  let inbox: Inbox
  let lock = SpinLock()
  private let deadFlag = Atomic<Bool>(false)
  private let reductionCount = Atomic<UInt64>(0)
  /// Whether it waits in a `call`.
  ///
  /// Then ``Extras/call`` says for whom.
  let isCalling = Atomic<Bool>(false)
  /// Whether there is a ``job``: changed with it, under the lock, and read by the turn without.
  let hasJobs = Atomic<Bool>(false)
  /// Whether its mail passes through a ``MailboxGate``, which stands in ``extras``.
  let isBounded = Atomic<Bool>(false)
  /// Whether there are ``Extras/unanswered``, who may be told.
  let hasUnanswered = Atomic<Bool>(false)

  // The lock's, from here to the next remark.
  @exclusivity(unchecked) var queue = EnvelopeQueue()
  @exclusivity(unchecked) var job: UnownedJob?
  @exclusivity(unchecked) var moreJobs: [UnownedJob] = []
  @exclusivity(unchecked) var reason: ExitReason?
  /// It is dead, and its links and monitors have been told.
  @exclusivity(unchecked) var isCarriedOut = false
  @exclusivity(unchecked) var trapsExits = false
  @exclusivity(unchecked) var links = LinkSet()
  @exclusivity(unchecked) var watchers = WatcherSet()
  /// The callers whose messages were handled without an answer: the reply token was stored or passed on.
  @exclusivity(unchecked) var deferredCalls: [WaitTicket] = []
  /// The message being handled.
  @exclusivity(unchecked) var current: UnsafeMutablePointer<EnvelopeHeader>?
  /// Who has started it, and that one's own.
  @exclusivity(unchecked) var ancestry: Ancestry?
  /// What few processes have.
  @exclusivity(unchecked) var extras: Extras?

  /// Where its own task waits, once it has: set by the turn, and read by whoever ends the process.
  let slot = Atomic<UnsafeMutablePointer<WaitSlot>?>(nil)

  // The turn's: only what runs as this process touches these.
  @exclusivity(unchecked) var slotIsTaken = false
  /// A task of this process (its body, or a server's activation) has not ended.
  @exclusivity(unchecked) package final var task: UnsafeCurrentTaskBox?
  /// The process's thread was abandoned within a trap: what it owned is leaked, and is not touched again.
  @exclusivity(unchecked) var isAbandoned = false
  @exclusivity(unchecked) var isReclaimed = false
  @exclusivity(unchecked) var faultPolicy = FaultPolicy.program
  @exclusivity(unchecked) var pendingFault: PendingFault?
  /// How a task waits for mail, if one has ever done so; kept for good, so that a look need not count it.
  @exclusivity(unchecked) var mailWaiting: Unmanaged<MailWaiting>?
  @exclusivity(unchecked) var mailboxPolicy = MailboxPolicy.program
  /// There is more mail than the policy allows, and that has been said.
  @exclusivity(unchecked) var mailboxIsHigh = false
  @exclusivity(unchecked) var receivesInARow: UInt16 = 0
  /// How many turns have ended with more to do.
  @exclusivity(unchecked) var turnsInARow: UInt8 = 0
  /// Whether a task of this process has given up the rest of the turn.
  @exclusivity(unchecked) var isYielding = false

  /// A process of this node that has not begun yet.
  public init(node: Node) {
    self.number = node.nextNumber()
    self.node = node
    inbox = Inbox()
    node.isKeptByProcesses(true)
  }

  /// For what has no mailbox here: a process that never was, or one of another node.
  init(absent number: UInt64, on node: Node) {
    self.number = number
    self.node = node
    node.isKeptByProcesses(true)
    inbox = Inbox(Inbox.closed)
    deadFlag.store(true, ordering: .relaxed)
    reason = .noProcess
    isCarriedOut = true
  }

  deinit {
    if let slot = slot.load(ordering: .relaxed) { WaitSlot.giveBack(slot) }
    mailWaiting?.release()
    node.isKeptByProcesses(false)
  }

  package final var id: ProcessID { ProcessID(self) }

  /// Messages handled and jobs run.
  ///
  /// Written by the process's turn alone, read by whoever wants to know.
  package final var reductions: UInt64 {
    @inline(__always) get { reductionCount.load(ordering: .relaxed) }
    @inline(__always) set { reductionCount.store(newValue, ordering: .relaxed) }
  }

  @inline(__always)
  package final var isDead: Bool { deadFlag.load(ordering: .acquiring) }

  final func markDead() { deadFlag.store(true, ordering: .sequentiallyConsistent) }

  final func isDeadInOrder() -> Bool { deadFlag.load(ordering: .sequentiallyConsistent) }

  /// Why it ended; nil while it lives.
  package final var exitReason: ExitReason? {
    lock.withLock { reason }
  }

  // MARK: What a kind of process does

  /// Handles mail, as long as it can and the budget (in messages) lasts.
  ///
  /// The caller is this process's turn.
  open func serve(_ budget: inout Int, on worker: Worker) {}

  /// Destroys a message of the process's own type that nobody will handle.
  open func destroyMessage(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    Envelope<Never>.free(envelope)
  }

  /// A message, as it prints.
  open func messageText(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String { "" }

  /// A message itself, for dead letters.
  open func messageValue(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> (any Sendable)? { nil }

  /// A message's name: the enum's case.
  ///
  /// Runs nobody's code.
  open func messageName(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String { "" }

  /// The process has just ended, for everyone.
  ///
  /// Called on whatever thread ended it.
  open func didDie(_ reason: ExitReason) {}

  /// Frees the process's state.
  ///
  /// Called once, when it is dead, no task of it is left, and nothing was abandoned.
  open func reclaim() {}

  /// The type of the process's messages.
  open var messageType: Any.Type { Never.self }

  /// The name of what runs in it, for reports: `Cache`, `Supervisor`, `process`.
  open var kindName: String { "process" }

  /// The first word of its reports: `GenServer`, `Supervisor`, `Process`.
  open var behaviourName: String { "Process" }

  /// Who asked for it, for reports of tasks: a name or an id.
  open var starterText: String? { nil }

  /// Where its work is written, for reports of tasks.
  open var functionText: String? { nil }

  /// The state, for a report; nil if there is none to show.
  ///
  /// Runs the user's code.
  open func stateText(_ redaction: ReportRedaction) -> String? { nil }

  /// What else there is to say in a report.
  ///
  /// Runs the user's code.
  open func reportDetails(_ redaction: ReportRedaction) -> [ReportDetail] { [] }

  /// A message from another node as one of this process's own type; nil if there is nothing left to handle.
  ///
  /// In its turn. Runs the user's code.
  open func openForeign(_ message: any ForeignMessage) -> UnsafeMutablePointer<EnvelopeHeader>? { nil }

  /// The state, for who inspects it from another node; nil if there is none to show.
  ///
  /// In its turn.
  open var inspectedState: Any? { nil }

  /// Itself, if it is a process of another node.
  ///
  /// Asked only where it looks dead.
  var remote: RemoteProcess? { nil }

  /// How much of what it holds may appear in reports.
  open var redaction: ReportRedaction { node.reports.redaction }

  // MARK: TaskExecutor

  /// A piece of one of the process's tasks: it waits for the process's turn.
  ///
  /// From Swift's runtime, on any thread.
  public final func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    lock.lock()
    if self.job == nil {
      self.job = job
      hasJobs.store(true, ordering: .relaxed)
    } else {
      moreJobs.append(job)
    }
    lock.unlock()
    wakeUp()
  }

  /// Makes sure that a worker looks at this process.
  package final func wakeUp() {
    if case .wakes = inbox.poke() { node.schedule(self) }
  }

  /// Puts an envelope into the mailbox, or destroys it if the process is gone.
  @inline(__always)
  package final func push(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    if isBounded.load(ordering: .acquiring) { return pushThroughGate(envelope) }
    settle(inbox.push(envelope), envelope)
  }

  /// The same for a message of the user's, whose type the other node needs if the process is remote.
  @inline(__always)
  final func push<Message: Sendable>(_ envelope: UnsafeMutablePointer<EnvelopeHeader>, of type: Message.Type) {
    if isBounded.load(ordering: .acquiring) { return pushThroughGate(envelope) }
    switch inbox.push(envelope) {
    case .wakes: node.schedule(self)
    case .queued: break
    case .closed: refuse(envelope, of: type)
    }
  }

  @inline(never)
  private final func refuse<Message: Sendable>(
    _ envelope: UnsafeMutablePointer<EnvelopeHeader>, of type: Message.Type
  ) {
    guard let remote else { return refuse(envelope, .noProcess) }
    remote.peer.send(Envelope<Message>.open(envelope), to: remote)
  }

  /// Under the lock, which it gives back: what must enter the mailbox in one step with a change of the process.
  final func pushAndUnlock(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    if isBounded.load(ordering: .relaxed) { return pushThroughGateAndUnlock(envelope) }
    let outcome = inbox.push(envelope)
    lock.unlock()
    settle(outcome, envelope)
  }

  @inline(__always)
  private final func settle(_ outcome: Inbox.Outcome, _ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    switch outcome {
    case .wakes: node.schedule(self)
    case .queued: break
    case .closed: refuse(envelope, .noProcess)
    }
  }
}

/// The task that runs as a process, for cancelling it from outside.
package struct UnsafeCurrentTaskBox: Sendable {
  let cancel: Task<Void, Never>

  package init(_ task: Task<Void, Never>) { self.cancel = task }
}

extension ProcessCell {
  /// What few processes have: kept apart, so that the others need not pay for it.
  final class Extras {
    /// The monitors that this process has placed, by their number.
    var monitoring: [UInt64: Monitoring] = [:]
    /// The aliases of this process that are active, by their number: that of their monitor, if they have one.
    var aliases: [UInt64: AliasMode] = [:]
    /// Suspended tasks besides the process's own: of its task groups.
    var waits: [WaitTicket] = []
    /// Who waits for this process's end.
    var exitWaiters: [WaitTicket] = []
    /// The last call that this process has made: to whom, and whether it still waits.
    ///
    /// For finding cycles.
    var call: (target: ProcessCell, ticket: WaitTicket)?
    /// The reason whose report is being written, which runs the user's code.
    var beingReported: ExitReason?
    /// What others keep for this process until it ends.
    var holdings: [(owner: ObjectIdentifier, holding: any ProcessHolding)] = []
    /// On whose behalf it works, the nearest first.
    var callers: [ProcessID] = []
    var label: String?
    var registeredName: String?
    /// What becomes of it when a turn does not end; nil: what the program has.
    var hangPolicy: HangPolicy?
    /// Whether what it has started is not to outlive it for long, should a fault end it.
    var endsOrphans = false
    /// What it lays down for those that it starts.
    var settingsOfChildren: ProcessSettings?
    /// What it is to those that it starts.
    var ancestryOfChildren: Ancestry?
    /// Through which its mail comes, if its mailbox is bounded.
    var gate: MailboxGate?
    /// The callers whose messages a body has taken, answered or not: its reply tokens are lost with it in a trap.
    var receivedCalls: [WaitTicket] = []
    /// The callers whose reply tokens have gone away in this process's turn.
    var unanswered: [Unanswered] = []
    /// Whether they hear of its end only.
    var isEnding = false
    /// The trace that its start is a part of, until that work is over.
    var origin: (any MessageTrace)?
    /// The trace of the message that a body handles.
    var handling: (any MessageTrace)?

    /// What is left of them when it is dead: what stands at the gate is drained with its mail.
    var remains: Extras? {
      guard let gate else { return nil }
      let remains = Extras()
      remains.gate = gate
      return remains
    }
  }

  /// Under the lock.
  final var sureExtras: Extras {
    if let extras { return extras }
    let new = Extras()
    extras = new
    return new
  }

  final func destroy(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    switch envelope.pointee.kind {
    case .message: destroyMessage(envelope)
    case .signal: _ = Envelope<Signal>.open(envelope)
    case .system: _ = Envelope<SystemMessage>.open(envelope)
    case .foreign: _ = Envelope<any ForeignMessage>.open(envelope)
    }
  }
}

/// A process that never was, and so is dead: behind ids in the tests of pure machines, and where OTP's answer to an absent
/// process needs an id.
final class NoProcess: ProcessCell, @unchecked Sendable {
  init(number: UInt64) { super.init(absent: number, on: .shared) }
}
