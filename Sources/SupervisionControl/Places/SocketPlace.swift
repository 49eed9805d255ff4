#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where control sockets are, for those who make them and for those who look for them.
package enum SocketPlace {
  /// The program's name, as far as it can stand in the name of a file.
  package static var program: String {
    let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
    let plain = name.prefix(40).filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    return plain.isEmpty ? "program" : plain
  }

  /// The folders of sockets whose path nobody has chosen, the one for new ones first.
  package static var folders: [String] {
    let runtime = environment("XDG_RUNTIME_DIR").map { "\($0)/supervision" }
    let temporary = (environment("TMPDIR") ?? "/tmp").drop { $0 == " " }
    let trimmed = temporary.hasSuffix("/") ? String(temporary.dropLast()) : String(temporary)
    return [runtime, "\(trimmed)/supervision-\(getuid())"].compactMap { $0 }
  }

  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.hasPrefix("/") ? text : nil
  }

  /// The path for this program, in a folder that is made if it is not there.
  package static func own() throws(ControlError) -> String {
    var problem = ControlError.folder("/", "cannot be used")
    for folder in folders {
      // One folder may not be writable: `$XDG_RUNTIME_DIR` of a user who is not logged in.
      do {
        try makeFolder(folder)
        sweep(folder)
        return "\(folder)/\(program).\(getpid()).sock"
      } catch {
        problem = error
      }
    }
    throw problem
  }

  /// Removes the sockets of programs that have ended without doing so.
  static func sweep(_ folder: String) {
    for name in names(in: folder) {
      guard let pid = Self.pid(name), kill(pid, 0) != 0, errno == ESRCH else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  /// Of `PROGRAM.PID.sock`.
  private static func pid(_ name: String) -> Int32? {
    let parts = name.split(separator: ".")
    guard parts.count >= 3, parts.last == "sock", let pid = Int32(parts[parts.count - 2]), pid > 0 else { return nil }
    return pid
  }

  private static func makeFolder(_ folder: String) throws(ControlError) {
    if mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw .folder(folder, "cannot be made (\(SystemText.of(errno)))")
    }
    try check(folder: folder, isOwn: true)
  }

  /// Whether others could put something else in the place of a socket there.
  package static func check(folder: String, isOwn: Bool = false) throws(ControlError) {
    var status = stat()
    guard (isOwn ? lstat(folder, &status) : stat(folder, &status)) == 0 else {
      throw .folder(folder, "is not there (\(SystemText.of(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .folder(folder, "is no folder") }
    guard status.st_uid == getuid() || (!isOwn && status.st_uid == 0) else {
      throw .folder(folder, "belongs to another user")
    }
    // In one with the sticky bit others cannot remove what is not theirs.
    let isSticky = status.st_mode & S_ISVTX != 0
    if status.st_mode & (S_IWGRP | S_IWOTH) != 0, isOwn || !isSticky {
      throw .folder(folder, "can be written to by others")
    }
  }

  /// The sockets of living programs of this user, in the folders that are looked through.
  package static func living() -> [FoundNode] {
    var found: [FoundNode] = []
    for folder in folders where (try? check(folder: folder, isOwn: true)) != nil {
      for name in names(in: folder).sorted() {
        guard let pid = pid(name) else { continue }
        let path = "\(folder)/\(name)"
        guard UnixSocket.isLive(path) else { continue }
        found.append(
          FoundNode(program: name.split(separator: ".").dropLast(2).joined(separator: "."), pid: pid, path: path))
      }
    }
    return found
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }
}

/// A program to which one can attach.
package struct FoundNode: Codable, Hashable, Sendable {
  package var program: String
  package var pid: Int32
  package var path: String
}
