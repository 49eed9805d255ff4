import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The standard output, written line by line, and everything that was written to it.
enum Output {
  private static let written = Mutex<[String]>([])

  /// Prints one line, at once and in one piece, whichever thread it comes from.
  static func write(_ line: String) {
    written.withLock { written in
      written.append(contentsOf: line.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
      var rest = Array("\(line)\n".utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Self.write($0) }
        if count <= 0 { return }
        rest = rest.dropFirst(count)
      }
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(1, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(1, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(1, bytes.baseAddress, bytes.count)
    #endif
  }

  /// How many lines there are so far.
  static var count: Int { written.withLock { $0.count } }

  /// The lines since there were `count`.
  static func lines(since count: Int) -> [String] { written.withLock { Array($0.dropFirst(count)) } }
}

/// What `print` means in this module, the examples included: their lines are the tour's lines. It has the parameters of the
/// standard library's, so that it always comes first.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  Output.write(items.map { "\($0)" }.joined(separator: separator))
}
