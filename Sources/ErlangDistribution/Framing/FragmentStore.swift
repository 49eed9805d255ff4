import ErlangTerms

/// The messages of which not all fragments have come.
struct FragmentStore {
  /// A message whose first fragment has come, with its control message, which is always complete.
  struct Unfinished {
    var control: Term
    var atoms: [Atom]
    var payload: [UInt8]
    /// The number of the fragment that comes next; the last one is 1.
    fileprivate var next: UInt64
  }

  private let limits: WireLimits
  private var unfinished: [UInt64: Unfinished] = [:]
  private var byteCount = 0

  init(_ limits: WireLimits) {
    self.limits = limits
  }

  /// Takes the first fragment, or gives the message back when it is the only one.
  mutating func begin(
    _ sequence: UInt64, count: UInt64, _ control: Term, _ atoms: [Atom], _ part: ArraySlice<UInt8>
  ) throws(CloseReason) -> Unfinished? {
    guard count > 0, count <= limits.fragmentCount else {
      throw .violation("a message of \(count) fragments, the limit is \(limits.fragmentCount)")
    }
    guard unfinished[sequence] == nil else { throw .violation("a message that begins twice") }
    let message = Unfinished(control: control, atoms: atoms, payload: Array(part), next: count - 1)
    guard count > 1 else { return message }
    guard sequence != 0 else { throw .violation("fragments of no sequence") }
    guard unfinished.count < limits.unfinishedMessageCount else {
      throw .violation("more than \(limits.unfinishedMessageCount) messages that are not complete")
    }
    try take(part.count)
    unfinished[sequence] = message
    return nil
  }

  /// Takes another fragment.
  ///
  /// The message, if it is complete now.
  mutating func add(
    _ sequence: UInt64, number: UInt64, _ part: ArraySlice<UInt8>
  ) throws(CloseReason) -> Unfinished? {
    guard number > 0, unfinished[sequence]?.next == number else {
      throw .violation("a fragment that is not the next one of its message")
    }
    try take(part.count)
    unfinished[sequence]?.payload += part
    unfinished[sequence]?.next = number - 1
    guard number == 1, let message = unfinished.removeValue(forKey: sequence) else { return nil }
    byteCount -= message.payload.count
    return message
  }

  private mutating func take(_ count: Int) throws(CloseReason) {
    byteCount += count
    guard byteCount <= limits.messageByteCount else {
      throw .violation("more than \(limits.messageByteCount) bytes in messages that are not complete")
    }
  }
}
