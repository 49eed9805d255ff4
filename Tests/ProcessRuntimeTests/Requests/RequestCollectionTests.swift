import Supervision
import SupervisionTesting
import Testing

@Suite("Collections of requests, and calls to many", .timeLimit(.minutes(1)))
struct RequestCollectionTests {
  typealias Collection = RequestCollection<String, Int>

  private static func text(_ outcome: Collection.Outcome?) -> String {
    switch outcome {
    case .response(let result, let label, _)?: "\(label) \(result.text)"
    case .noRequest?: "no request"
    case .timeout?: "timeout"
    case nil: "nothing"
    }
  }

  @Test("GEN-35: requests are collected under labels, each once")
  func collected() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      var collection = Collection()
      #expect(collection.isEmpty && collection.count == 0)
      let request: Request<Int> = desk.sendRequest { .get($0) }
      try collection.add(request, label: "a")
      try collection.add(desk.sendRequest { .get($0) }, label: "a")
      #expect(throws: RequestCollectionError.self) { try collection.add(request, label: "b") }
      #expect(collection.count == 2)
      #expect(collection.requests.map(\.label) == ["a", "a"])
      #expect(collection.requests.first?.request == request)
    }
  }

  @Test("GEN-36: a collection answers with the response, its label, and what is left of it")
  func labels() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      var collection = Collection()
      #expect(Self.text(try await collection.receiveResponse()) == "no request")
      #expect(Self.text(try await collection.waitResponse()) == "no request")
      #expect(collection.checkResponse() == nil)
      try collection.add(desk.sendRequest { .get($0) }, label: "first")
      for _ in 0..<2 {
        #expect(Self.text(try await collection.receiveResponse(delete: false)) == "first 1")
        #expect(Self.text(try await collection.waitResponse(delete: false)) == "first 1")
        #expect(Self.text(collection.checkResponse(delete: false)) == "first 1")
      }
      try collection.add(desk.sendRequest { .crash($0) }, label: "second")
      let copy = collection
      #expect(Self.text(try await collection.receiveResponse()) == "first 1")
      #expect(collection.requests.map(\.label) == ["second"] && copy.count == 2)
      #expect(Self.text(try await collection.waitResponse()).hasPrefix("second exited"))
      #expect(collection.isEmpty)
    }
  }

  @Test("GEN-37: a receive that is not answered in time gives up every request of the collection")
  func receiveAbandonsAll() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      var collection = Collection()
      for label in ["a", "b"] { try collection.add(desk.sendRequest { .hold($0) }, label: label) }
      #expect(Self.text(try await collection.receiveResponse(timeout: .seconds(1))) == "timeout")
      #expect(collection.count == 2)
      desk.send(.release)
      try await node.settle()
      #expect(Self.text(collection.checkResponse()) == "nothing")
      let before = node.elapsed
      #expect(Self.text(try await collection.receiveResponse()) == "timeout")
      #expect(node.elapsed == before)
    }
  }

  @Test("GEN-38: a wait that is not answered in time gives up none")
  func waitAbandonsNone() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      var collection = Collection()
      for label in ["a", "b"] { try collection.add(desk.sendRequest { .hold($0) }, label: label) }
      #expect(Self.text(try await collection.waitResponse(timeout: .seconds(1))) == "timeout")
      #expect(Self.text(try await collection.waitResponse(until: ProcessClock.now)) == "timeout")
      desk.send(.release)
      #expect(Self.text(try await collection.waitResponse(timeout: .seconds(1))) == "a 1")
      #expect(Self.text(collection.checkResponse()) == "b 1")
    }
  }

  @Test(
    "GEN-39: responses come in the order of arrival, not in that of the requests", arguments: 0..<50 as Range<UInt64>)
  func arrival(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      var collection = Collection()
      var desks: [ProcessRef<Desk.Message>] = []
      for number in 0..<6 {
        let desk = try await Desk.start { Desk(number) }
        desks.append(desk)
        try collection.add(desk.sendRequest { .hold($0) }, label: "\(number)")
      }
      let order = [3, 5, 0, 1, 4, 2]
      for (place, number) in order.enumerated() { desks[number].send(.release, after: .seconds(place + 1)) }
      var seen: [String] = []
      while case .response(let result, let label, _) = try await collection.receiveResponse(timeout: .seconds(10)) {
        #expect(result.text == label)
        seen.append(label)
      }
      #expect(seen == order.map(String.init))
    }
  }

  @Test("GEN-39: whoever answers when, each response is told once", arguments: 0..<100 as Range<UInt64>)
  func onceEach(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      var collection = Collection()
      for number in 0..<8 {
        let desk = try await Desk.start { Desk(number) }
        try collection.add(desk.sendRequest { .hold($0) }, label: "\(number)")
        if number % 4 == 3 { spawn { desk.id.exit(.kill) } } else { spawn { desk.send(.release) } }
      }
      var seen: [String] = []
      while case .response(_, let label, _) = try await collection.waitResponse() { seen.append(label) }
      #expect(seen.sorted() == (0..<8).map(String.init))
    }
  }

  @Test("GS-34: one request to many servers: replies, and bad servers with their reasons")
  func multiCall() async throws {
    try await withTestNode { node in
      let a: ProcessName<Desk.Message> = "a"
      let b: ProcessName<Desk.Message> = "b"
      let c: ProcessName<Desk.Message> = "c"
      let deskA = try await Desk.start(a) { Desk(1) }
      _ = try await Desk.start(c) { Desk(3) }
      let all = try await Desk.multiCall([a, b, c]) { .get($0) } as MultiCallReplies<_, Int>
      #expect(all.replies.map(\.server) == [a, c] && all.replies.map(\.value) == [1, 3])
      #expect(all.badServers.map(\.server) == [b])
      #expect(all.badServers.first?.error.target == "b")
      let before = node.elapsed
      let late = try await Desk.multiCall([a, c], timeout: .seconds(2)) { .hold($0) } as MultiCallReplies<_, Int>
      #expect(late.replies.isEmpty && late.badServers.map(\.server) == [a, c])
      #expect(node.elapsed - before < .seconds(3))
      Desk.abcast([a, b, c], .release)
      let again = try await Desk.multiCall([deskA]) { .get($0) } as MultiCallReplies<_, Int>
      #expect(again.replies.map(\.value) == [1])
    }
  }
}
