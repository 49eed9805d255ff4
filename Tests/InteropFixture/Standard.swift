#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

enum Standard {
  /// Writes what has been printed.
  static func flush() { fflush(nil) }
}
