import CMalloc
import Synchronization

#if canImport(Glibc)
  package import Glibc
#elseif canImport(Musl)
  package import Musl
#elseif canImport(Darwin)
  package import Darwin
#endif

/// What the benchmarks ask of the operating system.
package enum OS {
  /// Nanoseconds of the monotonic clock.
  package static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  /// What all threads of this program have used so far.
  package static var cpuSeconds: Double {
    var usage = rusage()
    let thisProgram: Int32 = 0  // RUSAGE_SELF, which is no Int32 as Glibc imports it
    getrusage(thisProgram, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// How many workers the runtime has.
  package static var workers: Int {
    environment("SUPERVISION_WORKERS").flatMap(Int.init) ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  package static var loadAverage: Double {
    var loads = [0.0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }

  /// The time of day, as RFC 3339 writes it.
  package static var timestamp: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Runs this program once more with other arguments, and waits.
  ///
  /// False if it has failed.
  package static func runSelf(_ arguments: [String]) -> Bool {
    let program = CommandLine.arguments[0]
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for text in argv { free(text) } }
    var child = pid_t()
    guard posix_spawnp(&child, program, nil, nil, &argv, environ) == 0 else { return false }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      if errno != EINTR { return false }
    }
    return status == 0
  }

  /// Starts a program beside this one.
  ///
  /// Nil if it cannot be started.
  package static func start(_ program: String, _ arguments: [String]) -> pid_t? {
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for text in argv { free(text) } }
    var child = pid_t()
    return posix_spawnp(&child, program, nil, nil, &argv, environ) == 0 ? child : nil
  }

  /// Ends a program, and waits until it is gone.
  package static func end(_ program: pid_t) {
    kill(program, SIGKILL)
    var status: Int32 = 0
    while waitpid(program, &status, 0) < 0, errno == EINTR {}
  }

  package static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let length = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<length], as: UTF8.self)
  }
}

/// Memory of this program, in bytes.
package enum Memory {
  private static let start = Atomic<Int>(0)

  /// Notes what the program occupies before any benchmark.
  package static func noteStart() { start.store(resident, ordering: .relaxed) }

  /// What the program has allocated and not freed.
  package static var inUse: Int { Int(bench_malloc_in_use()) }

  /// What the program occupies more than before any benchmark.
  package static var residentSinceStart: Int { resident - start.load(ordering: .relaxed) }

  /// What the program has occupied at most so far.
  package static var peakResident: Int { status("VmHWM:") }

  private static var resident: Int { status("VmRSS:") }

  private static func status(_ field: String) -> Int {
    for line in OS.text(of: "/proc/self/status").split(separator: "\n") where line.hasPrefix(field) {
      return (Int(line.filter(\.isNumber)) ?? 0) * 1_024
    }
    return 0
  }
}

/// Ends the program with a word on the standard error.
package func fail(_ message: String) -> Never {
  let text = Array((message + "\n").utf8)
  _ = write(2, text, text.count)
  exit(1)
}
