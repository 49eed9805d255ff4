internal import CFaultBarrier

/// What the signal handler saw of a trap: numbers, and the runtime's text if there was one.
package struct RawFault: Sendable {
  package enum Kind: UInt32, Sendable {
    case trap = 1
    case cast, unowned, stackOverflow, exclusivity, abort, nullPointer, arithmetic, instruction
  }

  package let kind: Kind

  /// For a trap, `SIGILL` on x86-64, `SIGTRAP` on arm64.
  package let signal: Int32

  /// The address of the trap instruction.
  package let pc: UInt

  /// The runtime's own text, such as `App/Parser.swift:17: Fatal error: Index out of range`.
  ///
  /// `nil` for a trap that the compiler placed in line, as it does in release builds for most checks of the language;
  /// ``symbolicated()`` finds the words for those. The text is cut at 511 bytes. The runtime has one place for it, for all
  /// threads: of threads that fail within microseconds of each other, one may get the text of another, or several, or none.
  package let message: String?

  /// The call stack, the innermost first: ``pc``, then return addresses.
  ///
  /// At most 64. The walk follows frame pointers, which SwiftPM keeps: it misses a function without one. Asynchronous
  /// functions that wait for the innermost one are not on the thread's stack, and so not in here.
  package let frames: [UInt]

  /// The address of what the abandoned thread has for faults.
  private let thread: UInt

  /// Gives back the memory of the abandoned thread that nobody can reach any more.
  ///
  /// To be called once for each fault.
  package func giveBackThread() {
    cfb_give_back_thread(thread)
  }

  init(_ record: cfb_record) {
    thread = UInt(record.thread)
    kind = Kind(rawValue: record.kind.rawValue) ?? .trap
    signal = record.signal
    pc = record.pc
    frames = unsafe withUnsafeBytes(of: record.frames) { bytes in
      unsafe Array(bytes.bindMemory(to: UInt.self).prefix(Int(record.depth)))
    }
    let text = unsafe withUnsafeBytes(of: record.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let lastLine = text.lastIndex { !$0.isNewline }
    message = lastLine.map { String(text[...$0]) }
  }
}
