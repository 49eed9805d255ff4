import Supervision

/// Checks what people write about a match before others read it.
///
/// A worker of a pool: its patterns cost something to make and cannot be shared, and a comment that keeps one of them busy must
/// keep no other request waiting than those for commentators.
struct Commentator: GenServer {
  enum Message: Sendable {
    case check(String, ReplyTo<Result<String, Refusal>>)
  }

  enum Refusal: Error, Hashable, Sendable {
    case isEmpty
    case isTooLong(Int)
    case hasAddress
    case hasRudeWord
  }

  static let longest = 200

  private let spaces = /[\s\p{Cc}]+/
  private let address = /(?i)https?:|www\.|[a-z0-9-]+\.(com|net|org|io)\b/
  private let rude = /(?i)\b(idiot|moron|scum)s?\b/

  func handle(_ message: Message) {
    switch message {
    case .check(let text, let reply): reply(check(text))
    }
  }

  /// The comment without superfluous spaces.
  func check(_ text: String) -> Result<String, Refusal> {
    guard text.count <= Self.longest else { return .failure(.isTooLong(text.count)) }
    let words = text.split(separator: spaces)
    let tidy = words.joined(separator: " ")
    if tidy.isEmpty { return .failure(.isEmpty) }
    if tidy.contains(address) { return .failure(.hasAddress) }
    if tidy.contains(rude) { return .failure(.hasRudeWord) }
    return .success(tidy)
  }
}

extension Commentator.Refusal: CustomStringConvertible {
  var description: String {
    switch self {
    case .isEmpty: "the comment is empty; leave it out"
    case .isTooLong(let count): "the comment has \(count) characters; \(Commentator.longest) are allowed"
    case .hasAddress: "the comment has an address in it; say it without"
    case .hasRudeWord: "the comment is rude; say it in other words"
    }
  }
}

extension ProcessPool where Message == Commentator.Message {
  static var commentators: Self { .named("commentators") }
}
