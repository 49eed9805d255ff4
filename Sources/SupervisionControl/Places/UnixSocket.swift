#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A connection to a control socket, from outside.
package enum UnixSocket {
  /// The longest path that the system takes.
  package static var longestPath: Int { MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1 }

  /// Whether somebody listens there.
  package static func isLive(_ path: String) -> Bool {
    guard case .success(let socket) = connect(path) else { return false }
    close(socket)
    return true
  }

  /// Connects, which takes no time: a socket that has to be closed, or the system's error.
  package static func connect(_ path: String) -> Result<Int32, ConnectFailure> {
    guard path.utf8.count <= longestPath else { return .failure(ConnectFailure(code: ENAMETOOLONG)) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    #if canImport(Darwin)
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #endif
    guard descriptor >= 0 else { return .failure(ConnectFailure(code: errno)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        #if canImport(Darwin)
          Darwin.connect(descriptor, address, size)
        #elseif canImport(Musl)
          Musl.connect(descriptor, address, size)
        #else
          Glibc.connect(descriptor, address, size)
        #endif
      }
    }
    if result != 0 {
      let code = errno
      close(descriptor)
      return .failure(ConnectFailure(code: code))
    }
    return .success(descriptor)
  }

  package struct ConnectFailure: Error, Hashable {
    package let code: Int32
  }
}
