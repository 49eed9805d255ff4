#if TLS
  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #elseif canImport(Android)
    import Android
  #endif

  /// Reads files that the options of TLS name, and says in plain words why it cannot.
  enum PEMFile {
    private static let maximumByteCount = 1 << 20

    /// All bytes of a file, at least one.
    static func bytes(_ path: String, _ what: String) throws(TLSFailure) -> [UInt8] {
      // Not blocking: the path may be that of a pipe, which is refused below.
      let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard file >= 0 else {
        let why =
          errno == ENOENT || errno == ENOTDIR ? "does not exist" : "cannot be read: \(String(cString: strerror(errno)))"
        throw TLSFailure("\(what), \(path), \(why)")
      }
      defer { close(file) }
      var status = stat()
      guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw TLSFailure("\(what), \(path), is not a file")
      }
      guard status.st_size > 0 else { throw TLSFailure("\(what), \(path), is empty") }
      guard status.st_size <= maximumByteCount else {
        throw TLSFailure("\(what), \(path), is longer than \(maximumByteCount) bytes")
      }
      var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
      let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
      guard count == bytes.count else { throw TLSFailure("\(what), \(path), cannot be read") }
      return bytes
    }
  }
#endif
