import CProgram

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

#if os(Linux)
  /// Starts the running program once more, and learns how it has ended.
  enum ProgramStart {
    /// A link to the file that this OS process runs, whatever has become of its name.
    private static let link = "/proc/self/exe"

    /// The program with the same arguments, files and environment, and with the marker of a parent in it.
    ///
    /// - Returns: its number, or the system's error.
    static func start() -> ProgramKeeper.Event {
      // By its name, so that it is called by it in the system's lists, and so that a new version is found.
      let event = start(path)
      if case .notStarted(ENOENT) = event { return start(Array(link.utf8CString)) }
      return event
    }

    /// Takes note of children that have ended: of the program, and of whatever was left to this OS process.
    ///
    /// - Returns: how the program has ended, if it is among them.
    static func reap(_ program: Int32?) -> ProgramEnd? {
      var end: ProgramEnd?
      var status: Int32 = 0
      while true {
        let child = waitpid(-1, &status, WNOHANG)
        if child == -1, errno == EINTR { continue }
        if child <= 0 { return end }
        if child == program { end = ProgramEnd(waitStatus: status) }
      }
    }

    private static func start(_ path: [CChar]) -> ProgramKeeper.Event {
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      // Some threads that may call this block signals, and the program would inherit that.
      var none = sigset_t()
      sigemptyset(&none)
      posix_spawnattr_setsigmask(&attributes, &none)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
      var process: pid_t = 0
      let error = withEnvironment {
        posix_spawn(&process, path, nil, &attributes, CommandLine.unsafeArgv, $0)
      }
      return error == 0 ? .started(process) : .notStarted(error: error)
    }

    /// What the link points to, with the zero that ends it.
    private static var path: [CChar] {
      var bytes = [CChar](repeating: 0, count: 4_096)
      return readlink(link, &bytes, bytes.count - 1) > 0 ? bytes : Array(link.utf8CString)
    }

    private static func withEnvironment<Result>(
      _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
      var variables: [UnsafeMutablePointer<CChar>?] = []
      let wish = ProgramRole.wish + "=1"
      let marker = ProgramRole.marker + "="
      var next = cprogram_environment()
      while let variable = next?.pointee {
        // Neither is for the program, nor for those that it starts; a wish that is not understood is told of by the program.
        let isOwn = strcmp(variable, wish) == 0 || strncmp(variable, marker, marker.utf8.count) == 0
        if !isOwn { variables.append(variable) }
        next = next?.advanced(by: 1)
      }
      let mark = strdup("\(marker)\(getpid())")
      defer { free(mark) }
      return body(variables + [mark, nil])
    }
  }

  extension ProgramEnd {
    /// As `waitpid` tells it.
    init(waitStatus: Int32) {
      self = waitStatus & 0x7F == 0 ? .status(waitStatus >> 8 & 0xFF) : .signal(waitStatus & 0x7F)
    }
  }
#endif
