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
  private struct State {
    var lines: [String] = []
    var isSilent = false
  }

  private static let state = Mutex(State())

  /// Prints one line, at once and in one piece, whichever thread it comes from.
  static func write(_ line: String) {
    state.withLock { state in
      state.lines.append(contentsOf: line.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
      if state.isSilent { return }
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

  /// Whether lines are only kept, not written: for tests.
  static var isSilent: Bool {
    get { state.withLock { $0.isSilent } }
    set { state.withLock { $0.isSilent = newValue } }
  }

  /// How many lines there are so far.
  static var count: Int { state.withLock { $0.lines.count } }

  /// The lines since there were `count`.
  static func lines(since count: Int) -> [String] { state.withLock { Array($0.lines.dropFirst(count)) } }
}

/// What `print` means in this module, the examples included: their lines are the tour's lines.
///
/// It has the parameters of the standard library's, so that it always comes first.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  Output.write(items.map { "\($0)" }.joined(separator: separator))
}
