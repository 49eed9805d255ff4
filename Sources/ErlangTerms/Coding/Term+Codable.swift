extension Term: Codable {
  /// The term as it stands, from a term.
  ///
  /// Other formats than Erlang's have no terms: with their decoders it throws.
  public init(from decoder: any Decoder) throws {
    guard let source = decoder as? TermSource else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "A Term is read by TermCoding only, not by \(type(of: decoder))."))
    }
    self = source.term
  }

  /// The term as it stands, in a term.
  ///
  /// Other formats than Erlang's have no terms: with their encoders it throws.
  public func encode(to encoder: any Encoder) throws {
    guard let draft = encoder as? DraftEncoder else {
      throw EncodingError.invalidValue(
        self,
        EncodingError.Context(
          codingPath: encoder.codingPath,
          debugDescription: "A Term is written by TermCoding only, not by \(type(of: encoder))."))
    }
    draft.draft.set(self)
  }
}
