#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A moment: by the monotonic clock, to tell how long ago it was, and by the calendar, to tell when.
package struct Instant: Hashable, Comparable, Sendable {
  /// In nanoseconds, from any start.
  package let monotonic: Int64
  /// In seconds.
  package let since1970: Double

  package static var now: Instant {
    Instant(monotonic: read(CLOCK_MONOTONIC), since1970: Double(read(CLOCK_REALTIME)) / 1e9)
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  package func seconds(since earlier: Instant) -> Double { Double(monotonic - earlier.monotonic) / 1e9 }

  package static func < (a: Instant, b: Instant) -> Bool { a.monotonic < b.monotonic }
}

/// What the system tells of the program.
package enum ProgramMemory {
  /// What is resident, in bytes; nil where the system does not tell.
  package static var resident: Int? {
    #if os(Linux)
      guard let file = fopen("/proc/self/statm", "r") else { return nil }
      defer { fclose(file) }
      var buffer = [CChar](repeating: 0, count: 128)
      let count = fread(&buffer, 1, buffer.count - 1, file)
      let words = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
        separator: " ")
      guard words.count > 1, let pages = Int(words[1]) else { return nil }
      return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    #else
      return nil
    #endif
  }

  /// Gives memory that is free in the program back to the system.
  ///
  /// False where there is no such call.
  package static func giveBack() -> Bool {
    #if canImport(Glibc)
      return trim(0) >= 0
    #else
      return false
    #endif
  }
}

#if canImport(Glibc)
  /// The module of glibc's headers leaves this one out.
  @_silgen_name("malloc_trim")
  private func trim(_ left: Int) -> Int32
#endif
