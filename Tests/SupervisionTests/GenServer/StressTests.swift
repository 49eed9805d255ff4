import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: many at a time", .timeLimit(.minutes(5)))
struct StressTests {
  @Test(
    "every call ends, with servers killed and restarted all the time",
    arguments: [Flavour.synchronous, .asynchronous, .agent])
  func kills(_ flavour: Flavour) async throws {
    let names = (0..<4).map { ProcessName<Command>("stress-\(flavour)-\($0)") }
    let keepers = names.map { name in
      spawn {
        while !Task.isCancelled {
          guard let server = try? await flavour.start(name) else { continue }
          _ = await server.id.exited()
        }
      }
    }
    let killers = names.enumerated().map { index, name in
      spawn {
        var random = SplitMix(seed: UInt64(index))
        while true {
          try await CurrentProcess.sleep(for: .microseconds(Int.random(in: 50..<2_000, using: &random)))
          switch Int.random(in: 0..<4, using: &random) {
          case 0: name.whereis?.exit(.kill)
          case 1: name.send(.stop(.normal))
          case 2: name.whereis?.exit(.shutdown)
          default: try? await name.stop(reason: .shutdown, timeout: .seconds(30))
          }
        }
      }
    }
    let answers = Witness.Count()
    let errors = Witness.Count()
    let clients = (0..<16).map { index in
      spawn {
        var random = SplitMix(seed: UInt64(1_000 + index))
        for round in 0..<1_500 {
          let name = names[Int.random(in: 0..<4, using: &random)]
          let text = await outcome { () async throws(CallError) -> Int in
            try await name.call(timeout: .seconds(60)) { round % 7 == 0 ? .drop($0) : .get($0) }
          }
          switch text {
          case "0": answers.add(1)
          case "noReply", "noProcess", "exited(killed)", "exited(normal)", "exited(shutdown)", "exited(no process)":
            errors.add(1)
          default: throw Failure(text)
          }
        }
      }
    }
    for client in clients { #expect(await client.exited() == .normal) }
    #expect(answers.alive + errors.alive == 16 * 1_500)
    #expect(answers.alive > 0)
    for process in keepers + killers { process.exit(.kill) }
    for name in names { name.whereis?.exit(.kill) }
  }

  @Test("every call ends, under a hundred interleavings", arguments: Flavour.allCases)
  func seeded(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let name: ProcessName<Command> = "target"
      let clients = (0..<6).map { index in
        spawn {
          for round in 0..<4 {
            let text = await outcome { () async throws(CallError) -> Int in
              try await name.call(timeout: .seconds(60)) { (index + round) % 3 == 0 ? .drop($0) : .get($0) }
            }
            guard text != "timeout" else { throw Failure(text) }
          }
        }
      }
      for round in 0..<4 {
        let server = try await flavour.start(name)
        try await CurrentProcess.sleep(for: .nanoseconds(1))
        switch round % 3 {
        case 0: server.id.exit(.kill)
        case 1: server.send(.fail("x"))
        default: _ = await outcome { () async throws(CallError) in try await server.stop() }
        }
        _ = await server.id.exited()
      }
      for client in clients { try #require([.normal, .noProcess].contains(await client.exited())) }
      try #require(node.elapsed < .seconds(1))
    }
  }

  @Test("callers killed in the middle of their calls leave the servers in order")
  func killedCallers() async throws {
    let server = try await Flavour.asynchronous.start()
    let process = spawn {
      for round in 0..<2_000 {
        let caller = spawn { while true { _ = try await server.get() } }
        if round % 2 == 0 { await Task.yield() }
        caller.exit(.kill)
        if round % 100 == 0 { guard try await server.get() == 0 else { throw Failure("state") } }
      }
    }
    #expect(await process.exited() == .normal)
    try await server.stop()
  }
}
