/// What a browser asks for, as far as the observer looks at it.
struct ObserverRequest: Sendable {
  enum Remote: Sendable {
    case thisMachine, other
    /// The router that it is mounted in does not tell.
    case unknown
  }

  var isPost = false
  /// Behind the place where the observer is mounted, without a query.
  var path: [String] = []
  var query: [String: String] = [:]
  var form: [String: String] = [:]
  /// By their names in lower case.
  var headers: [String: String] = [:]
  var remote = Remote.unknown

  /// The host that the browser believes it talks to, with its port.
  var host: String { headers["host"] ?? "" }

  var isForThisMachine: Bool {
    let name: Substring
    if host.hasPrefix("[") {
      name = host.prefix { $0 != "]" } + "]"
    } else {
      name = host.prefix { $0 != ":" }
    }
    return ["localhost", "127.0.0.1", "[::1]"].contains(String(name).lowercased())
  }

  /// Whether a form was sent from a page of this very place.
  var isFromOwnPage: Bool {
    if let site = headers["sec-fetch-site"], site != "same-origin" { return false }
    guard let origin = headers["origin"], !host.isEmpty else { return false }
    return origin.lowercased() == "http://\(host.lowercased())" || origin.lowercased() == "https://\(host.lowercased())"
  }

  /// What stands behind `Authorization: Bearer`.
  var bearer: String? {
    guard let value = headers["authorization"], value.lowercased().hasPrefix("bearer ") else { return nil }
    return String(value.dropFirst(7))
  }

  func cookie(_ name: String) -> String? {
    for pair in (headers["cookie"] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0].drop(while: { $0 == " " }) == name { return String(parts[1]) }
    }
    return nil
  }

  /// Whether a script asks, that goes on by itself, and no form that wants another page.
  var isFromScript: Bool { headers["accept"]?.contains("application/json") == true }
}

/// What the browser gets.
struct ObserverResponse: Sendable {
  enum Body: Sendable {
    case text(String)
    /// Events, one after the other, until nobody reads them any more.
    case events(EventStream)
  }

  var status = 200
  var type = "text/html; charset=utf-8"
  var headers: [(name: String, value: String)] = []
  var body: Body

  init(_ html: HTML, status: Int = 200) {
    self.status = status
    body = .text(html.text)
  }

  init(_ text: String, type: String, status: Int = 200) {
    self.status = status
    self.type = type
    body = .text(text)
  }

  init(events: EventStream) {
    type = "text/event-stream; charset=utf-8"
    body = .events(events)
  }

  /// Look there instead.
  static func elsewhere(_ address: String) -> ObserverResponse {
    var response = ObserverResponse("", type: "text/plain; charset=utf-8", status: 303)
    response.headers = [("location", address)]
    return response
  }

  /// What holds for every response: nothing of anybody else's is loaded, nobody frames the page or keeps it.
  static var guards: [(name: String, value: String)] {
    [
      (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
          + "base-uri 'none'; frame-ancestors 'none'"
      ),
      ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin"),
      ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
    ]
  }
}
