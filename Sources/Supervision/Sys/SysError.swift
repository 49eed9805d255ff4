public import ProcessRuntime

/// Why a system operation was not done (the exit reasons of the functions of OTP's `sys`).
public struct SysError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// The server did not answer: there is none, it ended, it took too long.
    case call(CallError)
    /// The closure that looks at the state, or changes it, has failed; the server is as it was (OTP's `callback_failed`).
    case callbackFailed(ExitReason)
    /// The process is none that answers system messages: no server, supervisor or state machine.
    case notAServer(ProcessID)
    /// Its state is of another type: the name is that of the server's own.
    case wrongServer(String)
  }

  /// What went wrong.
  public let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  public var description: String {
    switch kind {
    case .call(let error): "system \(error)"
    case .callbackFailed(let reason):
      "the closure given to a system operation has failed, and the server is as it was: \(reason)"
    case .notAServer(let process):
      "\(process) answers no system messages; only GenServers, state machines and supervisors do"
    case .wrongServer(let type):
      "the server is a \(type), and not of the type that was asked for; pass as: \(type).self"
    }
  }
}
