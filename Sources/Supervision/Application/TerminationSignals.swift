@_spi(Runtime) import ProcessRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The signals that order a program to stop, SIGTERM and SIGINT.
///
/// As long as anybody listens, the first of them is handed on and another one ends the program at once; after that they
/// mean again what they did before. A program under a parent may be told both by whoever tells its whole group (the
/// terminal, systemd) and by its parent: that is one order.
enum TerminationSignals {
  private static let numbers = [SIGTERM, SIGINT]

  private struct State: Sendable {
    var listeners: [UInt64: @Sendable (Int32) -> Void] = [:]
    var nextKey: UInt64 = 0
    /// What the signals meant before; empty while nobody listens.
    var previous: [sigaction] = []
    var reader: Int32?
  }

  private static let state = Mutex(State())

  /// Calls `body` with the first signal, on a thread of its own.
  static func listen(_ body: @escaping @Sendable (Int32) -> Void) -> UInt64 {
    state.withLock { state in
      state.nextKey += 1
      state.listeners[state.nextKey] = body
      if state.reader == nil { state.reader = startReader() }
      if state.reader != nil, state.previous.isEmpty { state.previous = install() }
      return state.nextKey
    }
  }

  static func unlisten(_ key: UInt64) {
    state.withLock { state in
      state.listeners[key] = nil
      guard state.listeners.isEmpty else { return }
      for (number, old) in zip(numbers, state.previous) {
        var old = old
        sigaction(number, &old, nil)
      }
      state.previous = []
    }
  }

  private static func install() -> [sigaction] {
    terminationCount.store(0, ordering: .sequentiallyConsistent)
    // What the handler reads must have been read before: the first look at a global may take a lock.
    _ = KeptProgram.isKept
    return numbers.map { number in
      var action = sigaction()
      var old = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_sigaction = noteTermination
      #else
        action.__sigaction_handler.sa_sigaction = noteTermination
      #endif
      // The system calls of whoever is interrupted go on.
      action.sa_flags = SA_RESTART | Int32(SA_SIGINFO)
      sigaction(number, &action, &old)
      return old
    }
  }

  /// The thread that hears of signals, for as long as the program runs: what its handler may do itself is next to
  /// nothing.
  ///
  /// Nil if the system has no more files to give; then signals end the program as ever.
  private static func startReader() -> Int32? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    let (input, output) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
    terminationPipe.store(output, ordering: .sequentiallyConsistent)
    Thread.start(named: "signals") {
      while let number = next(input) {
        let listeners = state.withLock { Array($0.listeners.values) }
        // It came while the last listener went: it means what it did before.
        if listeners.isEmpty { kill(getpid(), number) }
        for listener in listeners { listener(number) }
      }
    }
    return input
  }

  private static func next(_ input: Int32) -> Int32? {
    var number: UInt8 = 0
    while true {
      let count = read(input, &number, 1)
      if count == 1 { return Int32(number) }
      if count == 0 || errno != EINTR { return nil }
    }
  }
}

/// Where the handler writes the signal's number.
private let terminationPipe = Atomic<Int32>(-1)
/// How many signals have come since the handler was installed: in the upper half those that the program's parent has handed
/// on, in the lower half all others.
private let terminationCount = Atomic<UInt64>(0)

/// In a signal handler: nothing but what is safe there.
private func noteTermination(
  _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
) {
  let error = errno
  let one: UInt64 = KeptProgram.isPassedOn(info) ? 1 << 32 : 1
  let before = terminationCount.wrappingAdd(one, ordering: .sequentiallyConsistent).oldValue
  if before == 0 {
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(terminationPipe.load(ordering: .relaxed), &byte, 1)
  } else if (one == 1 ? before & 0xFFFF_FFFF : before >> 32) > 0 {
    endAtOnce(number)
  }
  errno = error
}

private func endAtOnce(_ number: Int32) {
  if getpid() == 1 {
    // The first process of a container does not die of a signal that it leaves to the system.
    _exit(128 + number)
  }
  _ = signal(number, SIG_DFL)
  _ = kill(getpid(), number)
}
