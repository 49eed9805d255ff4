#if ControlSocket
  import SupervisionInspection

  /// Text in columns, as people read it.
  struct Table {
    enum Side { case left, right }

    private let columns: [(title: String, side: Side)]
    private var rows: [[String]] = []

    init(_ columns: [(String, Side)]) { self.columns = columns }

    mutating func add(_ cells: [String]) { rows.append(cells.map(Words.line)) }

    /// Its lines; none is longer than so many characters.
    func lines(width: Int = 10_000) -> [String] {
      let all = [columns.map(\.title)] + rows
      let widths = columns.indices.map { index in
        all.map { $0.indices.contains(index) ? $0[index].count : 0 }.max() ?? 0
      }
      return all.map { row in
        var line = ""
        for (index, cell) in row.enumerated() where widths.indices.contains(index) {
          let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
          if index > 0 { line += "  " }
          line += columns[index].side == .right ? padding + cell : cell + padding
        }
        while line.last == " " { line.removeLast() }
        return String(line.prefix(width))
      }
    }
  }

  extension Words {
    /// On one line, and without what a terminal would obey.
    static func line(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    /// Over several lines, and without what a terminal would obey.
    static func lines(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.map { $0 != "\n" && isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }

    /// In a column of figures, which may be cut out and reckoned with: without groups.
    static func figure(_ value: Double) -> String { short(value, separator: "") }
  }
#endif
