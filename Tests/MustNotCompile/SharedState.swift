// expect: capture of 'document' with non-Sendable type 'Document'
// The start closure runs again at every restart, in another process: what it captures is Sendable.
import Supervision

final class Document {
  var text = ""
}

struct Editor: GenServer {
  enum Message: Sendable {
    case save
  }

  let document: Document

  mutating func handle(_ message: Message) {}
}

func use(document: Document) async throws {
  _ = try await Editor.start { Editor(document: document) }
}
