/// How terms are written as text.
public enum TermSyntax: Hashable, Sendable {
  /// As Erlang writes them: `{save,<<"hola">>}`.
  case erlang
  /// As Elixir writes them: `{:save, "hola"}`.
  case elixir
}

extension Term: CustomStringConvertible, CustomDebugStringConvertible {
  /// The term as Erlang writes it, on one line: `io_lib:format("~0tp", [Term])`.
  public var description: String { text(in: .erlang) }

  public var debugDescription: String { description }

  /// The term as text, on one line.
  ///
  /// Except for pids, ports, references, closures, and floats that are not finite, `Term(text, syntax: syntax)` reads it
  /// back. Those have no text in Erlang either that could be read back.
  public func text(in syntax: TermSyntax) -> String {
    switch syntax {
    case .erlang:
      var printer = ErlangPrinter()
      printer.print(self)
      return printer.text
    case .elixir:
      var printer = ElixirPrinter()
      printer.print(self)
      return printer.text
    }
  }

  /// The term that a text describes.
  ///
  /// Only terms are read, no expressions: `{ok, 1}`, not `{ok, 1 + 1}`. A full stop at the end of Erlang's syntax is allowed,
  /// as are comments. It throws ``TermError`` with the offset of what it does not understand. Of the limits, those on depth,
  /// size and integers hold.
  public init(_ text: String, syntax: TermSyntax, limits: TermLimits = TermLimits()) throws(TermError) {
    var scanner = TermScanner(text, syntax, limits)
    guard text.utf8.count <= limits.byteCount else {
      throw TermError(.limit, at: 0, "a text of \(text.utf8.count) bytes, the limit is \(limits.byteCount)")
    }
    switch syntax {
    case .erlang: self = try scanner.erlangDocument()
    case .elixir: self = try scanner.elixirDocument()
    }
  }
}
