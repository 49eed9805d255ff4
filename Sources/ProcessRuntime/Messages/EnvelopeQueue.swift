/// A first-in first-out chain of envelopes.
///
/// Belongs to its process's lock.
struct EnvelopeQueue {
  typealias Pointer = UnsafeMutablePointer<EnvelopeHeader>

  private(set) var head: Pointer?
  private var tail: Pointer?
  private var length: UInt32 = 0
  /// How often an envelope was taken out of the middle.
  private(set) var cuts: UInt32 = 0

  var isEmpty: Bool { head == nil }
  var count: Int { Int(length) }

  mutating func append(_ envelope: Pointer) {
    envelope.pointee.next = 0
    if let tail { tail.pointee.next = UInt(bitPattern: envelope) } else { head = envelope }
    tail = envelope
    length &+= 1
  }

  /// Appends a chain that stands newest first, as the inbox gives it.
  mutating func append(newestFirst address: UInt) {
    var next: Pointer?
    var newest: Pointer?
    var more: UInt32 = 0
    var address = address
    while let envelope = Inbox.envelope(at: address) {
      address = envelope.pointee.next
      envelope.pointee.next = UInt(bitPattern: next)
      if newest == nil { newest = envelope }
      next = envelope
      more &+= 1
    }
    guard let oldest = next else { return }
    if let tail { tail.pointee.next = UInt(bitPattern: oldest) } else { head = oldest }
    tail = newest
    length &+= more
  }

  /// Appends all of another queue, which is empty then.
  mutating func append(all other: inout EnvelopeQueue) {
    guard let first = other.head else { return }
    if let tail { tail.pointee.next = UInt(bitPattern: first) } else { head = first }
    tail = other.tail
    length &+= other.length
    other = EnvelopeQueue()
  }

  mutating func popFirst() -> Pointer? {
    guard let first = head else { return nil }
    head = Pointer(bitPattern: first.pointee.next)
    if head == nil { tail = nil }
    length &-= 1
    return first
  }

  /// Takes out the first envelope that `matches`, and leaves the others in place (selective receive).
  mutating func removeFirst(where matches: (Pointer) -> Bool) -> Pointer? {
    var previous: Pointer?
    var current = head
    while let envelope = current {
      let next = Pointer(bitPattern: envelope.pointee.next)
      if matches(envelope) {
        if let previous { previous.pointee.next = UInt(bitPattern: next) } else { head = next }
        if tail == envelope { tail = previous }
        length &-= 1
        cuts &+= 1
        return envelope
      }
      previous = envelope
      current = next
    }
    return nil
  }

  /// Takes out that envelope.
  mutating func remove(_ envelope: Pointer) {
    if envelope == head {
      // Who has looked further, remembers where: the first may go only if that is looked for again.
      cuts &+= 1
      _ = popFirst()
    } else {
      _ = removeFirst { $0 == envelope }
    }
  }

  /// Puts another envelope, or none, in the place of that one.
  mutating func replace(_ old: Pointer, with new: Pointer?) {
    guard let new else { return remove(old) }
    var previous: Pointer?
    var current = head
    while let envelope = current, envelope != old {
      previous = envelope
      current = Pointer(bitPattern: envelope.pointee.next)
    }
    guard current != nil else { return }
    new.pointee.next = old.pointee.next
    if let previous { previous.pointee.next = UInt(bitPattern: new) } else { head = new }
    if tail == old { tail = new }
    cuts &+= 1
  }

  /// The envelope behind that one; the first, behind none.
  func next(after envelope: Pointer?) -> Pointer? {
    guard let envelope else { return head }
    return Pointer(bitPattern: envelope.pointee.next)
  }

  func forEach(_ body: (Pointer) -> Void) {
    var current = head
    while let envelope = current {
      current = Pointer(bitPattern: envelope.pointee.next)
      body(envelope)
    }
  }

  func contains(where matches: (Pointer) -> Bool) -> Bool {
    var current = head
    while let envelope = current {
      if matches(envelope) { return true }
      current = Pointer(bitPattern: envelope.pointee.next)
    }
    return false
  }

  mutating func takeAll() -> EnvelopeQueue {
    let all = self
    self = EnvelopeQueue()
    return all
  }
}
