package import SupervisionInspection

/// What a node answers: one line of JSON, or several if something is followed.
package struct ControlAnswer<Value: Codable & Sendable>: Codable, Sendable {
  package var version = ControlRequest.version
  package var value: Value?
  package var error: ControlFailure?
  /// Whether another line will follow; nil: it will not.
  package var more: Bool?

  enum CodingKeys: String, CodingKey {
    case version = "v"
    case value = "ok"
    case error, more
  }

  package init(_ value: Value, more: Bool? = nil) {
    self.value = value
    self.more = more
  }
}

/// Of a request that was not done.
package struct ControlRefusal: Codable, Sendable {
  package var version = ControlRequest.version
  package var error: ControlFailure

  enum CodingKeys: String, CodingKey {
    case version = "v"
    case error
  }

  package init(_ error: ControlFailure) { self.error = error }
}

/// Why a request was not done, and what to do.
package struct ControlFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Codable, Sendable {
    /// It is no request, or one of another version.
    case badRequest
    /// There is no such process.
    case notFound
    /// The node does no such things.
    case readOnly
    /// The caller is another user, or there are too many of them.
    case refused
    /// The message is none of the receiver's.
    case badMessage
    /// It was tried, and has failed.
    case failed
    /// It took too long.
    case timeout
  }

  package var code: Code
  package var text: String
  package var description: String { text }

  package init(_ code: Code, _ text: String) {
    self.code = code
    self.text = text
  }
}

// MARK: What is in an answer, beside the snapshots

/// Something was done.
package struct Done: Codable, Hashable, Sendable {
  package var done: String

  package init(_ done: String) { self.done = done }
}

/// What a server has answered.
package struct CallAnswer: Codable, Hashable, Sendable {
  /// As Elixir writes terms, if the answer is `Codable`; else as Swift prints it.
  package var answer: String
  package var isTerm: Bool
}

/// The node with those of its processes that stand out.
package struct TopSnapshot: Codable, Sendable {
  package var node: NodeSnapshot
  package var processes: ProcessList
}

/// The state of a server.
package struct StateSnapshot: Codable, Sendable {
  package var process: String
  package var title: String
  package var server: ServerSnapshot
  /// The state as Elixir writes terms, if it is `Codable`.
  package var term: String?
}

/// Something that a traced process has done.
package struct TraceEvent: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case received, replied, handled, ended
    /// So many events came faster than they were read.
    case lost
  }

  package var kind: Kind
  /// One line, as OTP prints it.
  package var text: String
}
