@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The processes that could run next; a seed chooses among them.
///
/// The same seed, the same order.
final class SeededRunQueue: RunQueue {
  private struct State: Sendable {
    var ready: [ProcessCell] = []
    var random: SplitMix
  }

  private let state: Mutex<State>
  let parker = Parker()

  init(seed: UInt64) {
    state = Mutex(State(random: SplitMix(state: seed)))
  }

  func enqueue(_ cell: ProcessCell) {
    state.withLock { $0.ready.append(cell) }
    parker.unpark()
  }

  func next() -> ProcessCell? {
    state.withLock { state in
      guard !state.ready.isEmpty else { return nil }
      let index = Int.random(in: 0..<state.ready.count, using: &state.random)
      // The last one takes its place: their order means nothing, and there may be very many.
      state.ready.swapAt(index, state.ready.count - 1)
      return state.ready.removeLast()
    }
  }
}

/// A small generator whose whole state is its seed (SplitMix64).
public struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins anywhere.
  public init(state: UInt64) { self.state = state }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
