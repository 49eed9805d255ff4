public import CFaultBarrier

/// Contains faults on threads that ask for it, by abandoning the thread where it faulted.
///
/// A thread calls ``prepareThread()`` once and then, around the code that may trap, ``arm()`` and ``disarm()``. A trap in
/// between ends neither the program nor the thread: the thread stops for ever inside its signal handler, with everything
/// it holds, and ``nextFault()`` returns on the thread that waits there. Any other trap crashes the program as it does
/// without this module. What this costs and what it does not contain: `Documentation/decisions/0002-abandon-in-place.md`.
///
/// ``arm()``, ``disarm()`` and ``threadContext`` are one or two instructions on thread-local storage. They must be used
/// only in synchronous functions that are `@inline(never)`, never in an `async` function or in what is inlined into one:
/// the optimiser may keep the address of thread-local storage over a suspension point, and then it is another thread's.
///
/// Those three are `public` because only public functions are inlined into other modules; no product exports this module.
public enum FaultBarrier {
  /// What a thread may be abandoned for.
  public struct Kinds: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int32
    /// Kinds from their bits.
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
    /// What Swift checks before it does harm: traps, failed casts, dead references; and the end of the thread's stack.
    @inlinable public static var checks: Self { Self(rawValue: 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4) }
    /// What may have left memory torn: exclusivity violations, `abort()`, null pointers, arithmetic in C.
    @inlinable public static var hard: Self { Self(rawValue: 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9) }

    /// Faults of one kind.
    package init(_ kind: RawFault.Kind) { self.init(rawValue: 1 << Int32(truncatingIfNeeded: kind.rawValue)) }
  }

  /// Takes over the signals that faults come as.
  ///
  /// Idempotent. To be called after other crash handlers are installed: they keep getting every fault that is not
  /// contained. Handlers
  /// that are installed later come first, and decide themselves whether this module still sees a fault.
  ///
  /// - Returns: whether containment is on; `false` on a system where it is not supported.
  package static func install() -> Bool {
    cfb_install()
  }

  /// Whether ``install()`` has turned containment on.
  package static var isInstalled: Bool {
    cfb_is_installed()
  }

  /// Gives the current thread what the signal handler needs: a signal stack and a record.
  ///
  /// Idempotent.
  ///
  /// - Returns: `false` if there is no memory for it, or the system's limit on mappings is reached, or containment is not
  ///   supported. Traps on this thread then go on crashing the program, armed or not.
  @discardableResult
  package static func prepareThread() -> Bool {
    cfb_thread_prepare()
  }

  /// Gives back what ``prepareThread()`` took; a prepared thread must call it before it ends.
  package static func releaseThread() {
    cfb_thread_release()
  }

  /// The current thread, as the kernel's scheduler knows it; zero where that cannot be said.
  package static var threadID: Int32 { cfb_thread_id() }

  /// Tells the processor that this thread waits in a loop, for some ten nanoseconds.
  @inlinable @inline(__always)
  public static func pause() {
    cfb_pause()
  }

  /// From here on a fault of these kinds abandons this thread, if it is prepared.
  @inlinable @inline(__always)
  public static func arm(_ kinds: Kinds = .checks) {
    cfb_arm(kinds.rawValue)
  }

  /// From here on a trap on this thread crashes the program.
  @inlinable @inline(__always)
  public static func disarm() {
    cfb_disarm()
  }

  /// What abandons this thread now: what is armed already stays so when an inner part is done.
  @inlinable @inline(__always)
  public static var armed: Kinds { Kinds(rawValue: cfb_armed()) }

  /// A pointer of the caller's own for this thread, which ``nextFault()`` returns with the fault; `nil` until it is set.
  @inlinable @inline(__always)
  public static var threadContext: UnsafeMutableRawPointer? {
    get { unsafe cfb_context() }
    set { unsafe cfb_set_context(newValue) }
  }

  /// Waits until an armed thread traps, and returns its fault and its ``threadContext``.
  ///
  /// Blocks the calling thread, for ever if containment is off. Each fault is returned once, the oldest first.
  package static func nextFault() -> (fault: RawFault, context: UnsafeMutableRawPointer?) {
    while true {
      let seen = wakeUps
      if let next = unsafe takeFault() { return unsafe next }
      wait(since: seen)
    }
  }

  /// The same without waiting; nil if there is none.
  package static func takeFault() -> (fault: RawFault, context: UnsafeMutableRawPointer?)? {
    var record = cfb_record()
    var context: UnsafeMutableRawPointer?
    guard unsafe cfb_take_fault(&record, &context) else { return nil }
    return unsafe (RawFault(record), context)
  }

  /// Whether a fault waits to be taken: one load, for those who pass by often.
  @inlinable @inline(__always)
  public static var hasFault: Bool { cfb_has_fault() }

  /// How often whoever waits for faults has been woken.
  package static var wakeUps: Int32 { cfb_wakeups() }

  /// Blocks until there has been another wake-up: by a fault, or ``wakeUp()``.
  package static func wait(since seen: Int32) { cfb_wait(seen) }

  package static func wakeUp() { cfb_wake() }
}
