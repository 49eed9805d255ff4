/// Makes lines of the bytes that an OS process writes.
///
/// A machine: bytes go in, lines come out. It never holds more than one line of the longest length.
struct LineSplitter: Sendable {
  /// How many bytes of a line are kept.
  let longest: Int
  private var line: [UInt8] = []
  private var dropped = 0

  init(longest: Int) { self.longest = max(1, longest) }

  /// Takes bytes; answers with the lines that are complete.
  ///
  /// A line ends with a newline, before which a carriage return does not count. What is longer than the longest is cut, and says
  /// by how much.
  mutating func take(_ bytes: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(close())
      } else if line.count < longest {
        line.append(byte)
      } else {
        dropped += 1
      }
    }
    return lines
  }

  /// What is left when no more bytes come; nil if nothing is.
  mutating func finish() -> String? {
    line.isEmpty && dropped == 0 ? nil : close()
  }

  private mutating func close() -> String {
    defer {
      line.removeAll(keepingCapacity: true)
      dropped = 0
    }
    if dropped == 0, line.last == UInt8(ascii: "\r") { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    return dropped == 0 ? text : "\(text)… (\(dropped) more bytes)"
  }
}
