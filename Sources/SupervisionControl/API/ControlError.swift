/// Why a control socket is not there.
public enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the socket is longer than the system takes.
  case pathTooLong(String, limit: Int)
  /// The folder is not there, or others may change what is in it.
  case folder(String, String)
  /// Something else is there.
  case notASocket(String)
  /// Another program listens there.
  case inUse(String)
  /// The system has refused.
  case system(String, code: Int32)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .pathTooLong(let path, let limit):
      "the path of the control socket, \(path), is longer than the \(limit) bytes that the system takes; choose a shorter one"
    case .folder(let folder, let problem):
      "the folder of the control socket, \(folder), \(problem); choose one that belongs to this user alone (mode 0700)"
    case .notASocket(let path):
      "\(path) is there and is no socket: it is left alone; remove it, or choose another path for the control socket"
    case .inUse(let path):
      "another program listens at \(path); stop it, or choose another path for the control socket"
    case .system(let what, let code): "\(what): \(SystemText.of(code))"
    }
  }
}
