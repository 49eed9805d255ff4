#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where one thread sleeps until another wakes it.
///
/// A wake-up that comes first is kept.
package final class Parker: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isSet = false

  package init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    #if os(Linux)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    #endif
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  package func unpark() {
    pthread_mutex_lock(mutex)
    isSet = true
    pthread_mutex_unlock(mutex)
    // Who is woken takes the lock: signalled before, it would wait for it at once. The condition lives as long as its node.
    pthread_cond_signal(condition)
  }

  package func park() {
    pthread_mutex_lock(mutex)
    while !isSet { pthread_cond_wait(condition, mutex) }
    isSet = false
    pthread_mutex_unlock(mutex)
  }

  /// True if it was woken, false after `nanoseconds`.
  package func park(atMost nanoseconds: Int64) -> Bool {
    park(until: MonotonicClock().now() + nanoseconds)
  }

  /// Sleeps until `deadline` (monotonic nanoseconds) at the latest.
  @discardableResult
  func park(until deadline: Int64) -> Bool {
    pthread_mutex_lock(mutex)
    var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    while !isSet {
      #if os(Linux)
        if pthread_cond_timedwait(condition, mutex, &time) != 0 { break }
      #else
        let left = max(0, deadline - MonotonicClock().now())
        time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
        if pthread_cond_timedwait_relative_np(condition, mutex, &time) != 0 { break }
      #endif
    }
    let wasSet = isSet
    isSet = false
    pthread_mutex_unlock(mutex)
    return wasSet
  }
}
