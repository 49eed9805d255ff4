#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads of the runtime's own: detached, named, with small stacks.
package enum Thread {
  /// Enough for handlers that recurse and for Foundation; a page is used only when it is touched.
  ///
  /// Less than a huge page: where the system hands those out unasked, each thread would else hold 2 MiB from its beginning.
  private static let stackSize = 1_024 * 1_024
  private static let guardSize = 64 * 1_024

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// False if the system has no thread to give.
  @discardableResult
  package static func start(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackSize)
    // A function with large variables may step over one page.
    pthread_attr_setguardsize(&attributes, guardSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    let box = Unmanaged.passRetained(Body(body)).toOpaque()
    let error: Int32
    #if os(Linux)
      var thread = pthread_t()
      error = pthread_create(
        &thread, &attributes,
        { box in
          if let box { Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
          return nil
        }, box)
    #else
      var thread: pthread_t?
      error = pthread_create(
        &thread, &attributes,
        { box in
          Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run()
          return nil
        }, box)
    #endif
    if error != 0 { Unmanaged<Body>.fromOpaque(box).release() }
    return error == 0
  }

  /// Ends the program at once, with the status that means: try again.
  static func giveUp(_ sentence: StaticString) -> Never {
    sentence.withUTF8Buffer { _ = write(2, $0.baseAddress, $0.count) }
    _exit(75)
  }

  /// Lets a thread run only when nobody else wants to, or like the others again.
  ///
  /// False if the system does not allow it: mostly it lets nobody but root take back a demotion.
  static func setLast(_ isLast: Bool, thread: Int32) -> Bool {
    #if os(Linux)
      thread != 0
        && setpriority(__priority_which_t(PRIO_PROCESS.rawValue), UInt32(bitPattern: thread), isLast ? 19 : 0) == 0
    #else
      false
    #endif
  }

  static func sleep(nanoseconds: Int64) {
    var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    nanosleep(&time, nil)
  }
}

package enum Environment {
  package static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
