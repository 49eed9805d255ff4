import CProgram
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

#if os(Linux)
  /// The signals that a program's parent hears of, each as one message in a pipe.
  struct ProgramSignals: Sendable {
    struct Message: Hashable {
      var number: Int32
      /// Whether a process has sent it.
      var isSent: Bool
    }

    /// Those that are heard even if whoever started the parent had them ignored: the program listens to them.
    private static let orders = [SIGTERM, SIGINT]
    private static let others = [SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]

    private let input: Int32

    /// Begins to listen.
    ///
    /// Nil if the system has no more files to give. For good: the parent does nothing else, and the system gives the programs
    /// that it starts the handlers' defaults back.
    init?() {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return nil }
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      input = ends[0]
      messagePipe.store(ends[1], ordering: .sequentiallyConsistent)
      var heard = sigset_t()
      sigemptyset(&heard)
      for number in Self.orders + Self.others.filter({ !cprogram_is_ignored($0) }) + [SIGCHLD] {
        Self.handle(number, noteMessage)
        sigaddset(&heard, number)
      }
      // A log that nobody reads must not end the parent; and if this were ignored, the program would inherit that.
      if !cprogram_is_ignored(SIGPIPE) { Self.handle(SIGPIPE) { _, _, _ in } }
      pthread_sigmask(SIG_UNBLOCK, &heard, nil)
    }

    /// Waits until there is a message, or the time is over; nil: for ever.
    func wait(_ time: Duration?) {
      var file = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      poll(&file, 1, time.map { $0.milliseconds } ?? -1)
    }

    /// The next message, if there is one.
    func next() -> Message? {
      var bytes: (UInt8, UInt8) = (0, 0)
      guard read(input, &bytes, 2) == 2 else { return nil }
      return Message(number: Int32(bytes.0), isSent: bytes.1 != 0)
    }

    private static func handle(
      _ number: Int32,
      _ handler: @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void
    ) {
      var action = sigaction()
      action.__sigaction_handler.sa_sigaction = handler
      action.sa_flags = SA_RESTART | Int32(SA_SIGINFO) | SA_NOCLDSTOP
      sigaction(number, &action, nil)
    }
  }

  /// Where the handler writes.
  private let messagePipe = Atomic<Int32>(-1)

  /// In a signal handler: nothing but what is safe there.
  private func noteMessage(
    _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
  ) {
    let error = errno
    var bytes = (UInt8(truncatingIfNeeded: number), UInt8(cprogram_is_sent(info) ? 1 : 0))
    // If the pipe is full nothing is lost but signals that are there a thousand times already.
    _ = write(messagePipe.load(ordering: .relaxed), &bytes, 2)
    errno = error
  }

  extension Duration {
    /// Whole ones, rounded up; as many as a wait can have.
    fileprivate var milliseconds: Int32 {
      let (seconds, attoseconds) = components
      guard seconds >= 0 else { return 0 }
      let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
      return seconds > 1_000_000 ? 1_000_000_000 : Int32(seconds * 1_000 + part)
    }
  }
#endif
