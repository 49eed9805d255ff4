import ErlangTerms
import Testing

@testable import ErlangDistribution

@Suite("Frames, headers and fragments that break the protocol", .timeLimit(.minutes(1)))
struct FrameViolationTests {
  private func message() throws -> [UInt8] {
    try FramingFixture.encoded(.tuple([22, .pid(FramingFixture.peerPid), .pid(FramingFixture.ownPid)]))
  }

  /// What a reader says to frames, one after another.
  private func error(_ frames: [[UInt8]], limits: WireLimits = WireLimits()) -> CloseReason? {
    var reader = FramingFixture.reader(limits: limits)
    do {
      for frame in frames { _ = try reader.message(frame) }
      return nil
    } catch {
      return error
    }
  }

  @Test("WIRE-10, H-30: a frame of the other format, or of none, closes")
  func format() throws {
    let message = try message()
    let payload: [UInt8] = [97, 1]
    let passed = [112, 131] + message + [131] + payload
    #expect(FramingFixture.error(passed, FramingFixture.passThrough) == nil)
    #expect(FramingFixture.error([0, 131] + message + [131] + payload, FramingFixture.passThrough) == nil)
    #expect(FramingFixture.error([112] + message + [131] + payload, FramingFixture.passThrough) != nil)
    #expect(FramingFixture.error([112, 131] + message + payload, FramingFixture.passThrough) != nil)
    #expect(FramingFixture.error([112, 131] + message, FramingFixture.passThrough) != nil)
    #expect(error([passed]) != nil)
    for frame: [UInt8] in [
      [131], [131, 68], [131, 67, 0] + message + payload, [130, 68, 0] + message + payload, [1],
    ] {
      #expect(error([frame]) != nil)
    }
    #expect(error([[131, 68, 0] + message + payload]) == nil)
    #expect(error([[]]) == nil)
  }

  @Test("WIRE-11, H-30: references beyond the cache, to what was never sent, or cut off, close")
  func cache() throws {
    let name: [UInt8] = [104, 4, 97, 6, 88, 82, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 119, 0, 82, 1, 97, 1]
    // Two new atoms in the slots 0/1 and 7/255: the peer's name and `x`.
    let header: [UInt8] = [2, 0xf8, 0, 1, 6] + Array("peer@h".utf8) + [255, 1, 120]
    #expect(error([[131, 68] + header + name]) == nil)
    #expect(error([[131, 68] + header + name, [131, 68, 2, 0x70, 0, 1, 255] + name]) == nil)
    #expect(error([[131, 68, 2, 0x70, 0, 1, 255] + name]) != nil)
    #expect(error([[131, 68] + header + name, [131, 68, 2, 0x70, 0, 1, 254] + name]) != nil)
    #expect(error([[131, 68] + header + name, [131, 68, 1, 0x00, 1] + name]) != nil)
    for count in 2..<2 + header.count { #expect(error([Array(([131, 68] + header).prefix(count))]) != nil) }
    // Long atoms have lengths of 16 bits; none has more than 255 characters, or is anything but UTF-8.
    let long: [UInt8] = [2, 0xf8, 1, 1, 0, 6] + Array("peer@h".utf8) + [255, 0, 1, 120]
    #expect(error([[131, 68] + long + name]) == nil)
    let tooLong: [UInt8] =
      [2, 0xf8, 1, 1, 0, 6] + Array("peer@h".utf8) + [255, 1, 0] + [UInt8](repeating: 97, count: 256)
    #expect(error([[131, 68] + tooLong + name]) != nil)
    #expect(error([[131, 68, 2, 0xf8, 0, 1, 6] + Array("peer@h".utf8) + [255, 1, 0xff] + name]) != nil)
  }

  @Test("WIRE-11, H-26: a cache of atoms that change all the time has no more slots than the protocol gives")
  func atomFlood() throws {
    var cache = AtomCache()
    for number in 0..<10_000 {
      let text = Array("atom\(number)".utf8)
      let slot = number % AtomCache.slotCount
      let frame = [1, 8 | UInt8(slot >> 8), UInt8(slot & 255), UInt8(text.count)] + text
      var offset = 0
      #expect(try cache.header(frame, at: &offset).first?.name == "atom\(number)")
    }
  }

  @Test("WIRE-12, H-27: fragments without a beginning, out of order, or begun twice close")
  func order() throws {
    let first = [0] + (try message())
    func fragment(_ number: UInt64, _ rest: [UInt8], isFirst: Bool = false, sequence: UInt64 = 7) -> [UInt8] {
      FramingFixture.fragment(sequence, number, rest, isFirst: isFirst)
    }
    let begin = fragment(3, first + [109, 0], isFirst: true)
    #expect(error([begin, fragment(2, [0, 0]), fragment(1, [0])]) == nil)
    #expect(error([fragment(1, first + [97, 1], isFirst: true)]) == nil)
    #expect(error([fragment(1, [0])]) != nil)
    #expect(error([begin, fragment(1, [0])]) != nil)
    #expect(error([begin, fragment(2, [0]), fragment(2, [0])]) != nil)
    #expect(error([begin, begin]) != nil)
    #expect(error([begin, fragment(2, [0], sequence: 8)]) != nil)
    #expect(error([begin, fragment(2, [0, 0]), fragment(1, [0]), fragment(1, [0])]) != nil)
    #expect(error([begin, fragment(2, [0, 0]), fragment(1, [0]), begin]) == nil)
    #expect(error([fragment(2, first, isFirst: true, sequence: 0)]) != nil)
    #expect(error([Array(begin.prefix(15))]) != nil)
    // The control message must be whole in the first one.
    #expect(error([fragment(2, Array(first.dropLast(3)), isFirst: true)]) != nil)
  }

  @Test("WIRE-12, H-28: a number of fragments that is none, or is out of reach, closes and reserves nothing")
  func numbers() throws {
    let first = [0] + (try message()) + [109]
    for number: UInt64 in [0, 1 << 63, .max, 262_145] {
      #expect(error([FramingFixture.fragment(7, number, first, isFirst: true)]) != nil)
    }
    #expect(error([FramingFixture.fragment(7, 262_144, first, isFirst: true)]) == nil)
  }

  @Test("WIRE-12, H-29: messages that are never complete close, by their number and by their bytes")
  func unfinished() throws {
    let first = [0] + (try message()) + [109]
    let many = (1...1025).map { FramingFixture.fragment(UInt64($0), 2, first, isFirst: true) }
    #expect(error(Array(many.dropLast())) == nil)
    #expect(error(many) != nil)
    var limits = WireLimits()
    limits.messageByteCount = 4096
    let part = [UInt8](repeating: 0, count: 1500)
    let two = (1...2).map { FramingFixture.fragment(UInt64($0), 3, first + part, isFirst: true) }
    #expect(error(two, limits: limits) == nil)
    #expect(error(two + [FramingFixture.fragment(1, 2, part, isFirst: false)], limits: limits) != nil)
    // A message that is complete frees its room.
    let whole = (1...9).flatMap { number in
      [
        FramingFixture.fragment(UInt64(number), 2, first + part, isFirst: true),
        FramingFixture.fragment(UInt64(number), 1, part, isFirst: false),
      ]
    }
    #expect(error(whole, limits: limits) == nil)
  }
}
