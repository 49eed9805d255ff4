#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of a control socket, from the moment its path is claimed until it is removed.
package struct SocketFile: Sendable {
  package let path: String

  /// Makes room at a path, has somebody listen there, and leaves the socket to this user alone.
  ///
  /// Of several programs that begin at the same time one gets the path.
  ///
  /// - Parameters:
  ///   - path: where.
  ///   - listen: makes the socket; it is not there before.
  /// - Returns: the file, and what `listen` has made.
  /// - Throws: ``ControlError``, and what `listen` throws.
  package static func claim<Listener>(
    _ path: String, _ listen: () async throws -> Listener
  ) async throws -> (SocketFile, Listener) {
    guard path.utf8.count <= UnixSocket.longestPath else {
      throw ControlError.pathTooLong(path, limit: UnixSocket.longestPath)
    }
    let folder = folder(of: path)
    try SocketPlace.check(folder: folder)
    let lock = try FolderLock(folder)
    defer { lock.unlock() }
    try clear(path)
    let listener = try await listen()
    guard chmod(path, 0o600) == 0 else {
      throw ControlError.system("the control socket at \(path) cannot be given to this user alone", code: errno)
    }
    return (SocketFile(path: path), listener)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Removes what a dead program has left behind.
  private static func clear(_ path: String) throws(ControlError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
    switch UnixSocket.connect(path) {
    case .success(let socket):
      close(socket)
      throw .inUse(path)
    case .failure(let failure):
      guard failure.code == ECONNREFUSED || failure.code == ENOENT else { throw .inUse(path) }
      if unlink(path) != 0, errno != ENOENT {
        throw .system("\(path), which a dead program has left behind, cannot be removed", code: errno)
      }
    }
  }

  /// Ends the listening, and removes the file, unless another program listens there by now.
  ///
  /// SwiftNIO removes it too, after it has closed the socket: nobody may take the path in between.
  package func remove(after close: () async -> Void = {}) async {
    let lock = try? FolderLock(Self.folder(of: path))
    defer { lock?.unlock() }
    await close()
    if !UnixSocket.isLive(path) { unlink(path) }
  }
}

/// Held while a path is looked at and taken, so that two programs do not both find it free.
private struct FolderLock: Sendable {
  private let descriptor: Int32

  init(_ folder: String) throws(ControlError) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .folder(folder, "cannot be opened (\(SystemText.of(errno)))") }
    // Who holds it does so for an instant; one who does not let go is not waited for.
    for _ in 0..<200 where flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK { usleep(1_000) }
  }

  func unlock() { close(descriptor) }
}
