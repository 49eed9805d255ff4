import Testing

@testable import ErlangDistribution

@Suite("Which of several connections stays", .timeLimit(.minutes(1)))
struct PeerTableTests {
  private func table(_ own: String = "m@h") throws -> PeerTable { PeerTable(own: try NodeName(own)) }

  @Test(
    "WIRE-7: nodes that dial at once: the dial of the greater name stays",
    arguments: [("a@h", "nok"), ("z@h", "ok_simultaneous")])
  func simultaneous(peer: String, status: String) throws {
    let name = try NodeName(peer)
    var table = try table()
    #expect(table.dial(name) == .begin)
    table.begin(1, to: name)
    #expect(table.dial(name) == .isUnderWay)
    #expect(table.decide(2, name)?.rawValue == status)
    #expect(table.hasInbound(name) == (status == "ok_simultaneous"))
    // Our dial is given up only when the other one has proved who it is.
    #expect(table.isDialling(1, name))
    if status == "ok_simultaneous" {
      let (replaced, superseded) = table.authenticated(2, name)
      #expect(replaced == nil && superseded == [1])
      #expect(table.dial(name) == .connected(2))
    }
  }

  @Test("WIRE-7: nobody is told anything of a node that is not connected but ok")
  func fresh() throws {
    let name = try NodeName("a@h")
    var table = try table()
    #expect(table.decide(1, name) == .ok)
    #expect(table.decide(2, name) == .ok)
    #expect(table.authenticated(2, name).superseded == [1])
    #expect(table.connection(to: name) == 2)
    table.ended(1, name)
    #expect(table.connection(to: name) == 2)
    let wasConnection = table.ended(2, name)
    #expect(wasConnection && table.isEmpty)
  }

  @Test("WIRE-8, H-31: a connection is replaced by one that has proved the cookie, and by no other")
  func alive() throws {
    let name = try NodeName("a@h")
    var table = try table()
    #expect(table.decide(1, name) == .ok)
    _ = table.authenticated(1, name)
    #expect(table.decide(2, name) == .alive)
    #expect(table.decide(3, name) == nil)
    table.ended(2, name)
    #expect(table.connection(to: name) == 1)
    #expect(table.decide(4, name) == .alive)
    let (replaced, superseded) = table.authenticated(4, name)
    #expect(replaced == 1 && superseded.isEmpty)
    let wasConnection = table.ended(1, name)
    #expect(!wasConnection && table.connection(to: name) == 4)
  }

  @Test("WIRE-7: a dial that has failed leaves nothing, and can be made again")
  func failedDial() throws {
    let name = try NodeName("a@h")
    var table = try table()
    table.begin(1, to: name)
    let wasConnection = table.ended(1, name)
    #expect(!wasConnection && table.isEmpty)
    #expect(table.dial(name) == .begin)
  }

  @Test(
    "WIRE-7, WIRE-8: in any order of events there is one connection, and none after all have ended",
    arguments: 1...50 as ClosedRange<UInt64>)
  func random(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let name = try NodeName(Bool.random(using: &random) ? "a@h" : "z@h")
    var table = try table()
    var open: Set<UInt64> = []
    var connection: UInt64?
    var lastID: UInt64 = 0
    for _ in 0..<200 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        lastID += 1
        if table.dial(name) == .begin {
          table.begin(lastID, to: name)
          open.insert(lastID)
        }
      case 1:
        lastID += 1
        if let status = table.decide(lastID, name), status != .nok { open.insert(lastID) }
      case 2:
        guard let id = open.sorted().randomElement(using: &random), id != connection else { break }
        let (replaced, superseded) = table.authenticated(id, name)
        #expect(replaced == connection)
        #expect(superseded.allSatisfy(open.contains))
        open.subtract(superseded)
        if let replaced { open.remove(replaced) }
        connection = id
      default:
        guard let id = open.sorted().randomElement(using: &random) else { break }
        let wasConnection = table.ended(id, name)
        #expect(wasConnection == (id == connection))
        open.remove(id)
        if id == connection { connection = nil }
      }
      #expect(table.connection(to: name) == connection)
    }
    for id in open { table.ended(id, name) }
    #expect(table.isEmpty)
  }
}

@Suite("Failures of an address", .timeLimit(.minutes(1)))
struct FailureLimiterTests {
  @Test("WIRE-5, H-7: who fails too often is not heard, until some time has passed")
  func limit() {
    var limiter = FailureLimiter(burst: 3, perSecond: 1)
    for second in 0..<3 {
      #expect(limiter.allows("a", at: Double(second) / 100))
      limiter.failed("a", at: Double(second) / 100)
    }
    #expect(!limiter.allows("a", at: 0.1) && limiter.allows("b", at: 0.1))
    #expect(limiter.allows("a", at: 1.1))
    limiter.failed("a", at: 1.1)
    #expect(!limiter.allows("a", at: 1.2))
    #expect(limiter.allows("a", at: 60))
  }

  @Test("WIRE-5: as many addresses are kept as the limit says")
  func addresses() {
    var limiter = FailureLimiter(burst: 3, perSecond: 1, addressLimit: 10)
    for number in 0..<100 { limiter.failed("\(number)", at: Double(number)) }
    #expect(limiter.addressCount <= 10)
    for number in 0..<100 { limiter.failed("\(number)", at: 1_000) }
    #expect(limiter.addressCount <= 10)
  }
}
