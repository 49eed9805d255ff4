import ErlangTerms
import Testing

@testable import ErlangDistribution

@Suite("Messages as frames, and back", .timeLimit(.minutes(1)))
struct MessageWriterTests {
  // From the reader's view: sent by the peer to this node.
  static func messages() throws -> [ControlMessage] {
    let (from, to) = (FramingFixture.peerPid, FramingFixture.ownPid)
    let (pid, reference) = (ProcessTarget.pid, FramingFixture.reference)
    let payload = try Payload(.tuple([.atom("hello"), "x"]))
    let reason = Term.tuple([.atom("boom"), 1])
    let request = SpawnRequest(
      id: reference, from: from, groupLeader: FramingFixture.foreignPid, module: "erpc", function: "execute_call",
      arity: 4, options: [.atom("monitor")], arguments: try Payload([1, 2]))
    return [
      .send(from: from, to: to, payload), .sendToName(from: from, to: "got", payload),
      .sendToAlias(from: from, to: Term.Reference(node: "own@h", creation: 6, words: [1]), payload),
      .link(from: from, to: to), .unlink(id: .max, from: from, to: to), .unlink(id: 1, from: from, to: to),
      .unlinkAcknowledged(id: 1 << 40, from: from, to: to), .exit(from: from, to: to, reason: reason),
      .exitSignal(from: from, to: to, reason: .atom("kill")), .monitor(from: from, pid(to), reference),
      .monitor(from: from, .name("bank"), reference), .demonitor(from: from, pid(to), reference),
      .demonitor(from: from, .name("bank"), reference),
      .monitorExit(from: pid(from), to: to, reference, reason: .atom("noproc")),
      .monitorExit(from: .name("bank"), to: to, reference, reason: reason), .spawnRequest(request),
      .spawnReply(id: reference, to: to, .spawned(from, isLinked: true, isMonitored: false)),
      .spawnReply(id: reference, to: to, .spawned(from, isLinked: false, isMonitored: true)),
      .spawnReply(id: reference, to: to, .failed("notsup")),
      .groupLeader(leader: FramingFixture.foreignPid, of: to),
    ]
  }

  @Test(
    "WIRE-10, WIRE-15: every message is read as it was written, in each format and with each set of flags",
    arguments: [
      DistributionFlags.hidden, FramingFixture.passThrough, .hidden.subtracting(.fragments),
      .hidden.subtracting(.atomCache),
      .hidden.subtracting(.exitPayload), FramingFixture.passThrough.subtracting(.exitPayload),
      .hidden.union(.alternativeActions),
    ])
  func roundTrip(flags: DistributionFlags) throws {
    let writer = MessageWriter(flags: flags)
    var reader = FramingFixture.reader(flags)
    for message in try MessageWriterTests.messages() {
      let bodies = FramingFixture.bodies(writer.frames(message, sequence: 1))
      #expect(bodies.count == 1)
      #expect(bodies[0].first == (flags.isDisjoint(with: [.atomCache, .fragments]) ? 112 : 131))
      #expect(FramingFixture.text(try reader.message(bodies[0])) == FramingFixture.text(message))
    }
  }

  @Test("WIRE-15: the variants are those that the peer's flags ask for")
  func variants() throws {
    func opcode(_ message: ControlMessage, without flags: DistributionFlags = []) -> Term? {
      ControlWriter(flags: .hidden.subtracting(flags)).parts(message).control.first
    }
    let (from, to) = (FramingFixture.peerPid, FramingFixture.ownPid)
    let payload = try Payload(1)
    #expect(opcode(.send(from: from, to: to, payload)) == 22)
    #expect(opcode(.send(from: from, to: to, payload), without: .sendSender) == 2)
    #expect(opcode(.send(from: nil, to: to, payload)) == 2)
    #expect(opcode(.exit(from: from, to: to, reason: 1)) == 24)
    #expect(opcode(.exit(from: from, to: to, reason: 1), without: .exitPayload) == 3)
    #expect(opcode(.exitSignal(from: from, to: to, reason: 1)) == 26)
    #expect(opcode(.exitSignal(from: from, to: to, reason: 1), without: .exitPayload) == 8)
    let down = ControlMessage.monitorExit(from: .pid(from), to: to, FramingFixture.reference, reason: 1)
    #expect(opcode(down) == 28)
    #expect(opcode(down, without: .exitPayload) == 21)
    #expect(opcode(.sendToAlias(from: from, to: FramingFixture.reference, payload)) == 33)
  }

  @Test("WIRE-12: a long message goes in parts, and others may come between those of another sender")
  func fragments() throws {
    let writer = MessageWriter(flags: .hidden, fragmentByteCount: 10)
    let (from, to) = (FramingFixture.peerPid, FramingFixture.ownPid)
    let long = (0..<3).map { Term.binary([UInt8](repeating: UInt8($0), count: 100 * $0 + 40)) }
    let sent = try long.map { ControlMessage.send(from: from, to: to, try Payload($0)) }
    let frames = sent.enumerated().map { FramingFixture.bodies(writer.frames($1, sequence: UInt64($0 + 1))) }
    #expect(frames.map(\.count) == [5, 15, 25])
    let short = try #require(
      FramingFixture.bodies(writer.frames(.link(from: from, to: to), sequence: 4)).first)
    // The first fragments in order, then one of each sequence in turn, and a whole message between any two.
    var reader = FramingFixture.reader()
    var received: [String] = []
    for index in 0..<25 {
      for frames in frames where index < frames.count {
        if let message = try reader.message(frames[index]) { received.append(FramingFixture.text(message)) }
        #expect(try reader.message(short) != nil)
      }
    }
    #expect(received == sent.map(FramingFixture.text))
  }

  @Test("WIRE-12: a part has as many bytes as the BEAM's, and without the flag there are no parts")
  func fragmentSizes() throws {
    let message = ControlMessage.sendToName(
      from: FramingFixture.peerPid, to: "x", try Payload(.binary([UInt8](repeating: 1, count: 200_000))))
    let frames = FramingFixture.bodies(MessageWriter(flags: .hidden).frames(message, sequence: 9))
    #expect(frames.count == 4)
    #expect(frames[1].count == 18 + 65_536)
    #expect(MessageWriter(flags: .hidden.subtracting(.fragments)).frames(message, sequence: 9).count == 1)
    #expect(MessageWriter(flags: FramingFixture.passThrough).frames(message, sequence: 9).count == 1)
  }

  @Test("WIRE-15: what cannot be encoded is sent as an atom that says so, and the rest as it is")
  func unencodable() throws {
    let (from, to) = (FramingFixture.peerPid, FramingFixture.ownPid)
    for flags in [DistributionFlags.hidden, .hidden.subtracting(.exitPayload)] {
      var reader = FramingFixture.reader(flags)
      let frames = MessageWriter(flags: flags).frames(
        .exit(from: from, to: to, reason: .float(.infinity)), sequence: 1)
      let message = try reader.message(FramingFixture.bodies(frames)[0])
      #expect(
        FramingFixture.text(message)
          == FramingFixture.text(.exit(from: from, to: to, reason: .atom("unencodable"))))
    }
  }

  @Test("WIRE-15: a payload from one connection can go over another")
  func forwarded() throws {
    let payload = Payload(bytes: [104, 2, 82, 1, 82, 0], atoms: ["a", "b"])
    #expect(try payload.term() == .tuple([.atom("b"), .atom("a")]))
    var reader = FramingFixture.reader()
    let frames = MessageWriter(flags: .hidden).frames(
      .send(from: FramingFixture.peerPid, to: FramingFixture.ownPid, payload), sequence: 1)
    guard case .send(_, _, let received) = try reader.message(FramingFixture.bodies(frames)[0]) else {
      return #expect(Bool(false))
    }
    #expect(try received.term() == .tuple([.atom("b"), .atom("a")]))
  }
}
