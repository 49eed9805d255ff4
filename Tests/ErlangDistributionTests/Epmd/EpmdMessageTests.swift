import Testing

@testable import ErlangDistribution

@Suite("What epmd is asked, and answers", .timeLimit(.minutes(1)))
struct EpmdMessageTests {
  private let node = EpmdNode(name: "s", port: 0x1234, isHidden: true)

  @Test("WIRE-18: requests, byte by byte")
  func requests() {
    #expect(
      EpmdRequest.register(node).bytes == [0, 14, 120, 0x12, 0x34, 72, 0, 0, 6, 0, 5, 0, 1, UInt8(ascii: "s"), 0, 0])
    #expect(EpmdRequest.lookUp("s").bytes == [0, 2, 122, UInt8(ascii: "s")])
    #expect(EpmdRequest.names.bytes == [0, 1, 110])
    for request in [EpmdRequest.register(node), .lookUp("s"), .names] {
      #expect(EpmdRequest(Array(request.bytes.dropFirst(2))) == request)
    }
  }

  @Test("WIRE-18: an answer may come byte by byte")
  func answers() {
    let answers: [(EpmdRequest, EpmdResponse, [UInt8])] = [
      (.register(node), .registered, [118, 0, 1, 2, 3, 4]), (.register(node), .registered, [121, 0, 1, 2]),
      (.register(node), .nameTaken, [118, 1, 1, 2, 3, 4]), (.lookUp("s"), .unknown, [119, 1]),
      (
        .lookUp("s"), .found(node),
        [119, 0, 0x12, 0x34, 72, 0, 0, 6, 0, 5, 0, 1, UInt8(ascii: "s"), 0, 2, 9, 9]
      ),
    ]
    for (request, response, bytes) in answers {
      for count in 0..<bytes.count {
        #expect(EpmdResponse.parse(Array(bytes.prefix(count)), to: request, isWhole: false) == .needsMore)
        #expect(EpmdResponse.parse(Array(bytes.prefix(count)), to: request, isWhole: true) == .malformed)
      }
      #expect(EpmdResponse.parse(bytes, to: request, isWhole: false) == .complete(response))
    }
    let names = [0, 0, 0x11, 0x11] + Array("name a at port 1\nname b at port 2\n".utf8)
    #expect(EpmdResponse.parse(names, to: .names, isWhole: false) == .needsMore)
    #expect(EpmdResponse.parse(names, to: .names, isWhole: true) == .complete(.names(["a": 1, "b": 2])))
    #expect(EpmdResponse.parse([1], to: .names, isWhole: true) == .malformed)
    #expect(EpmdResponse.parse([0, 0, 0, 0] + Array("HTTP/1.1 400".utf8), to: .names, isWhole: true) == .malformed)
    #expect(EpmdResponse.parse([72], to: .lookUp("s"), isWhole: false) == .malformed)
  }

  @Test("WIRE-19: an embedded epmd keeps a name for as long as its connection stays")
  func table() {
    var table = EpmdTable(firstCreation: 9)
    let held = table.answer(.register(node), from: 1)
    #expect(held == EpmdTable.Answer(response: .registered, creation: 10, keepsConnection: true))
    #expect(table.answer(.register(node), from: 2).response == .nameTaken)
    let other = EpmdNode(name: "t", port: 1, isHidden: false)
    #expect(table.answer(.register(other), from: 1).response == .nameTaken)
    #expect(table.answer(.lookUp("s"), from: 3) == EpmdTable.Answer(response: .found(node)))
    #expect(table.answer(.names, from: 3).response == .names(["s": 0x1234]))
    table.closed(2)
    #expect(table.answer(.lookUp("s"), from: 3).response == .found(node))
    table.closed(1)
    #expect(table.answer(.lookUp("s"), from: 3).response == .unknown)
  }

  @Test("WIRE-19: what is no request, or none for others, is not answered")
  func refused() {
    let register = Array(EpmdRequest.register(node).bytes.dropFirst(2))
    for body: [UInt8] in [
      [], [100], [107], [115, 115], [110, 1], [122], [122, 10], Array(register.dropLast()), register + [0], [1, 2, 3],
      [122] + [UInt8](repeating: 97, count: 256),
    ] {
      #expect(EpmdRequest(body) == nil)
    }
  }

  @Test("WIRE-18, WIRE-19: random bytes are no request and no answer", arguments: 1...3 as ClosedRange<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let start = Array(EpmdRequest.register(node).bytes.dropFirst(2))
    for _ in 0..<3_000 {
      var bytes = start
      for _ in 0..<4 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random) }
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      _ = EpmdRequest(bytes)
      for request in [EpmdRequest.register(node), .lookUp("s"), .names] {
        _ = EpmdResponse.parse(bytes, to: request, isWhole: Bool.random(using: &random))
      }
    }
  }
}
