import Supervision
import Synchronization

/// Tells the tour as a session in a shell: each step's code, what it came to, and where that differs from the article.
///
/// Steps run where their caller does. Each says so, for modules in which that is not the default.
final class Narrator: Sendable {
  private struct Tally {
    var steps = 0
    var differing = 0
    /// The number of the next prompt.
    var prompt = 1
  }

  private let tally = Mutex(Tally())

  var steps: Int { tally.withLock { $0.steps } }
  var differing: Int { tally.withLock { $0.differing } }

  /// How it went, such as `141 steps, 0 differ`.
  var summary: String { "\(steps) steps, \(differing) differ" }

  /// Begins an article.
  func article(_ title: String) {
    print("\n=== \(title)")
  }

  /// Says what comes next.
  func say(_ text: String) {
    print("\n# \(text)")
  }

  /// Evaluates the code, shows it with its value, and compares that with the article.
  ///
  /// An error is a difference too; it ends the session.
  @discardableResult
  nonisolated(nonsending) func step<Value: Sendable>(
    _ code: String, _ expected: Expectation<Value>,
    _ evaluate: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    begin(code)
    do {
      let value = try await evaluate()
      print(transcript(value))
      if !expected.isMet(value) { differs(expected.text) }
      return value
    } catch {
      print("** (\(type(of: error))) \(error)")
      differs(expected.text)
      throw error
    }
  }

  /// A step that comes to nothing, such as a send.
  nonisolated(nonsending) func step(
    _ code: String, _ evaluate: nonisolated(nonsending) () async throws -> Void
  ) async throws {
    begin(code)
    do {
      try await evaluate()
    } catch {
      print("** (\(type(of: error))) \(error)")
      differs("no error")
      throw error
    }
  }

  /// A step that fails, and has to.
  nonisolated(nonsending) func step<Failure: Error & Equatable>(
    _ code: String, throws expected: Failure, _ evaluate: nonisolated(nonsending) () async throws -> Void
  ) async {
    begin(code)
    do {
      try await evaluate()
    } catch {
      print("** (\(type(of: error))) \(error)")
      if error as? Failure != expected { differs("\(expected)") }
      return
    }
    differs("\(expected)")
  }

  /// A step that prints lines, by whatever process.
  nonisolated(nonsending) func step(
    _ code: String, prints expected: [LinePattern], _ evaluate: nonisolated(nonsending) () async throws -> Void
  ) async throws {
    let count = Output.count + 1
    try await step(code, evaluate)
    let lines = Output.lines(since: count)
    let isMet = lines.count == expected.count && zip(expected, lines).allSatisfy { $0.matches($1) }
    if !isMet { differs(expected.map(\.text).joined(separator: "\n                     ")) }
  }

  /// Shows the code at the prompt.
  ///
  /// It is counted before it is evaluated, since that may end the process that counts.
  private func begin(_ code: String) {
    let prompt = tally.withLock { tally in
      tally.steps += 1
      tally.prompt += 1
      return tally.prompt - 1
    }
    let mark = "swift(\(prompt))> "
    print(mark + code.replacing("\n", with: "\n" + String(repeating: " ", count: mark.count)))
  }

  private func differs(_ expected: String) {
    tally.withLock { $0.differing += 1 }
    print("!! the article says: \(expected)")
  }
}

extension Narrator {
  /// What a shell's mailbox receives.
  typealias Inbox = Mailbox<String>

  /// Runs a session in a process of its own, as iex does, until the session returns or something ends its process.
  ///
  /// - Parameters:
  ///   - expected: the reason that the process has to end with.
  ///   - session: runs in the process, with its mailbox.
  /// - Returns: the process.
  @discardableResult
  func shell(
    ends expected: Expectation<ExitReason> = .equals(.normal),
    _ session: nonisolated(nonsending) @escaping @Sendable (inout Inbox) async throws -> Void
  ) async -> ProcessID {
    tally.withLock { $0.prompt = 1 }
    let shell = spawn(receiving: String.self) { inbox in try await session(&inbox) }
    let reason = await shell.exited()
    if reason != .normal { print("** shell \(shell) exited: \(reason)") }
    tally.withLock { $0.steps += 1 }
    if !expected.isMet(reason) { differs("shell exited: \(expected.text)") }
    return shell
  }
}

extension Mailbox {
  /// Waits for something to end this process, and throws when nothing has for some time.
  nonisolated(nonsending) func waitForTheEnd() async throws {
    _ = try await signal(within: .seconds(10))
  }
}
