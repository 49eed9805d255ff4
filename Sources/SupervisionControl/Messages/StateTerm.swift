import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// The state of a server as Elixir writes terms.
enum StateTerm {
  /// Nil if the state is not `Codable`, is not to be seen, or there is none.
  static func text(of process: ProcessID) async -> String? {
    let text = try? await Sys.inspectState(of: process, timeout: .seconds(1)) { state throws -> String? in
      guard let split = state as? any SplitState else { return try term(of: state)?.text(in: .elixir) }
      let parts = split.parts
      guard let state = try term(of: parts.state), let data = try term(of: parts.data) else { return nil }
      return Term.tuple([state, data]).text(in: .elixir)
    }
    return text ?? nil
  }

  private static func term(of value: Any) throws -> Term? {
    guard let value = value as? any Encodable else { return nil }
    return try TermCoding().term(of: value)
  }
}
