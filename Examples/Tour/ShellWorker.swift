// The worker that answers the shell that has started it (seed 003).
import Supervision

struct ShellWorker: GenServer {
  enum Message: Sendable {
    case store(key: String, value: String)
    case shutdown
    case raise(String)
  }

  struct RuntimeError: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  let shell: ProcessRef<String>
  private var stored: [String: String] = [:]

  init(shell: ProcessRef<String>) {
    self.shell = shell
  }

  mutating func handle(_ message: Message) throws {
    switch message {
    case .store(let key, let value):
      stored[key] = value
      shell.send("hello_friend")
    case .shutdown: throw ExitReason.normal
    case .raise(let text): throw RuntimeError(description: text)
    }
  }

  /// Also runs when the worker has raised: then there is no goodbye.
  func terminate(_ reason: ExitReason) {
    if reason.isClean { shell.send("goodbye") }
  }
}
