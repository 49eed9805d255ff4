/// Why bytes or a text are no term, or a term cannot be encoded.
public struct TermError: Error, Hashable, Sendable {
  /// The kind of a problem, to tell one from another in code.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// The kind in a few words.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// The bytes or the text end within the term.
    public static let truncated = Problem("truncated")
    /// There is more after the term.
    public static let trailing = Problem("trailing bytes")
    /// The first byte is not 131, or a tag is none of the format's.
    public static let unknownTag = Problem("unknown tag")
    /// A field of a known tag has a value that it cannot have.
    public static let malformed = Problem("malformed")
    /// A map has the same key twice.
    public static let duplicateKey = Problem("duplicate key")
    /// One of ``TermLimits`` is exceeded.
    public static let limit = Problem("limit exceeded")
    /// It is Erlang's, but is not read or written here.
    public static let unsupported = Problem("unsupported")
  }

  /// The kind of the problem.
  public let problem: Problem
  /// Where it is: the byte of the input, counted from 0; when encoding, the bytes written so far.
  public let offset: Int
  /// What was found there, and what would have been right.
  public let details: String

  init(_ problem: Problem, at offset: Int, _ details: String) {
    self.problem = problem
    self.offset = offset
    self.details = details
  }
}

extension TermError: CustomStringConvertible {
  public var description: String { "\(details), at byte \(offset) (\(problem))" }
}
