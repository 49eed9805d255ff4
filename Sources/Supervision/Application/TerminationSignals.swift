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
    var isRestored = false
    var hasReader = false
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
    state.withLock { $0.hasReader = true }
    Thread.start(named: "signals") {
      while let number = self.next() {
        self.restore()
        body(number)
      }
      self.closePipe()
    }
  }

  /// The signals mean again what they did before.
  func release() {
    restore()
    terminationPipe.store(-1, ordering: .sequentiallyConsistent)
    if state.withLock({ $0.hasReader }) {
      // Its last word to the reader, which closes the pipe.
      var nothing: UInt8 = 0
      _ = write(pipeEnds.write, &nothing, 1)
    } else {
      closePipe()
    }
  }

  /// The next signal's number; nil when there will be no more.
  private func next() -> Int32? {
    var number: UInt8 = 0
    while true {
      let count = read(pipeEnds.read, &number, 1)
      if count == 1 { return number == 0 ? nil : Int32(number) }
      if count == 0 || errno != EINTR { return nil }
    }
  }

  private func closePipe() {
    close(pipeEnds.read)
    close(pipeEnds.write)
  }

  private func restore() {
    let isFirst = state.withLock { state in
      defer { state.isRestored = true }
      return !state.isRestored
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
