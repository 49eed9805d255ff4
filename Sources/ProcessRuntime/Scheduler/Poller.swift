import CPoller
import Synchronization

/// Something that waits until its descriptor is ready.
package protocol PolledSource: AnyObject, Sendable {
  /// The descriptor is ready for what was asked for with ``Poller/arm(_:_:reads:writes:)``, or has failed.
  ///
  /// That the other side sends nothing more, or is gone, is told whatever was asked for: `ends`. Then it can be read, to its end.
  /// Called on a worker's thread, between two turns, or on the monitor's. Must not block, and must not run anybody's code.
  func isReady(reads: Bool, writes: Bool, ends: Bool)
}

/// Descriptors that the workers of a pool look at themselves, when they have nothing else to do and now and then when they have.
///
/// So what comes over a socket is handled by a thread that is awake, or by the one that it wakes, and needs no other (decision 0019).
package final class Poller: Sendable {
  private struct State {
    var sources: [UInt64: any PolledSource] = [:]
    var last = bellNumber
  }

  private static let bellNumber: UInt64 = 0
  private static let together = 16

  private let descriptor: CInt
  private let bell: CInt
  private let state = Mutex(State())
  private let looks = Atomic<UInt64>(0)
  private let waiting = Atomic<Bool>(false)
  private let sourceCount = Atomic<Int>(0)

  /// Nil where the system has none.
  package init?() {
    descriptor = cpoller_make()
    guard descriptor >= 0 else { return nil }
    bell = cpoller_make_bell(descriptor, Self.bellNumber)
    guard bell >= 0 else {
      cpoller_close(descriptor)
      return nil
    }
  }

  // MARK: For sources

  /// Watches a descriptor, for nothing yet; nil if that cannot be.
  ///
  /// It is watched until it is closed, and its source kept until ``remove(_:)``.
  package func add(_ descriptor: CInt, _ source: any PolledSource) -> UInt64? {
    let number = state.withLock { state in
      state.last += 1
      state.sources[state.last] = source
      return state.last
    }
    sourceCount.add(1, ordering: .relaxed)
    guard cpoller_add(self.descriptor, descriptor, number) else {
      remove(number)
      return nil
    }
    return number
  }

  /// Says once when the descriptor is ready for one of these, or the other side has ended.
  package func arm(_ number: UInt64, _ descriptor: CInt, reads: Bool, writes: Bool) {
    _ = cpoller_arm(self.descriptor, descriptor, number, reads, writes)
  }

  /// Tells this source of nothing more, but for a call that is under way.
  package func remove(_ number: UInt64) {
    // Handed out, so that it is not let go of under the lock.
    let source = state.withLock { $0.sources.removeValue(forKey: number) }
    if source != nil { sourceCount.subtract(1, ordering: .relaxed) }
  }

  // MARK: For workers

  var hasSources: Bool { sourceCount.load(ordering: .relaxed) > 0 }

  /// Changes with each look.
  var lookCount: UInt64 { looks.load(ordering: .relaxed) }

  /// Whether a thread sleeps here.
  var isWaitedFor: Bool { waiting.load(ordering: .relaxed) }

  /// What is ready now; nobody has been told yet.
  package func look() -> Ready { hasSources ? ready(0) : Ready() }

  /// The same, after it has slept until something is ready, or ``ring()``.
  package func sleep() -> Ready {
    waiting.store(true, ordering: .relaxed)
    defer { waiting.store(false, ordering: .relaxed) }
    return ready(-1)
  }

  /// Wakes the thread that sleeps.
  package func ring() { cpoller_ring(bell) }

  /// The sources that are ready.
  package struct Ready {
    fileprivate var sources: [(source: any PolledSource, event: cpoller_event)] = []
    package var isEmpty: Bool { sources.isEmpty }

    package func tell() {
      for (source, event) in sources { source.isReady(reads: event.reads, writes: event.writes, ends: event.ends) }
    }
  }

  private func ready(_ milliseconds: CInt) -> Ready {
    looks.add(1, ordering: .relaxed)
    var result = Ready()
    withUnsafeTemporaryAllocation(of: cpoller_event.self, capacity: Self.together) { events in
      let count = Int(cpoller_wait(descriptor, events.baseAddress, CInt(Self.together), milliseconds))
      guard count > 0 else { return }
      state.withLock { state in
        for event in events.prefix(count) {
          // Whom it wakes hushes it, and nobody else: it must not go by unheard.
          if event.number == Self.bellNumber, milliseconds < 0 { cpoller_hush(bell) }
          guard let source = state.sources[event.number] else { continue }
          result.sources.append((source, event))
        }
      }
    }
    return result
  }
}
