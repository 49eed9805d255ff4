#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's words for its errors.
package enum SystemText {
  package static func of(_ code: Int32) -> String { String(cString: strerror(code)) }
}
