@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The thread that drives a test node.
final class NodeDriver: Sendable {
  let clock: VirtualClock
  let node: Node
  let began: Int64
  private let queue: SeededRunQueue
  private let seen = Mutex<[any Report]>([])

  /// How long the driver waits for something from outside of the node before it says that nothing will come.
  private static let patience: Int64 = 2_000_000_000

  var reports: [any Report] { seen.withLock { $0 } }

  init(seed: UInt64, logsReports: Bool) {
    queue = SeededRunQueue(seed: seed)
    clock = VirtualClock()
    began = clock.now()
    node = Node(runQueue: queue, clock: clock)
    if !logsReports { node.reports.set(nil) }
    _ = node.reports.listen { [weak self] report in
      self?.seen.withLock { $0.append(report) }
    }
  }

  /// Drives the node on a thread of its own until `root` has ended, ends what is left, and says what was wrong, if anything.
  func run(root: ProcessID, _ done: @escaping @Sendable (_ stall: String?) -> Void) {
    let worker = Worker()
    worker.onAbandoned { self.drive(worker, root, done) }
    drive(worker, root, done)
  }

  private func drive(_ worker: Worker, _ root: ProcessID, _ done: @escaping @Sendable (String?) -> Void) {
    Thread.start(named: "test-node") {
      worker.attach()
      var stall: String?
      while true {
        // What the others do may have no end.
        while root.isAlive, let cell = self.queue.next() { worker.run(cell) }
        if !root.isAlive { break }
        if let deadline = self.node.timers.nextDeadline {
          self.clock.advance(to: deadline)
          self.node.timers.fireDue()
          continue
        }
        if self.queue.parker.park(atMost: Self.patience) { continue }
        stall = "everything waits, and no timer is armed: " + self.describeProcesses()
        break
      }
      for process in self.node.allProcesses { process.cell.die(.killed) }
      while let cell = self.queue.next() { worker.run(cell) }
      Worker.detach()
      withExtendedLifetime(worker) {}
      done(stall)
    }
  }

  private func describeProcesses() -> String {
    node.allProcesses.map { "\($0.cell.kindName) \($0)" }.joined(separator: ", ")
  }
}
