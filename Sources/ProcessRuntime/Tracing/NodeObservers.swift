import Synchronization

/// Who wants to see the messages of a node go by: a tracer, and whoever measures calls.
package final class NodeObservers: Sendable {
  package typealias CallTimer = @Sendable (_ target: ProcessCell, _ nanoseconds: Int64, _ isAnswered: Bool) -> Void

  private struct State: Sendable {
    var tracer: (any ProcessTracer)?
    var callTimers: [UInt64: CallTimer] = [:]
    var nextKey: UInt64 = 0
    var isCounted = false
  }

  private let state = Mutex(State())

  /// On how many nodes of this program somebody wants to.
  private static let nodes = Atomic<Int>(0)

  /// Whether anybody wants to, on any node.
  ///
  /// All that a message costs while nobody does: each is asked this once, and the answer never changes.
  @inline(__always)
  static var areThere: Bool { nodes.load(ordering: .relaxed) != 0 }

  deinit { change { $0 = State(isCounted: $0.isCounted) } }

  private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in
      let result = body(&state)
      let isWanted = state.tracer != nil || !state.callTimers.isEmpty
      if isWanted != state.isCounted {
        Self.nodes.add(isWanted ? 1 : -1, ordering: .relaxed)
        state.isCounted = isWanted
      }
      return result
    }
  }

  // MARK: Traces

  package var tracer: (any ProcessTracer)? {
    get { state.withLock { $0.tracer } }
    set { change { $0.tracer = newValue } }
  }

  /// What the code that asks sends along.
  @inline(never)
  static func trace(_ kind: TracedKind) -> (any MessageTrace)? { Node.current.observers.tracer?.trace(kind) }

  // MARK: Calls

  /// Tells of each call of this node's processes, on the caller's thread.
  ///
  /// - Returns: what ``remove(_:)`` takes.
  package func add(_ timer: @escaping CallTimer) -> UInt64 {
    change { state in
      state.nextKey += 1
      state.callTimers[state.nextKey] = timer
      return state.nextKey
    }
  }

  package func remove(_ key: UInt64) { change { $0.callTimers[key] = nil } }

  var callTimers: [CallTimer] {
    state.withLock { $0.callTimers.isEmpty ? [] : Array($0.callTimers.values) }
  }
}
