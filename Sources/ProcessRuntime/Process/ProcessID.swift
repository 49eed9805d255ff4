/// The identity of one process, for ever: an id is never used again (OTP's pid).
///
/// Copyable, `Sendable`, cheap to compare and to hash. Holding an id keeps a few hundred bytes of a dead process, nothing of
/// its state.
public struct ProcessID: Hashable, Sendable, CustomStringConvertible {
  package let cell: ProcessCell

  package init(_ cell: ProcessCell) {
    self.cell = cell
  }

  /// An id that belongs to no process and never will: for the tests of pure machines.
  package init(placeholder number: UInt64) {
    self.cell = NoProcess(number: number)
  }

  /// Why the process ended; `noProcess` while it lives.
  package var reasonIfDead: ExitReason { cell.exitReason ?? .noProcess }

  public static func == (a: ProcessID, b: ProcessID) -> Bool {
    a.cell === b.cell
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(cell.number)
  }

  /// One multiplication: numbers are given out by the node, those of other nodes' processes too, and nobody can choose
  /// them so that they collide.
  public func _rawHashValue(seed: Int) -> Int {
    let hash = (cell.number ^ UInt64(truncatingIfNeeded: seed)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }

  /// `<0.113.0>`, as Erlang prints it; the first number is another for each other node.
  public var description: String {
    remote?.text ?? "<0.\(cell.number).0>"
  }
}
