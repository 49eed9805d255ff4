#if ControlSocket
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

  /// Numbers and times, as people read them.
  enum Words {
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

    /// `12.3 MB`.
    static func bytes(_ number: Int) -> String {
      var value = Double(number)
      for unit in ["B", "kB", "MB", "GB"] {
        if value < 1_000 { return "\(short(value)) \(unit)" }
        value /= 1_000
      }
      return "\(short(value)) TB"
    }

    static func short(_ value: Double) -> String {
      guard value.isFinite else { return "-" }
      if value == value.rounded() || abs(value) >= 100 { return "\(Int(min(value.rounded(), 1e15)))" }
      let tenths = Int((value * 10).rounded())
      return "\(tenths / 10).\(abs(tenths % 10))"
    }

    static func percent(_ part: Double) -> String { "\(Int((part * 100).rounded())) %" }

    static func time(_ seconds: Double) -> String {
      switch seconds {
      case ..<1: "\(Int((max(0, seconds) * 1_000).rounded())) ms"
      case ..<120: "\(Int(seconds)) s"
      case ..<7_200: "\(Int(seconds / 60)) min"
      case ..<172_800: "\(Int(seconds / 3_600)) h"
      default: "\(Int(min(seconds / 86_400, 1e9))) d"
      }
    }
  }
#endif
