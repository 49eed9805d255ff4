// expect: Sendable
// Two processes never share a mutable object: what is sent is Sendable.
import Supervision

final class Document {
  var text = ""
}

struct Editor: GenServer {
  enum Message {
    case open(Document)
  }

  mutating func handle(_ message: Message) {}
}

func use() async throws {
  let editor = try await Editor.start { Editor() }
  editor.send(.open(Document()))
}
