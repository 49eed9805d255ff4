import Logging
import ProcessRuntime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program's parent has started it, or found that it has ended.
///
///     Program started as OS process 4711
///     Program (OS process 4711) ended with status 75; it starts again in 0.1 seconds
struct ProgramReport: Report, Hashable {
  enum Kind: Hashable, Sendable {
    case started
    case startsAgain(ProgramEnd, Duration)
    case ended(ProgramEnd)
    case gaveUp(ProgramEnd, Supervisor.Intensity)
    case stoppedWaiting
  }

  let kind: Kind
  let process: Int32?

  init(_ kind: Kind, _ process: Int32?) {
    self.kind = kind
    self.process = process
  }

  var level: Logger.Level {
    switch kind {
    case .started, .stoppedWaiting, .ended(.status(0)): .notice
    case .startsAgain, .ended: .warning
    case .gaveUp: .error
    }
  }

  var text: String {
    switch kind {
    case .started: "Program started as \(place)"
    case .startsAgain(let end, let wait): "\(subject) \(end.predicate); it starts again in \(wait.rounded)"
    case .ended(let end): "\(subject) \(end.predicate)"
    case .gaveUp(let end, let intensity):
      "\(subject) \(end.predicate); it is not started again, because there have been \(intensity): "
        + "see its own reports, or allow more in ProgramRestart"
    case .stoppedWaiting: "Program told to stop while it did not run"
    }
  }

  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    if let process { metadata["program.os-process"] = "\(process)" }
    switch kind {
    case .started, .stoppedWaiting: break
    case .startsAgain(let end, let wait):
      metadata["program.end"] = "\(end)"
      metadata["program.wait"] = "\(wait.rounded)"
    case .ended(let end), .gaveUp(let end, _): metadata["program.end"] = "\(end)"
    }
    return metadata
  }

  private var place: String { process.map { "OS process \($0)" } ?? "no OS process" }
  private var subject: String { process.map { "Program (OS process \($0))" } ?? "Program" }
}

extension ProgramEnd: CustomStringConvertible {
  /// `status 1`, `signal 9`, or why it could not be started.
  var description: String {
    switch self {
    case .status(let status): "status \(status)"
    case .signal(let number): "signal \(number)"
    case .notStarted(let error): String(cString: strerror(error))
    }
  }

  /// What stands after the program's name.
  fileprivate var predicate: String {
    switch self {
    case .status: "ended with \(self)"
    case .signal: "ended by \(self)"
    case .notStarted: "could not be started: \(self)"
    }
  }
}

extension Duration {
  /// To whole milliseconds: chance has its part in a wait, and nobody wants to read all its digits.
  fileprivate var rounded: Duration {
    let (seconds, attoseconds) = components
    return .seconds(seconds) + .milliseconds(attoseconds / 1_000_000_000_000_000)
  }
}
