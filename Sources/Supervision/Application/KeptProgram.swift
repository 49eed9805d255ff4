import CProgram
import Logging
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Life under a parent.
enum KeptProgram {
  private static let keeper = Atomic<Int32>(0)

  /// Whether a parent has started this program.
  static var isKept: Bool { keeper.load(ordering: .relaxed) != 0 }

  /// Whether the signal was handed on by the parent.
  ///
  /// Safe in a signal handler.
  static func isPassedOn(_ info: UnsafeRawPointer?) -> Bool {
    let sender = cprogram_sender(info)
    return sender != 0 && sender == keeper.load(ordering: .relaxed)
  }

  /// From now on the program is told to stop when its parent is gone.
  static func begin(under parent: Int32) {
    keeper.store(parent, ordering: .relaxed)
    _ = cprogram_on_end_of_parent(SIGTERM)
    // It may have been gone before the system was asked. Nothing runs yet that could be stopped in order.
    guard getppid() == parent else {
      ProgramParent.logger.notice("The program is not started: its parent, OS process \(parent), is gone")
      exit(128 + SIGTERM)
    }
  }
}
