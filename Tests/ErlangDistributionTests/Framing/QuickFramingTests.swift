import ErlangTerms
import SupervisionTesting
import Testing

@testable import ErlangDistribution

@Suite("Frames that are read and written without terms")
struct QuickFramingTests {
  private typealias Fixture = FramingFixture

  private func control(_ random: inout SplitMix) -> [Term] {
    let pids = [Fixture.peerPid, Fixture.ownPid, Fixture.foreignPid]
    func pid() -> Term { .pid(pids[Int.random(in: 0..<3, using: &random)]) }
    let reference = Term.reference(Fixture.reference)
    let name = Term.atom(["cache", "", "a name with spaces"][Int.random(in: 0..<3, using: &random)])
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return [.integer(Opcode.send), name, pid()]
    case 1: return [.integer(Opcode.sendSender), pid(), pid()]
    case 2: return [.integer(Opcode.sendToName), pid(), .atom(""), name]
    case 3: return [.integer(Opcode.sendToAlias), pid(), reference]
    case 4: return [.integer(Opcode.monitor), pid(), Bool.random(using: &random) ? pid() : name, reference]
    case 5: return [.integer(Opcode.demonitor), pid(), Bool.random(using: &random) ? pid() : name, reference]
    default: return [.integer(Opcode.link), pid(), pid()]
    }
  }

  @Test(
    "what is read so, whole or with a byte changed, is what is read by way of terms",
    arguments: 0..<50 as Range<UInt64>)
  func reading(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let quick = QuickReader(peer: Fixture.peer, local: Fixture.own)
    let slow = ControlReader(peer: Fixture.peer, local: Fixture.own, terms: TermLimits())
    var count = 0
    for _ in 0..<200 {
      var frame = try Fixture.frame(control(&random), [97, 7])
      if Bool.random(using: &random) {
        frame[Int.random(in: 3..<frame.count - 2, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let message = quick.message(frame.span.bytes, at: 3, [], .header(sendsFragments: false)) else { continue }
      count += 1
      var offset = 3
      let term = try TermDecoder(limits: TermLimits()).decode(frame.span.bytes, at: &offset)
      let expected = try slow.message(term, Payload(bytes: frame[offset...]))
      #expect(Fixture.text(message) == Fixture.text(expected), "seed \(seed): \(frame)")
    }
    #expect(count > 50)
  }

  @Test("a frame that ends anywhere is no message that is read so")
  func cut() throws {
    let quick = QuickReader(peer: Fixture.peer, local: Fixture.own)
    var random = SplitMix(state: 1)
    for _ in 0..<100 {
      let frame = try Fixture.frame(control(&random))
      for length in 3..<frame.count {
        let message = quick.message(
          frame.span.bytes.extracting(0..<length), at: 3, [], .header(sendsFragments: false))
        #expect(message == nil, "\(frame.prefix(length))")
      }
    }
  }

  @Test("what is written so has the bytes that are written by way of terms", arguments: [true, false])
  func writing(hasHeader: Bool) throws {
    let flags = hasHeader ? DistributionFlags.hidden : Fixture.passThrough
    let format = FrameFormat(flags)
    let payload = try Payload(.tuple([.atom("x"), .integer(1)]))
    let messages: [ControlMessage] = [
      .send(from: Fixture.ownPid, to: Fixture.peerPid, payload), .send(from: nil, to: Fixture.peerPid, payload),
      .sendToName(from: Fixture.ownPid, to: "cache", payload),
      .monitor(from: Fixture.ownPid, .pid(Fixture.peerPid), Fixture.reference),
      .demonitor(from: Fixture.ownPid, .name("cache"), Fixture.reference),
    ]
    for message in messages {
      let frame = try #require(QuickWriter.frame(message, flags: flags, format))
      let parts = ControlWriter(flags: flags).parts(message)
      var control: [UInt8] = []
      ControlWriter.append(parts.control, to: &control)
      let start: [UInt8] = hasHeader ? [131, 68, 0] : [112, 131]
      let rest = parts.payload.map { hasHeader ? Array($0) : [131] + $0 } ?? []
      #expect(Array(frame.dropFirst(4)) == start + control + rest)
      #expect(Array(frame.prefix(4)) == [0, 0, 0, UInt8(frame.count - 4)])
    }
  }
}
