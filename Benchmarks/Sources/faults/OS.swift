#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

enum OS {
  /// Nanoseconds of the monotonic clock.
  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  static func exit(_ status: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(status)
    #elseif canImport(Musl)
      Musl.exit(status)
    #else
      Darwin.exit(status)
    #endif
  }

  /// Not buffered: the line is there even if the program ends badly.
  static func print(_ line: String) {
    let text = Array((line + "\n").utf8)
    _ = write(1, text, text.count)
  }

  static func sleep(milliseconds: Int) {
    let end = now() + milliseconds * 1_000_000
    // In steps: Swift's crash reporter interrupts the threads of a program that crashes.
    while now() < end { usleep(UInt32(min(10_000, max(1, (end - now()) / 1_000)))) }
  }

  /// A line of `/proc/self/status`, as a number.
  static func status(_ key: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let length = fread(&bytes, 1, bytes.count, file)
    let text = String(decoding: bytes[..<length], as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  /// Runs this program once more, without its output, and says how it has ended: the exit status, or the signal.
  static func runSelf(_ arguments: [String]) -> (exit: Int32?, signal: Int32?) {
    let program = CommandLine.arguments[0]
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for text in argv { free(text) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var child = pid_t()
    guard posix_spawnp(&child, program, &actions, nil, &argv, environ) == 0 else { return (nil, nil) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      if errno != EINTR { return (nil, nil) }
    }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8 & 0xff, nil) : (nil, signal)
  }

  /// A C function that calls back.
  static func sort(_ compare: @convention(c) (UnsafeRawPointer?, UnsafeRawPointer?) -> Int32) {
    var numbers: [Int32] = [2, 1, 3]
    qsort(&numbers, 3, 4, compare)
  }

  static func abort() -> Never {
    #if canImport(Glibc)
      Glibc.abort()
    #elseif canImport(Musl)
      Musl.abort()
    #else
      Darwin.abort()
    #endif
  }

  static func startThread(_ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?) {
    #if os(Linux)
      var thread = pthread_t()
      pthread_create(&thread, nil, body, nil)
    #endif
  }
}

func percentile(_ sorted: [Int], _ fraction: Double) -> Double {
  sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * fraction))]) / 1e3
}
