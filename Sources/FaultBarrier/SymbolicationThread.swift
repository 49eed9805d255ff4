#if Backtraces && canImport(Runtime) && os(Linux)
  internal import Synchronization

  #if canImport(Glibc)
    internal import Glibc
  #elseif canImport(Musl)
    internal import Musl
  #endif

  /// A thread that names addresses, started by the first request.
  ///
  /// The toolchain keeps the debug information that it has read in thread-local storage: on the same thread the next
  /// address costs a twentieth of the first one, and the memory is used once.
  final class SymbolicationThread: Sendable {
    private let addresses = Mutex<Set<UInt>>([])
    private let symbols = Mutex<[UInt: AddressSymbols]>([:])
    private let requested = Semaphore()
    private let answered = Semaphore()

    /// `nil` if the system has no thread to give.
    init?() {
      let own = unsafe Unmanaged.passRetained(self)
      var thread = pthread_t()
      let error = unsafe pthread_create(
        &thread, nil,
        { own in
          unsafe Unmanaged<SymbolicationThread>.fromOpaque(own!).takeUnretainedValue().serve()
        }, own.toOpaque())
      guard error == 0 else {
        unsafe own.release()
        return nil
      }
      pthread_detach(thread)
    }

    /// One call at a time; the callers see to that.
    func symbolicate(_ request: Set<UInt>) -> [UInt: AddressSymbols] {
      addresses.withLock { $0 = request }
      requested.signal()
      answered.wait()
      return symbols.withLock { $0 }
    }

    private func serve() -> Never {
      while true {
        requested.wait()
        let result = names(of: addresses.withLock { $0 })
        symbols.withLock { $0 = result }
        answered.signal()
      }
    }
  }

  @safe private struct Semaphore: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    /// Never freed: the thread that waits for it never ends.
    init() {
      unsafe semaphore = .allocate(capacity: 1)
      unsafe sem_init(semaphore, 0, 0)
    }

    func signal() {
      unsafe sem_post(semaphore)
    }

    func wait() {
      while unsafe sem_wait(semaphore) != 0 {}  // interrupted by a signal
    }
  }
#else
  final class SymbolicationThread: Sendable {
    init?() { nil }
    func symbolicate(_ request: Set<UInt>) -> [UInt: AddressSymbols] { [:] }
  }
#endif
