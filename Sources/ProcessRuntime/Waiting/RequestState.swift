import Synchronization

/// Where the answer to a request is kept until somebody asks for it.
///
/// A ``WaitSlot`` knows it by its address, in a continuation's place; so whatever answers a call answers a request: a reply
/// token, its end, the end of the process that was asked.
class RequestState: @unchecked Sendable {
  private static let arrivals = Atomic<UInt64>(0)

  static func isMeant(by continuation: UnsafeRawPointer) -> Bool { UInt(bitPattern: continuation) & 1 != 0 }

  /// Opens a slot for the answer.
  ///
  /// Whoever holds the ticket may settle it, once.
  final func open(for caller: ProcessCell?, on node: Node) -> WaitTicket {
    let slot = node.waitSlots.take()
    slot.pointee.owner.store(caller?.number ?? 0, ordering: .relaxed)
    slot.pointee.deadline.store(.max, ordering: .relaxed)
    let address = UInt(bitPattern: Unmanaged.passRetained(self).toOpaque()) | 1
    slot.pointee.continuation.store(UnsafeRawPointer(bitPattern: address), ordering: .relaxed)
    let generation = slot.pointee.state.load(ordering: .relaxed) >> 1
    slot.pointee.state.store(generation << 1 | 1, ordering: .sequentiallyConsistent)
    return WaitTicket(slot: slot, generation: generation)
  }

  private static func take(_ continuation: UnsafeRawPointer, _ slot: UnsafeMutablePointer<WaitSlot>) -> RequestState? {
    WaitSlot.giveBack(slot)
    let address = UnsafeRawPointer(bitPattern: UInt(bitPattern: continuation) & ~1)
    return address.map { Unmanaged<RequestState>.fromOpaque($0).takeRetainedValue() }
  }

  @inline(never)
  static func settle<Value>(_ continuation: UnsafeRawPointer, _ slot: UnsafeMutablePointer<WaitSlot>, _ value: Value) {
    let state = take(continuation, slot)
    withUnsafePointer(to: value) { state?.receive(UnsafeRawPointer($0)) }
  }

  @inline(never)
  static func settle(
    _ continuation: UnsafeRawPointer, _ slot: UnsafeMutablePointer<WaitSlot>, throwing error: any Error
  ) {
    take(continuation, slot)?.fail(error)
  }

  static func nextArrival() -> UInt64 { arrivals.wrappingAdd(1, ordering: .relaxed).newValue }

  /// The answer: a value of the request's type.
  func receive(_ value: UnsafeRawPointer) {}

  /// There will be no answer.
  func fail(_ error: any Error) {}
}

/// The answer to one request, and who waits for it.
final class RequestAnswer<Value: Sendable>: RequestState, @unchecked Sendable {
  private enum Outcome: Sendable {
    case result(Result<Value, any Error>)
    /// From another node: nobody has looked into it yet.
    case foreign(any ForeignAnswer)
  }

  private struct State: Sendable {
    var outcome: Outcome?
    /// Its place among all answers.
    var arrival: UInt64 = 0
    var isAbandoned = false
    var waiters: [WaitTicket] = []
    var notices: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  override func receive(_ value: UnsafeRawPointer) {
    settle(.result(.success(value.assumingMemoryBound(to: Value.self).pointee)))
  }

  func receive(_ reply: ForeignReply) { settle(.foreign(reply.answer)) }

  override func fail(_ error: any Error) { settle(.result(.failure(error))) }

  private func settle(_ outcome: Outcome) {
    let (waiters, notices) = state.withLock { state -> ([WaitTicket], [@Sendable () -> Void]) in
      guard state.outcome == nil, !state.isAbandoned else { return ([], []) }
      state.outcome = outcome
      state.arrival = Self.nextArrival()
      defer { (state.waiters, state.notices) = ([], []) }
      return (state.waiters, state.notices)
    }
    for waiter in waiters { waiter.resume(returning: ()) }
    for notice in notices { notice() }
  }

  func abandon() {
    let waiters = state.withLock { state -> [WaitTicket] in
      guard state.outcome == nil else { return [] }
      state.isAbandoned = true
      defer { (state.waiters, state.notices) = ([], []) }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: ()) }
  }

  /// What a foreign answer holds is found out when it is asked for, by whoever asks: that runs the user's code.
  var result: Result<Value, any Error>? {
    switch state.withLock({ $0.outcome }) {
    case nil: return nil
    case .result(let result): return result
    case .foreign(let answer):
      let result = Result { try answer.value(of: Value.self) }
      state.withLock { $0.outcome = .result(result) }
      return result
    }
  }
  /// Its place among all answers; nil while there is none.
  var arrival: UInt64? { state.withLock { $0.outcome == nil ? nil : $0.arrival } }
  var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

  /// The waiter is resumed when there is an answer.
  ///
  /// False if there is one already, or there will never be one.
  func wait(_ waiter: WaitTicket) -> Bool {
    state.withLock { state in
      guard state.outcome == nil, !state.isAbandoned else { return false }
      state.waiters.append(waiter)
      return true
    }
  }

  func endWait(_ waiter: WaitTicket) { state.withLock { $0.waiters.removeAll { $0 == waiter } } }

  /// Calls `notice` when there is an answer; at once, if there is.
  func notify(_ notice: @escaping @Sendable () -> Void) {
    let isThere = state.withLock { state in
      if state.outcome == nil, !state.isAbandoned { state.notices.append(notice) }
      return state.outcome != nil
    }
    if isThere { notice() }
  }
}

/// A request to a process of another node: what its slot is resumed with is a ``ForeignReply``.
final class ForeignRequest<Value: Sendable>: RequestState, @unchecked Sendable {
  private let answer: RequestAnswer<Value>

  init(_ answer: RequestAnswer<Value>) { self.answer = answer }

  override func receive(_ value: UnsafeRawPointer) {
    answer.receive(value.assumingMemoryBound(to: ForeignReply.self).pointee)
  }

  override func fail(_ error: any Error) { answer.fail(error) }
}
