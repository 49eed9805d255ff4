#if Subprocess
  public import Logging

  /// How an OS process is run as a child, besides what to run.
  public struct CommandOptions: Sendable {
    /// Where its output goes, a line at a time: standard output as `info`, standard error as `warning`.
    ///
    /// The metadata of each line: `command`, the child's id; `command.stream`; `os.process.id`.
    public var logger: Logger
    /// How many bytes of a line are logged; the rest of a longer one is dropped, and the line says so.
    public var longestLine: Int
    /// The signal that asks it to end: 15, SIGTERM, unless said otherwise.
    public var endSignal: Int32
    /// Whether it is killed when this program ends in whatever way, by `kill -9` too.
    ///
    /// Needs `/bin/sh`; where there is none, set it to false.
    public var endsWithProgram: Bool
    /// Whether it has this program's environment variables, besides those that it is given.
    public var inheritsEnvironment: Bool

    /// Options; without arguments, the defaults.
    public init(
      logger: Logger = Logger(label: "supervision.command"), longestLine: Int = 4_096, endSignal: Int32 = 15,
      endsWithProgram: Bool = true, inheritsEnvironment: Bool = true
    ) {
      self.logger = logger
      self.longestLine = longestLine
      self.endSignal = endSignal
      self.endsWithProgram = endsWithProgram
      self.inheritsEnvironment = inheritsEnvironment
    }
  }
#endif
