#if GRDB
  import Foundation
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import Supervision

  extension Response {
    /// Server-sent events: the matches as they are, and then each whenever something happens in it.
    static func news(
      of topic: Followers.Topic, from start: @escaping @Sendable () async throws -> [MatchSummary]
    ) -> Response {
      let body = ResponseBody { writer in
        // Before the start is read, so that nothing falls between.
        let news = try Followers.follow(topic)
        try await writer.write(ByteBuffer(string: "retry: 500\n\n"))
        for match in try await start().reversed() { try await writer.write(match.event) }
        for await item in news {
          switch item {
          case .score(let match): try await writer.write(match.event)
          case .beat: try await writer.write(ByteBuffer(string: ": still here\n\n"))
          }
        }
        try await writer.finish(nil)
      }
      return Response(
        status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }
  }

  extension JSONEncoder {
    static var football: JSONEncoder {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return encoder
    }
  }

  extension MatchSummary {
    fileprivate var event: ByteBuffer {
      get throws {
        var buffer = ByteBuffer(string: "event: match\ndata: ")
        buffer.writeBytes(try JSONEncoder.football.encode(self))
        buffer.writeString("\n\n")
        return buffer
      }
    }
  }
#endif
