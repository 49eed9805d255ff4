#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Android)
  import Android
#endif

/// Where a node's cookie comes from.
package enum CookieSource: Sendable {
  /// The environment, else the file.
  case standard
  case explicit(String)
  /// A variable of the environment.
  case environment(String)
  /// A file of one line, readable by its owner alone.
  case file(String)

  /// The variable that Elixir's releases take their cookie from.
  package static let environmentVariable = "RELEASE_COOKIE"

  /// The cookie.
  package func cookie(
    environment variable: (String) -> String? = CookieSource.variable
  ) throws(CookieError) -> Cookie {
    switch self {
    case .explicit(let text): return try Cookie(text)
    case .environment(let name): return try Cookie(variable(name) ?? "")
    case .file(let path):
      guard let cookie = try CookieSource.read(path) else { throw .noFile([path]) }
      return cookie
    case .standard:
      if let text = variable(CookieSource.environmentVariable) { return try Cookie(text) }
      let paths = CookieSource.paths(variable)
      for path in paths {
        if let cookie = try CookieSource.read(path) { return cookie }
      }
      throw .noFile(paths)
    }
  }

  /// Where Erlang looks.
  private static func paths(_ variable: (String) -> String?) -> [String] {
    let home = variable("HOME") ?? "."
    let configuration = variable("XDG_CONFIG_HOME") ?? "\(home)/.config"
    return ["\(home)/.erlang.cookie", "\(configuration)/erlang/.erlang.cookie"]
  }

  /// The value of a variable of this program's environment.
  package static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The cookie in a file, or nil when there is no such file.
  private static func read(_ path: String) throws(CookieError) -> Cookie? {
    // Not blocking: the path may be that of a pipe, which is refused below.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .unreadable(path)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
    guard status.st_mode & (S_IRWXG | S_IRWXO) == 0, status.st_uid == geteuid() || geteuid() == 0 else {
      throw .notPrivate(path)
    }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw .unreadable(path) }
    let line = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard line.allSatisfy({ (32...126).contains($0) }) else { throw .badCharacters }
    return try Cookie(String(decoding: line, as: UTF8.self))
  }
}
