import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Supervisor {
  /// Lets the rest of the program run in an OS process of its own, which is started again when it fails (OTP's relative is
  /// `heart`).
  ///
  ///     @main
  ///     struct Store {
  ///       static func main() async throws {
  ///         Supervisor.keepProgram()
  ///         exit(try await Supervisor.run(StoreTree()).exitStatus)
  ///       }
  ///     }
  ///
  /// For a program with a `main` of its own; ``SupervisedApplication/programRestart`` does the same without a call. Call it
  /// first: what came before is done by both, and threads that were started before stay in the parent.
  ///
  /// Does not suspend. In the parent it does not return; in the program, and where there is no parent, it returns at once.
  /// The environment variable `SUPERVISION_PARENT` overrules `restart`: `1` asks for a parent, `0` for none. It works on
  /// Linux; elsewhere a warning is logged, and the program runs as it was started.
  ///
  /// - Parameter restart: when the program is started again.
  public static func keepProgram(_ restart: ProgramRestart = .onFailure()) {
    guard !KeptProgram.isKept else { return }
    let role = ProgramRole(
      restart, environment: { name in getenv(name).map { String(cString: $0) } }, parent: getppid(),
      isAlive: { kill($0, 0) == 0 || errno == EPERM })
    // What this program starts is not under its parent.
    unsetenv(ProgramRole.marker)
    switch role {
    case .plain: break
    case .program(let parent): KeptProgram.begin(under: parent)
    case .parent(let settings): ProgramParent.run(settings)
    }
  }
}

/// The parent of a program: starts it, waits, and starts it again.
///
/// It uses nothing of the runtime, and one thread: what ends the program must not end it.
enum ProgramParent {
  static let logger = Logger(label: "supervision")

  /// Does not return, unless there can be no parent here.
  static func run(_ settings: ProgramRestart.Settings) {
    if let problem = settings.problem {
      logger.error("The program is not started: programRestart has \(problem)")
      exit(ApplicationEnd.failure)
    }
    #if os(Linux)
      guard let signals = ProgramSignals() else {
        logger.error(
          "The program runs without a parent: \(String(cString: strerror(errno))); see which files the program had open"
        )
        return
      }
      keep(settings, signals)
    #else
      logger.warning("The program runs without a parent: that works on Linux only; set SUPERVISION_PARENT=0 here")
    #endif
  }
}

#if os(Linux)
  extension ProgramParent {
    private static func keep(_ settings: ProgramRestart.Settings, _ signals: ProgramSignals) -> Never {
      let clock = ContinuousClock()
      let start = clock.now
      var keeper = ProgramKeeper(settings, terminate: SIGTERM, interrupt: SIGINT)
      var program: Int32?
      var alarm: ContinuousClock.Instant?
      var actions = keeper.begin()

      func tell(_ event: ProgramKeeper.Event) {
        actions += keeper.handle(event, at: start.duration(to: clock.now), chance: .random(in: 0...1))
      }

      while true {
        while !actions.isEmpty {
          switch actions.removeFirst() {
          case .start:
            let event = ProgramStart.start()
            if case .started(let process) = event { program = process }
            tell(event)
          case .wait(let time): alarm = clock.now + time
          case .pass(let number): if let program { kill(program, number) }
          case .kill: if let program { kill(program, SIGKILL) }
          case .report(let report):
            logger.log(level: report.level, "\(report.text)", metadata: report.metadata)
          case .exit(let status): exit(status)
          }
        }
        signals.wait(alarm.map { clock.now.duration(to: $0) })
        // Before what has ended: the program may have ended of the same signal.
        while let message = signals.next() {
          if message.number != SIGCHLD { tell(.signal(message.number, isSent: message.isSent)) }
        }
        if let end = ProgramStart.reap(program) {
          program = nil
          tell(.ended(end))
        }
        if let time = alarm, clock.now >= time {
          alarm = nil
          tell(.waitIsOver)
        }
      }
    }
  }
#endif
