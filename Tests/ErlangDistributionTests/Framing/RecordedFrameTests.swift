import ErlangTerms
import Testing

@testable import ErlangDistribution

@Suite("Frames that OTP 25 has sent", .timeLimit(.minutes(1)))
struct RecordedFrameTests {
  private func messages() throws -> [ControlMessage?] {
    let peer = PeerIdentity(
      node: NodeIdentity(name: "beam@localhost", creation: 0x6b01_22bd), flags: .hidden, isHidden: false)
    var reader = MessageReader(peer: peer, local: "probe@localhost", limits: WireLimits())
    return try Recorded().frames.map { frame throws(CloseReason) in try reader.message(frame) }
  }

  @Test("WIRE-10, WIRE-11: the atom cache of a connection that is in use")
  func cache() throws {
    let messages = try messages()
    #expect(messages.count == 51)
    let terms: [Int: Term] = [
      0: .atom("hello"),
      1: .tuple([.atom("hello"), "x"]),
      2: .tuple([.atom("hello"), .atom("world"), .atom("hello")]),
      3: .map([.atom("a"): 1, .atom("b"): .atom("hello")]),
      5: .atom("ñandú"),
      8: .tuple([
        .atom("hello"), .pid(Term.Pid(node: "beam@localhost", id: 105, serial: 0, creation: 0x6b01_22bd)),
      ]),
    ]
    for index in [0, 1, 2, 3, 4, 5, 7, 8] {
      guard case .sendToName(let from, let name, let payload) = messages[index] else {
        Issue.record("frame \(index) is \(FramingFixture.text(messages[index]))")
        continue
      }
      #expect(from == Term.Pid(node: "beam@localhost", id: 106, serial: 0, creation: 0x6b01_22bd))
      #expect(name == "got")
      if let expected = terms[index] { #expect(try payload.term() == expected) }
    }
    for index in 9..<51 {
      guard case .send(let from, let to, _) = messages[index] else {
        Issue.record("frame \(index) is \(FramingFixture.text(messages[index]))")
        continue
      }
      #expect(
        from?.node == "beam@localhost"
          && to == Term.Pid(node: "probe@localhost", id: 5, serial: 0, creation: 0x0102_0304))
    }
  }

  @Test("WIRE-12: a message in two fragments")
  func fragments() throws {
    let messages = try messages()
    #expect(messages[6] == nil)
    guard case .sendToName(_, _, let payload) = messages[7] else { return #expect(Bool(false)) }
    #expect(try payload.term() == .binary([UInt8](repeating: UInt8(ascii: "z"), count: 70_000)))
  }

  @Test(
    "WIRE-11, WIRE-14: mutated frames are messages or close, and nothing else", arguments: 1...4 as ClosedRange<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let frames = try Recorded().frames.filter { $0.count < 1_000 }
    var accepted = 0
    for _ in 0..<1_500 {
      var reader = FramingFixture.reader(Bool.random(using: &random) ? .hidden : FramingFixture.passThrough)
      for _ in 0..<4 {
        var frame = frames[Int.random(in: 0..<frames.count, using: &random)]
        for _ in 0..<Int.random(in: 0...3, using: &random) where !frame.isEmpty {
          let index = Int.random(in: 0..<min(frame.count, 60), using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: frame.remove(at: index)
          case 1: frame.insert(.random(in: 0...255, using: &random), at: index)
          case 2: frame.removeSubrange(index...)
          default: frame[index] = .random(in: 0...255, using: &random)
          }
        }
        if let message = try? reader.message(frame) {
          accepted += 1
          if case .send(_, _, let payload) = message { _ = try? payload.term() }
          if case .sendToName(_, _, let payload) = message { _ = try? payload.term() }
        }
      }
    }
    #expect(accepted > 0)
  }
}
