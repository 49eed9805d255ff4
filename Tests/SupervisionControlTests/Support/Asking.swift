import Foundation
@_spi(Runtime) import ProcessRuntime
import Supervision
import Testing

@testable import SupervisionControl

/// A line of JSON, taken apart.
struct Reply {
  let fields: [String: Any]

  init(_ line: String) throws {
    let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
    fields = try #require(value as? [String: Any])
    #expect(fields["v"] as? Int == 1)
  }

  var ok: [String: Any] { fields["ok"] as? [String: Any] ?? [:] }
  var code: String? { (fields["error"] as? [String: Any])?["code"] as? String }
  var problem: String { (fields["error"] as? [String: Any])?["text"] as? String ?? "" }
}

/// A node that is asked without a socket.
struct Asking {
  let handler: ControlHandler
  let attachment: ControlAttachment

  init(allowsActions: Bool = false, _ change: (inout ControlConfiguration) -> Void = { _ in }) {
    var configuration = ControlConfiguration(allowsActions: allowsActions)
    configuration.limits.requestsPerSecond = 1_000_000
    configuration.interval = 0
    change(&configuration)
    handler = ControlHandler(configuration, node: .shared)
    attachment = ControlAttachment(handler)
  }

  func line(_ text: String) async throws -> Reply { try await bytes(Array(text.utf8)) }

  func bytes(_ line: [UInt8]) async throws -> Reply {
    switch await handler.respond(to: line, attachment) {
    case .line(let text): return try Reply(text)
    case .stream(let stream):
      stream.cancel()
      await stream.end()
      return try Reply(#"{"v":1,"ok":{"stream":true}}"#)
    }
  }

  func ask(_ command: String, _ fields: [String: Any] = [:]) async throws -> Reply {
    try await line(Self.text(command, fields))
  }

  static func text(_ command: String, _ fields: [String: Any] = [:]) throws -> String {
    var fields = fields
    fields["v"] = 1
    fields["do"] = command
    return String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
  }
}

func eventually(
  _ isTrue: () async throws -> Bool, _ what: String = "it has not happened",
  at location: SourceLocation = #_sourceLocation
) async throws {
  let end = ContinuousClock.now.advanced(by: .seconds(20))
  while ContinuousClock.now < end {
    if try await isTrue() { return }
    try await Task.sleep(for: .milliseconds(2))
  }
  Issue.record("\(what)", sourceLocation: location)
}
