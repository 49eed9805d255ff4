/// Cuts what comes into lines.
///
/// A machine: bytes go in, lines come out. What it keeps is bounded.
package struct LineSplitter: Sendable {
  package struct TooLong: Error, Hashable {
    package let limit: Int
  }

  private var buffer: [UInt8] = []
  /// How far the buffer has been searched, and how much of it has been handed out.
  private var searched = 0
  private var taken = 0
  private let longest: Int

  package init(longest: Int) { self.longest = longest }

  package mutating func append(_ bytes: some Sequence<UInt8>) {
    if taken > 0 {
      buffer.removeFirst(taken)
      searched -= taken
      taken = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next line, without its end; nil if there is no whole one.
  ///
  /// - Throws: ``TooLong`` if there cannot be one any more: the rest is of no use.
  package mutating func next() throws(TooLong) -> [UInt8]? {
    while searched < buffer.count {
      if buffer[searched] == UInt8(ascii: "\n") {
        guard searched - taken <= longest else { throw TooLong(limit: longest) }
        var line = Array(buffer[taken..<searched])
        searched += 1
        taken = searched
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
      }
      searched += 1
    }
    guard buffer.count - taken <= longest else { throw TooLong(limit: longest) }
    return nil
  }
}
