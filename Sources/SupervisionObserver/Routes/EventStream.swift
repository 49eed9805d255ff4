import SupervisionInspection

/// What keeps one page up to date: a page's content again and again, as server-sent events.
///
/// One is made when the last one has been written, so a slow reader gets fewer of them, and nothing waits for him in memory.
struct EventStream: Sendable {
  let handler: ObserverHandler
  let view: View
  let visitor: Visitor
  private var last: String?

  init(handler: ObserverHandler, view: View, visitor: Visitor) {
    self.handler = handler
    self.view = view
    self.visitor = visitor
  }

  func begin() async { await handler.sampler.begin() }

  /// To be called once, however the stream ends.
  func end() async { await handler.sampler.end() }

  /// What is to be written next; nil when the task is cancelled, or `pause` says that it is over.
  ///
  /// Suspends for an interval, but for the first.
  mutating func next(
    _ pause: (Duration) async throws -> Bool = Self.sleep
  ) async throws -> String? {
    if Task.isCancelled { return nil }
    guard let last else {
      let content = await handler.content(view, visitor).html.text
      self.last = content
      return "retry: 1000\n\n" + Self.event("view", content)
    }
    guard try await pause(.seconds(handler.configuration.seconds)) else { return nil }
    let content = await handler.content(view, visitor).html.text
    self.last = content
    // A comment, so that a reader who is gone is noticed.
    return content == last ? ": still the same\n\n" : Self.event("view", content)
  }

  private static func sleep(_ time: Duration) async throws -> Bool {
    try await Task.sleep(for: time)
    return true
  }

  /// One event, each of its lines marked.
  static func event(_ name: String, _ data: String) -> String {
    var text = "event: \(name)\n"
    for line in data.split(separator: "\n", omittingEmptySubsequences: false) { text += "data: \(line)\n" }
    return text + "\n"
  }
}
