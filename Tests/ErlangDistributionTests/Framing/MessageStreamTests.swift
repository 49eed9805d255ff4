import ErlangTerms
import SupervisionTesting
import Testing

@testable import ErlangDistribution

@Suite("The bytes of a connection as messages")
struct MessageStreamTests {
  private typealias Fixture = FramingFixture

  private func frames(_ random: inout SplitMix) throws -> [[UInt8]] {
    try (0..<40).map { _ in
      switch Int.random(in: 0..<5, using: &random) {
      case 0: return []
      case 1:
        let text = [UInt8](repeating: 7, count: Int.random(in: 0..<300, using: &random))
        return try Fixture.frame(
          [.integer(Opcode.sendSender), .pid(Fixture.peerPid), .pid(Fixture.ownPid)],
          Fixture.encoded(.binary(text)))
      case 2:
        return try Fixture.frame(
          [.integer(Opcode.monitor), .pid(Fixture.peerPid), .atom("cache"), .reference(Fixture.reference)])
      case 3: return try Fixture.frame([.integer(Opcode.link), .pid(Fixture.peerPid), .pid(Fixture.ownPid)])
      default:
        return try Fixture.frame(
          [.integer(Opcode.demonitor), .pid(Fixture.peerPid), .pid(Fixture.ownPid), .reference(Fixture.reference)])
      }
    }
  }

  @Test("WIRE-9: however they are cut, the same messages come in the same order", arguments: 0..<40 as Range<UInt64>)
  func cut(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let frames = try frames(&random)
    var bytes: [UInt8] = []
    for frame in frames {
      bytes.appendInteger(UInt32(frame.count))
      bytes += frame
    }
    var reader = Fixture.reader()
    let expected = try frames.compactMap { try reader.message($0) }.map { Fixture.text($0) }
    let limits = WireLimits()
    let events = RecordingEvents()
    let connection = ScriptedPeer()
    var stream = MessageStream(Fixture.reader(), limits: limits)
    var offset = 0
    while offset < bytes.count {
      let end = min(bytes.count, offset + Int.random(in: 1...200, using: &random))
      try stream.read(bytes.span.bytes.extracting(offset..<end), from: connection, to: events) { true }
      offset = end
    }
    #expect(events.received.map { Fixture.text($0) } == expected, "seed \(seed)")
  }
}
