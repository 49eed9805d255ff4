import FaultBarrier
import Glibc
import Synchronization

/// The signal of a Swift trap on this machine.
#if arch(x86_64)
  let trapSignal = SIGILL
#else
  let trapSignal = SIGTRAP
#endif

/// Starts threads that may be abandoned, and hands each fault to the test that waits for it.
///
/// Only for the body of an exit test. The faults of a program go to whoever asks for them first, and all suites run in one
/// program: in it, the library's own monitor would take the faults of these threads, and this catcher those of processes.
final class FaultCatcher: Sendable {
  static let shared = FaultCatcher()

  private init() {
    endIfStuck()
    guard FaultBarrier.install() else { return }
    startThread(stackSize: 1 << 20) {
      while true {
        let (fault, context) = FaultBarrier.nextFault()
        guard let context else { continue }
        Unmanaged<Outcome>.fromOpaque(context).takeUnretainedValue().fault(fault)
      }
    }
  }

  /// Runs `body` armed on a prepared thread.
  ///
  /// `onFault` runs on the monitor thread.
  ///
  /// - Returns: `nil` if `body` ran to its end.
  func fault(
    onFault: @escaping @Sendable () -> Void = {}, in body: @escaping @Sendable () -> Void
  ) async -> RawFault? {
    await withCheckedContinuation { continuation in
      let outcome = Outcome(continuation, onFault)
      startThread {
        prepared(context: Unmanaged.passUnretained(outcome).toOpaque()) { armed(body) }
        outcome.resume(nil)
      }
    }
  }

  private final class Outcome: Sendable {
    private let continuation: CheckedContinuation<RawFault?, Never>
    private let onFault: @Sendable () -> Void
    init(_ continuation: CheckedContinuation<RawFault?, Never>, _ onFault: @escaping @Sendable () -> Void) {
      self.continuation = continuation
      self.onFault = onFault
    }
    func fault(_ fault: RawFault) {
      onFault()
      resume(fault)
    }
    func resume(_ fault: RawFault?) { continuation.resume(returning: fault) }
  }
}

@inline(never)
func prepared(context: UnsafeMutableRawPointer?, _ body: () -> Void) {
  FaultBarrier.prepareThread()
  FaultBarrier.threadContext = context
  body()
  FaultBarrier.releaseThread()
}

@inline(never)
func armed(_ body: () -> Void) {
  FaultBarrier.arm()
  body()
  FaultBarrier.disarm()
}

/// Ends this process in four minutes, with a status that no test expects: to read the symbols of this program takes seconds, and on
/// a busy machine half a minute.
///
/// The time limit of a test does not end the process of its exit test, which would be waited for as long as it lasts.
func endIfStuck() {
  startThread {
    var left = sleep(240)
    // A signal to every thread ends a sleep.
    while left > 0 { left = sleep(left) }
    _exit(99)
  }
}

/// Starts a detached thread.
func startThread(stackSize: Int = 256 << 10, _ body: @escaping @Sendable () -> Void) {
  let thread = makeThread(stackSize: stackSize, body)
  pthread_detach(thread)
}

/// Runs `body` on a thread of its own and waits for its end.
///
/// Only for the body of an exit test: a thread that is abandoned does not end.
func runThread(_ body: @escaping @Sendable () -> Void) {
  endIfStuck()
  pthread_join(makeThread(stackSize: 256 << 10, body), nil)
}

private func makeThread(stackSize: Int, _ body: @escaping @Sendable () -> Void) -> pthread_t {
  final class Start {
    let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setstacksize(&attributes, stackSize)
  var thread = pthread_t()
  let start = Unmanaged.passRetained(Start(body))
  let error = pthread_create(
    &thread, &attributes,
    { start in
      Unmanaged<Start>.fromOpaque(start!).takeRetainedValue().body()
      return nil
    }, start.toOpaque())
  precondition(error == 0, "pthread_create: \(error)")
  return thread
}
