#if Subprocess
  @_spi(Runtime) import ProcessRuntime
  import Synchronization

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// The OS process of one life of a child, and who may send it signals: nobody when its number may be another's.
  final class CommandState: ProcessHolding {
    private struct State {
      var process: pid_t?
      /// Nobody sends a signal any more: from here on the number can be given to another OS process.
      var isOver = false
      var isKilled = false
      /// A signal that came before there was anything to send it to.
      var pending: Int32?
    }

    private let state = Mutex(State())

    /// The number of the OS process, as long as that is its own.
    var process: pid_t? { state.withLock { $0.isOver ? nil : $0.process } }

    /// Whether it is known to have ended, or was never there.
    var isOver: Bool {
      state.withLock { state in
        state.isOver || state.process.map(Self.hasEnded) ?? false
      }
    }

    var wasAskedToEnd: Bool { state.withLock { $0.isKilled || $0.pending != nil } }

    func begin(_ process: pid_t) {
      state.withLock { state in
        state.process = process
        if state.isKilled {
          _ = kill(-process, SIGKILL)
        } else if let signal = state.pending {
          _ = kill(process, signal)
        }
      }
    }

    func end() { state.withLock { $0.isOver = true } }

    func askToEnd(_ signal: Int32) {
      state.withLock { state in
        state.pending = signal
        if let process = state.process, !state.isOver { _ = kill(process, signal) }
      }
    }

    /// The child's process has ended, while the OS process may not have: nobody looks after it any more.
    func release(from cell: ProcessCell) {
      state.withLock { state in
        state.isKilled = true
        if let process = state.process, !state.isOver { _ = kill(-process, SIGKILL) }
      }
    }

    /// Whether this OS process, a child of the program that nobody has asked about, has ended.
    ///
    /// It stays to be asked about.
    static func hasEnded(_ process: pid_t) -> Bool {
      var info = siginfo_t()
      let result = waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT)
      return result == 0 ? info.si_signo != 0 : errno == ECHILD
    }
  }

  /// The OS processes of a child's earlier lives: each has to end before the next begins.
  final class EarlierCommands: Sendable {
    private static let limit = Duration.seconds(5)

    private let program: String
    private let states = Mutex<[(process: ProcessID, state: CommandState)]>([])

    init(_ program: String) { self.program = program }

    func add(_ state: CommandState, of process: ProcessID) {
      states.withLock { states in
        states.removeAll { $0.state.isOver }
        states.append((process, state))
      }
    }

    /// Suspends until those are gone whose children have ended.
    ///
    /// They have been killed: it takes no longer than the system needs for that.
    func haveEnded() async throws {
      let since = ContinuousClock.now
      var wait = Duration.milliseconds(1)
      for (process, state) in states.withLock({ $0 }) where !process.isAlive {
        while !state.isOver {
          guard ContinuousClock.now - since < Self.limit else {
            throw CommandFailure(program, .predecessorLives(state.process ?? 0))
          }
          try await CurrentProcess.sleep(for: wait)
          wait = min(wait * 2, .milliseconds(50))
        }
      }
    }
  }
#endif
