#if Subprocess
  /// The reason of a child that is an OS process, when that has failed.
  public struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What has happened.
    public enum Kind: Hashable, Sendable {
      /// It has exited with that status, which is not 0.
      case status(Int32)
      /// A signal of that number has ended it.
      case signal(Int32)
      /// There is no such program; nothing was run.
      case notFound
      /// The system would not start it, and why.
      case notStarted(String)
      /// The OS process of the child's earlier life, of that number, was killed and has not ended.
      case predecessorLives(Int32)
    }

    /// What was to run.
    public let command: String
    /// What has happened.
    public let kind: Kind

    init(_ command: String, _ kind: Kind) {
      self.command = command
      self.kind = kind
    }

    /// Such as `sh ended with status 3`.
    public var description: String {
      switch kind {
      case .status(let status): "\(command) ended with status \(status)"
      case .signal(let number): "\(command) ended by signal \(number)"
      case .notFound:
        "there is no program \(command); give its path, or set PATH in the command's environment"
      case .notStarted(let problem): "\(command) could not be started: \(problem)"
      case .predecessorLives(let process):
        "\(command) is not started again, because OS process \(process) was killed and has not ended yet"
      }
    }
  }
#endif
