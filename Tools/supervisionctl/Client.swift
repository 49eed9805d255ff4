#if ControlSocket
  import Foundation
  import SupervisionControl
  import SupervisionInspection

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// A connection to a node: a line goes, a line comes.
  final class Client {
    private let descriptor: Int32
    private let path: String
    private var lines = LineSplitter(longest: 256 << 20)

    init(_ path: String) throws {
      self.path = path
      switch UnixSocket.connect(path) {
      case .success(let descriptor): self.descriptor = descriptor
      case .failure(let failure):
        let hint =
          switch failure.code {
          case ENOENT: "no node listens there; `supervisionctl nodes` lists those that run"
          case ECONNREFUSED: "the program that made it has ended"
          case EACCES: "it belongs to another user; become that user"
          default: SystemText.of(failure.code)
          }
        throw ToolFailure.noNode("cannot attach to \(path): \(hint)")
      }
    }

    deinit { close(descriptor) }

    func ask<Value: Codable & Sendable>(_ request: ControlRequest, for type: Value.Type = Value.self) throws -> Value {
      try send(request)
      return try receive(type, within: (request.seconds ?? 5) + 30).value
    }

    func send(_ request: ControlRequest) throws {
      var bytes = Array((JSON.text(request) + "\n").utf8)[...]
      while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw gone }
        bytes = bytes.dropFirst(count)
      }
    }

    private var gone: ToolFailure { .noNode("the node at \(path) has gone away") }

    /// The next answer, and whether more will follow; nil for ever if it need not come within a time.
    func receive<Value: Codable & Sendable>(
      _ type: Value.Type, within seconds: Double? = nil
    ) throws -> (value: Value, more: Bool) {
      guard let line = try line(within: seconds) else { throw gone }
      return try Self.decode(type, line)
    }

    static func decode<Value: Codable & Sendable>(
      _ type: Value.Type, _ line: [UInt8]
    ) throws -> (value: Value, more: Bool) {
      let data = Data(line)
      if let refusal = try? JSONDecoder().decode(ControlRefusal.self, from: data) { throw refusal.error }
      guard let answer = try? JSONDecoder().decode(ControlAnswer<Value>.self, from: data), let value = answer.value
      else {
        throw ToolFailure(
          status: 1,
          description:
            "the node's answer is not understood; use the supervisionctl of the release that it was built with")
      }
      return (value, answer.more == true)
    }

    /// Nil if the node has ended the connection.
    func line(within seconds: Double? = nil) throws -> [UInt8]? {
      let end = seconds.map { Instant.now.monotonic + Int64($0 * 1e9) }
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        if let line = try? lines.next() { return line }
        if let end {
          let left = Int32(clamping: (end - Instant.now.monotonic) / 1_000_000)
          var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          guard left > 0, poll(&poller, 1, left) != 0 else {
            throw ToolFailure(status: 1, description: "the node at \(path) does not answer")
          }
        }
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return nil }
        lines.append(buffer.prefix(count))
      }
    }
  }

  /// For machines, over several lines.
  enum Pretty {
    static func json(_ value: some Encodable) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
  }
#endif
