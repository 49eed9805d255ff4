import Foundation
import Testing

@testable import SupervisionControl

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The system's functions, in types that have some of the same names.
private func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
  bind(descriptor, address, size)
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Darwin)
    send(descriptor, bytes, count, 0)
  #else
    send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
  #endif
}

private let stream: Int32 = {
  #if canImport(Darwin)
    SOCK_STREAM
  #else
    Int32(SOCK_STREAM.rawValue)
  #endif
}()

/// One who attaches to a socket, and may send whatever he likes.
final class Wire {
  private let descriptor: Int32
  private var lines = LineSplitter(longest: 64 << 20)

  init(_ path: String) throws { descriptor = try UnixSocket.connect(path).get() }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&poller, 1, 10_000) == 1 else {
        Issue.record("nothing has been read for ten seconds")
        return
      }
      let count = rest.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  func send(_ text: String) { send(Array((text + "\n").utf8)) }

  /// The next line; nil if the other end has closed, or says nothing for twenty seconds.
  func line() throws -> String? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let line = try lines.next() { return String(decoding: line, as: UTF8.self) }
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 20_000) == 1 else {
        Issue.record("nothing has come for twenty seconds")
        return nil
      }
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { return nil }
      lines.append(buffer.prefix(count))
    }
  }

  struct Gone: Error {}

  func reply() throws -> Reply {
    guard let line = try line() else { throw Gone() }
    return try Reply(line)
  }

  func ask(_ command: String, _ fields: [String: Any] = [:]) throws -> Reply {
    send(try Asking.text(command, fields))
    return try reply()
  }
}

/// A folder of a test's own, which goes with it.
final class Folder {
  let path: String

  init(mode: mode_t = 0o700) {
    path = "/tmp/ctl-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    mkdir(path, 0o700)
    chmod(path, mode)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// A socket at which nobody listens any more.
  func leaveSocket(_ name: String) throws { try Self.bind(self(name), listening: false) }

  @discardableResult
  static func bind(_ path: String, listening: Bool) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let descriptor = socket(AF_UNIX, stream, 0)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        systemBind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
    if listening { listen(descriptor, 8) } else { close(descriptor) }
    return descriptor
  }
}

/// Chance that can be had again.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
