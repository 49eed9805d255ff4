import FaultBarrier
import ProcessRuntime
import Testing

@Suite("The fault monitor", .timeLimit(.minutes(1)))
struct FaultMonitorTests {
  // In a process of its own: whatever waits for the faults of these threads waits for ever.
  @Test("A trap on a thread that others have armed is not taken for a process's")
  func foreignContext() async {
    await #expect(processExitsWith: .success) {
      _ = await spawn {}.exited()  // starts the monitor
      // Not one of each: a thread that is started first need not trap first.
      for _ in 0..<20 {
        Thread.start(named: "foreign") { trap(withContext: UnsafeMutableRawPointer(bitPattern: 17)) }
        let reason = try await spawn { fatalError("a process") }.exited(within: .seconds(30)) {}
        #expect(reason.fault != nil)
      }
    }
  }
}

@inline(never)
private func trap(withContext context: UnsafeMutableRawPointer?) {
  FaultBarrier.prepareThread()
  FaultBarrier.threadContext = context
  FaultBarrier.arm()
  fatalError("no process")
}
