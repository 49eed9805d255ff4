#if ControlSocket
  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// A terminal that is drawn on, and left as it was found.
  final class Terminal {
    enum Key: Equatable {
      case letter(Character)
      /// Nobody is there any more, or Control-C.
      case end
    }

    private var found = termios()

    init() throws {
      guard tcgetattr(STDIN_FILENO, &found) == 0 else {
        throw ToolFailure(status: 1, description: "this is no terminal; `supervisionctl top | cat` prints one look")
      }
      var raw = found
      // Keys come at once and are not shown. Control-C is a key: so the terminal is left as it was found then too.
      raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
      tcsetattr(STDIN_FILENO, TCSANOW, &raw)
      // A screen of its own, without a cursor.
      Output.screen("\u{1B}[?1049h\u{1B}[?25l")
      Self.restoring = found
      // Whoever has started this program may have them blocked.
      var signals = sigset_t()
      sigemptyset(&signals)
      for number in [SIGINT, SIGTERM, SIGHUP] {
        signal(number) { number in
          Terminal.restoreFromSignal()
          signal(number, SIG_DFL)
          raise(number)
        }
        sigaddset(&signals, number)
      }
      sigprocmask(SIG_UNBLOCK, &signals, nil)
    }

    func restore() {
      tcsetattr(STDIN_FILENO, TCSANOW, &found)
      Output.screen("\u{1B}[?25h\u{1B}[?1049l")
    }

    /// What a signal handler puts back: set once, before there is one.
    nonisolated(unsafe) private static var restoring = termios()

    /// Calls nothing that a signal handler must not.
    private static func restoreFromSignal() {
      let bytes: StaticString = "\u{1B}[?25h\u{1B}[?1049l"
      var found = restoring
      tcsetattr(STDIN_FILENO, TCSANOW, &found)
      _ = Output.system(STDOUT_FILENO, bytes.utf8Start, bytes.utf8CodeUnitCount)
    }

    /// Puts these lines on the screen, over what was there.
    func draw(_ lines: [String], rows: Int) {
      var text = "\u{1B}[H"
      for line in lines.prefix(max(1, rows - 1)) { text += line + "\u{1B}[K\r\n" }
      Output.screen(text + "\u{1B}[J")
    }

    /// The key that is pressed within so many milliseconds.
    func key(within milliseconds: Int32) -> Key? {
      var poller = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, milliseconds) > 0 else { return nil }
      var byte: UInt8 = 0
      guard read(STDIN_FILENO, &byte, 1) == 1, byte != 3, byte != 4 else { return .end }
      return .letter(Character(Unicode.Scalar(byte)))
    }

    static var size: (rows: Int, columns: Int) {
      var size = winsize()
      guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
        return (24, 80)
      }
      return (Int(size.ws_row), Int(size.ws_col))
    }
  }
#endif
