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
  ///
  /// Processes have the task-local values of the task that calls this.
  func run(root: ProcessID, _ done: @escaping @Sendable (_ stall: String?) -> Void) {
    let worker = Worker()
    DriverThread { self.drive(worker, root, done) }.start()
  }

  private func drive(_ worker: Worker, _ root: ProcessID, _ done: @escaping @Sendable (String?) -> Void) {
    // For when this thread is lost to a fault: made here, where the values are.
    let successor = DriverThread { self.drive(worker, root, done) }
    worker.onAbandoned { successor.start() }
    worker.attach()
    var stall: String?
    while true {
      // What the others do may have no end.
      while root.isAlive, let cell = queue.next() { worker.run(cell) }
      if !root.isAlive { break }
      if let deadline = node.timers.nextDeadline {
        clock.advance(to: deadline)
        node.timers.fireDue()
        continue
      }
      if queue.parker.park(atMost: Self.patience) { continue }
      stall = "everything waits, and no timer is armed: " + describeProcesses()
      break
    }
    for process in node.allProcesses { process.cell.die(.killed) }
    while let cell = queue.next() { worker.run(cell) }
    Worker.detach()
    successor.dismiss()
    withExtendedLifetime(worker) {}
    done(stall)
  }

  private func describeProcesses() -> String {
    node.allProcesses.map { "\($0.cell.kindName) \($0)" }.joined(separator: ", ")
  }
}
