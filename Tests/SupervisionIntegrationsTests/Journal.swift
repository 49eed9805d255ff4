import Foundation
import Synchronization

/// What has happened, in order, told by any thread.
final class Journal<Entry: Sendable>: Sendable {
  struct Late: Error, CustomStringConvertible { let description: String }

  private let state = Mutex<[Entry]>([])

  var entries: [Entry] { state.withLock { $0 } }

  func note(_ entry: Entry) { state.withLock { $0.append(entry) } }

  /// Waits for others: what happens outside of the program has no clock that a test could move.
  func wait(
    within limit: Duration = .seconds(30), until isEnough: @Sendable ([Entry]) -> Bool
  ) async throws -> [Entry] {
    try await eventually(within: limit, "the journal has \(entries)") { isEnough(entries) }
    return entries
  }
}

/// Suspends until it is so.
func eventually(
  within limit: Duration = .seconds(30), _ otherwise: @autoclosure () -> String = "it never was so",
  _ isSo: () async throws -> Bool
) async throws {
  let start = ContinuousClock.now
  while try await !isSo() {
    if ContinuousClock.now - start > limit { throw Journal<Never>.Late(description: otherwise()) }
    try await Task.sleep(for: .milliseconds(2))
  }
}
