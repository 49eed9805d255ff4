@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Code that blocks", .serialized, .timeLimit(.minutes(2)))
struct BlockingTests {
  @Test("blocking answers with what its code returns or throws, and the code runs as the process")
  func result() async throws {
    let (value, isOneself) = try await onWorkers {
      let id = CurrentProcess.id
      return (try await blocking { 42 }, try await blocking { CurrentProcess.id == id })
    }
    #expect(value == 42 && isOneself)
    await #expect(throws: Broken()) { try await onWorkers { try await blocking { throw Broken() } } }
  }

  @Test("outside of processes it works in the same way")
  func outside() async throws {
    let value = try await blocking { 42 }
    let id = try await blocking { CurrentProcess.id }
    #expect(value == 42 && id == nil)
    await #expect(throws: Broken()) { try await blocking { throw Broken() } }
  }

  @Test("a process that waits for it is at rest, and can be killed; what its code sends then goes nowhere")
  func killed() async throws {
    let probe = Probe<Int>()
    let gate = Gate()
    let process = spawn { [ref = probe.ref] in
      try await blocking {
        ref.send(1)
        gate.wait()
        ref.send(2)
        gate.pass()
      }
    }
    #expect(try await probe.next() == 1)
    while process.info?.status != .waiting { try await Task.sleep(for: .milliseconds(1)) }
    process.exit(.kill)
    #expect(await process.exited() == .killed)
    gate.open()
    await gate.passed()
    probe.ref.send(3)
    #expect(try await probe.next() == 3)
  }

  @Test("more than there are threads for wait for their turn, and all come to it")
  func many() async throws {
    let done = Journal<Int>()
    let processes = (0..<400).map { number in
      spawn {
        try await blocking {
          usleep(2_000)
          done.note(number)
        }
      }
    }
    for process in processes { #expect(await process.exited() == .normal) }
    #expect(done.entries.sorted() == Array(0..<400))
  }

  @Test("a trap in it is an error of its process, which ends of it or catches it; other code that blocks goes on")
  func trap() async throws {
    for _ in 0..<140 {
      let reason = await spawn { try await blocking { _ = Optional<Int>.none! } }.exited()
      #expect(reason.fault?.kind == .trap)
    }
    let caught = try await onWorkers {
      do {
        return try await blocking { () -> Bool in fatalError("within") }
      } catch let reason as ExitReason {
        return reason.fault?.message.contains("within") == true
      }
    }
    let value = try await blocking { 42 }
    #expect(caught && value == 42)
  }

  @Test("on a test node it runs at once")
  func testNode() async throws {
    try await withTestNode { node in
      let before = node.elapsed
      let value = try await blocking { 42 }
      #expect(value == 42 && node.elapsed == before)
    }
  }

  @Test("an ordinary user's thread that was made to stand back is replaced when its turn is over")
  func demotedForGood() async throws {
    #if os(Linux)
      await #expect(processExitsWith: .success) {
        var priorities = await prioritiesAfterHogs()
        // Of a thread that was kept waiting in a short turn just now: that one comes back too.
        for _ in 0..<50 where priorities != [0] { priorities = await prioritiesOfWorkers() }
        #expect(priorities == [0])
      }
    #endif
  }
}

#if os(Linux)
  /// The priorities of threads that processes run on, after turns without end, in a program that is not root.
  private func prioritiesAfterHogs() async -> Set<Int32> {
    // Nobody gives the priority back any more. An error means that there was no root to begin with.
    _ = setuid(65_534)
    let hogs = (0..<4).map { _ in spawn { hog(nanoseconds: 200_000_000) } }
    for hog in hogs { _ = await hog.exited() }
    return await prioritiesOfWorkers()
  }

  private func prioritiesOfWorkers() async -> Set<Int32> {
    let seen = Journal<Int32>()
    for _ in 0..<200 { _ = await spawn { seen.note(ownPriority()) }.exited() }
    return Set(seen.entries)
  }

  private func hog(nanoseconds: Int64) {
    let end = MonotonicClock().now() + nanoseconds
    while MonotonicClock().now() < end { sched_yield() }
  }

  private func ownPriority() -> Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
#endif

/// Opens once, for a thread that waits.
private final class Gate: Sendable {
  private let isOpen = Atomic<Bool>(false)
  private let isPassed = Atomic<Bool>(false)
  func wait() { while !isOpen.load(ordering: .acquiring) { usleep(1_000) } }
  func open() { isOpen.store(true, ordering: .releasing) }
  func pass() { isPassed.store(true, ordering: .releasing) }
  func passed() async { while !isPassed.load(ordering: .acquiring) { try? await Task.sleep(for: .milliseconds(1)) } }
}
