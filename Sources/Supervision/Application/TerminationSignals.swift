@_spi(Runtime) import ProcessRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The signals that order a program to stop. While one of these exists they come to it; then they mean again what they did.
final class TerminationSignals: Sendable {
  private static let numbers = [SIGTERM, SIGINT]

  private struct State: Sendable {
    var isReleased = false
  }

  private let previous: [sigaction]
  private let pipeEnds: (read: Int32, write: Int32)
  private let state = Mutex(State())

  init() {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    pipeEnds = (ends[0], ends[1])
    terminationPipe.store(ends[1], ordering: .sequentiallyConsistent)
    previous = Self.numbers.map { number in
      var action = sigaction()
      var old = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = noteTermination
      #else
        action.__sigaction_handler.sa_handler = noteTermination
      #endif
      sigaction(number, &action, &old)
      return old
    }
  }

  /// Calls `body`, on a thread of its own, with the first signal. From then on another one ends the program at once.
  func onFirst(_ body: @escaping @Sendable (Int32) -> Void) {
    let (readEnd, writeEnd) = pipeEnds
    Thread.start(named: "signals") {
      var number: UInt8 = 0
      while read(readEnd, &number, 1) < 0, errno == EINTR {}
      if number > 0 {
        self.restore()
        body(Int32(number))
      }
      close(readEnd)
      close(writeEnd)
    }
  }

  /// The signals mean again what they did before.
  func release() {
    restore()
    terminationPipe.store(-1, ordering: .sequentiallyConsistent)
    // Wakes the thread, which closes the pipe.
    var nothing: UInt8 = 0
    _ = write(pipeEnds.write, &nothing, 1)
  }

  private func restore() {
    let isFirst = state.withLock { state in
      defer { state.isReleased = true }
      return !state.isReleased
    }
    guard isFirst else { return }
    for (number, old) in zip(Self.numbers, previous) {
      var old = old
      sigaction(number, &old, nil)
    }
  }
}

/// Where the handler writes the signal's number: it may do nothing else.
private let terminationPipe = Atomic<Int32>(-1)

private func noteTermination(_ number: Int32) {
  var byte = UInt8(truncatingIfNeeded: number)
  let error = errno
  _ = write(terminationPipe.load(ordering: .relaxed), &byte, 1)
  errno = error
}
