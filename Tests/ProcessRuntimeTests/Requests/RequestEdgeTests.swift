import Supervision
import SupervisionTesting
import Testing

@Suite("Requests: at the edges", .timeLimit(.minutes(1)))
struct RequestEdgeTests {
  typealias Collection = RequestCollection<String, Int>

  private static func text(_ outcome: Collection.Outcome?) -> String {
    switch outcome {
    case .response(let result, let label, _)?: "\(label) \(result.text)"
    case .noRequest?: "no request"
    case .timeout?: "timeout"
    case nil: "nothing"
    }
  }

  @Test("GEN-34: with a time of zero nobody runs meanwhile, for a request and for a collection")
  func zero() async throws {
    try await withTestNode { _ in
      let desk = try await Desk.start { Desk(1) }
      let request: Request<Int> = desk.sendRequest { .get($0) }
      var collection = Collection()
      try collection.add(request, label: "a")
      #expect(try await request.waitResponse(timeout: .zero) == nil)
      #expect(Self.text(try await collection.waitResponse(timeout: .zero)) == "timeout")
      #expect(try await request.receiveResponse() == 1)
    }
  }

  @Test("GEN-36: a request whose response was told may be collected again")
  func again() async throws {
    try await withTestNode { _ in
      let desk = try await Desk.start { Desk(1) }
      let request: Request<Int> = desk.sendRequest { .get($0) }
      var collection = Collection()
      try collection.add(request, label: "a")
      #expect(Self.text(try await collection.receiveResponse()) == "a 1")
      try collection.add(request, label: "b")
      #expect(Self.text(collection.checkResponse()) == "b 1")
    }
  }

  @Test("GEN-39: of several responses that are there, the one that came first is told first")
  func arrivals() async throws {
    try await withTestNode { node in
      var collection = Collection()
      var desks: [ProcessRef<Desk.Message>] = []
      for number in 0..<3 {
        let desk = try await Desk.start { Desk(number) }
        desks.append(desk)
        try collection.add(desk.sendRequest { .hold($0) }, label: "\(number)")
      }
      for number in [2, 0, 1] {
        desks[number].send(.release)
        try await node.settle()
      }
      #expect(Self.text(try await collection.waitResponse(timeout: .zero)) == "2 2")
      #expect(Self.text(try await collection.receiveResponse(timeout: .seconds(1))) == "0 0")
      #expect(Self.text(collection.checkResponse()) == "1 1")
    }
  }

  @Test("GEN-36, GEN-37: a request that is given up while a collection waits takes nothing from the others")
  func givenUp() async throws {
    try await withTestNode { node in
      let (first, second) = (try await Desk.start { Desk(1) }, try await Desk.start { Desk(2) })
      let a: Request<Int> = first.sendRequest { .hold($0) }
      var collection = Collection()
      try collection.add(a, label: "a")
      try collection.add(second.sendRequest { .hold($0) }, label: "b")
      spawn {
        try await CurrentProcess.sleep(for: .seconds(1))
        a.abandon()
        try await CurrentProcess.sleep(for: .seconds(1))
        second.send(.release)
      }
      #expect(Self.text(try await collection.receiveResponse(timeout: .seconds(10))) == "b 2")
      #expect(node.elapsed >= .seconds(2) && node.elapsed < .seconds(3))
      // Nothing is left that could be answered, so there is nothing to wait for.
      #expect(Self.text(try await collection.receiveResponse()) == "timeout")
    }
  }

  @Test("GEN-37: when the last request is given up, who waits for ever wakes", arguments: 0..<50 as Range<UInt64>)
  func allGivenUp(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let desk = try await Desk.start { Desk(1) }
      let requests: [Request<Int>] = (0..<3).map { _ in desk.sendRequest { .hold($0) } }
      var collection = Collection()
      for (number, request) in requests.enumerated() {
        try collection.add(request, label: "\(number)")
        spawn { request.abandon() }
      }
      #expect(Self.text(try await collection.waitResponse()) == "timeout")
    }
  }

  @Test("GS-34, GEN-12: who asks many, itself among them, hears at once that it cannot answer itself")
  func multiCallSelf() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      let texts = Probe<String>()
      let own: ProcessName<Desk.Message> = "own"
      let process = spawn(receiving: Desk.Message.self) { inbox in
        try own.register(inbox.ref)
        let all = try await Desk.multiCall([inbox.ref, desk]) { .get($0) } as MultiCallReplies<_, Int>
        texts.ref.send("\(all.replies.map(\.value)) \(all.badServers.map { "\($0.error.kind)" })")
        let named = try await Desk.multiCall([own]) { .get($0) } as MultiCallReplies<_, Int>
        texts.ref.send("\(named.badServers.map { "\($0.server) \($0.error.kind)" })")
      }
      #expect(try await texts.next() == "[1] [\"callingSelf\"]")
      #expect(try await texts.next() == "[\"own callingSelf\"]")
      #expect(await process.exited() == .normal)
      #expect(node.elapsed < .seconds(1))
    }
  }

  @Test("GEN-33: a dead process has nobody told of a response")
  func notifyFenced() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      let request: Request<Int> = desk.sendRequest { .get($0) }
      #expect(try await request.receiveResponse() == 1)
      let told = Probe<String>()
      let ghost = spawn {
        CurrentProcess.id?.exit(.kill)
        request.notify(told.ref, with: "a ghost")
      }
      #expect(await ghost.exited() == .killed)
      try await node.settle()
      #expect(told.isEmpty)
    }
  }
}
