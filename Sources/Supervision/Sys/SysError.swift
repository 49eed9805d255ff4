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
    /// The state of a process of another node is no value of the type that was asked for, or that type is not `Codable`.
    case wrongState(String)
    /// The process of another node has answered something else than such a process does.
    case wrongAnswer(String)
    /// The other node does not let this one do that: its name.
    case refused(String)
    /// It can be done to processes of this node only.
    case onlyHere(String)
  }

  /// What went wrong.
  public let kind: Kind

  package init(_ kind: Kind) { self.kind = kind }

  public var description: String {
    switch kind {
    case .call(let error): "system \(error)"
    case .callbackFailed(let reason):
      "the closure given to a system operation has failed, and the server is as it was: \(reason)"
    case .notAServer(let process):
      "\(process) answers no system messages; only GenServers, state machines and supervisors do"
    case .wrongServer(let type):
      "the server is a \(type), and not of the type that was asked for; pass as: \(type).self"
    case .wrongState(let what): "the state of another node's process cannot be taken over: \(what)"
    case .wrongAnswer(let answer):
      "a process of another node has not answered a system message as servers do: \(answer)"
    case .refused(let node):
      "\(node) does not allow system messages of this node; its permissions say who may send them"
    case .onlyHere(let name):
      "\(name) takes a function to the server, and functions stay on their node; use startLog and log"
    }
  }
}
