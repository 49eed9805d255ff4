import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// On the program's own node, with all its threads.
@Suite("Supervisor processes: all threads", .serialized, .timeLimit(.minutes(5)))
struct SupervisorStressTests {
  /// Counts what is there.
  private final class Census: Sendable {
    let living = Atomic<Int>(0)
    let starts = Atomic<Int>(0)
  }

  /// One living server.
  private final class Token: Sendable {
    private let census: Census
    init(_ census: Census) {
      self.census = census
      census.living.add(1, ordering: .relaxed)
      census.starts.add(1, ordering: .relaxed)
    }
    deinit { census.living.subtract(1, ordering: .relaxed) }
  }

  private struct Mortal: GenServer {
    enum Message: Sendable {
      case die
      case ping(ReplyTo<Int>)
    }
    private let token: Token
    init(_ census: Census) { token = Token(census) }
    func handle(_ message: Message) throws {
      switch message {
      case .die: throw ExitReason.shutdown("as told")
      case .ping(let reply): reply(1)
      }
    }
  }

  /// Asks until it is so; every question is a step of the process that is asked.
  private static func wait(_ isSo: () async throws -> Bool) async throws {
    while try await !isSo() { await Task.yield() }
  }

  @Test(
    "SUP-31, SUP-60: a thousand children die at random while others ask, add and remove: all is consistent at the end")
  func thousand() async throws {
    let census = Census()
    let supervisor = try await Supervisor.start(
      strategy: .oneForOne, intensity: .restarts(1_000_000, within: .seconds(600))
    ) {
      for index in 0..<1_000 { ChildSpec(id: "\(index)", shutdown: .brutalKill) { Mortal(census) } }
    }
    await withTaskGroup { group in
      for worker in 0..<4 {
        group.addTask {
          var random = SplitMix(seed: UInt64(worker))
          var victims: [ProcessID] = []
          for _ in 0..<250 {
            let index = Int.random(in: 0..<1_000, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1, 2:
              if let process = try? await supervisor.child("\(index)").process {
                if Bool.random(using: &random) {
                  process.exit(.kill)
                } else {
                  ProcessRef<Mortal.Message>(unsafelyTyped: process).send(.die)
                }
                victims.append(process)
              }
            case 3:
              try? await supervisor.terminateChild("\(index)")
              _ = try? await supervisor.restartChild("\(index)")
            case 4:
              let id: ChildSpec.ID = "extra-\(worker)"
              _ = try? await supervisor.startChild(ChildSpec(id: id, shutdown: .brutalKill) { Mortal(census) })
              try? await supervisor.terminateChild(id)
              try? await supervisor.deleteChild(id)
            default:
              _ = try? await supervisor.countChildren()
            }
          }
          // Whoever has not yet read that it is to die would still count as active.
          for victim in victims { _ = await victim.exited() }
        }
      }
    }
    try await Self.wait { try await supervisor.countChildren().active == 1_000 }
    let processes = try await supervisor.children().compactMap(\.process)
    #expect(Set(processes).count == 1_000)
    for process in processes {
      #expect(try await ProcessRef<Mortal.Message>(unsafelyTyped: process).call { .ping($0) } == 1)
    }
    #expect(census.starts.load(ordering: .relaxed) > 1_000)
    try await supervisor.stop()
    #expect(processes.allSatisfy { !$0.isAlive })
    try await Self.wait { census.living.load(ordering: .relaxed) == 0 }
  }

  @Test(
    "DYN-6, DYN-13: a dynamic supervisor with a limit, under many starters and killers: never over it, nothing left")
  func limited() async throws {
    let census = Census()
    let supervisor = try await DynamicSupervisor.start(
      maxChildren: 50, intensity: .restarts(1_000_000, within: .seconds(600)))
    await withTaskGroup { group in
      for worker in 0..<4 {
        group.addTask {
          var random = SplitMix(seed: UInt64(worker))
          var mine: [ProcessID] = []
          for _ in 0..<300 {
            do throws(SupervisorError) {
              mine.append(
                try await supervisor.startChild(restart: .temporary, shutdown: .brutalKill) { Mortal(census) }.id)
            } catch {
              #expect(error == .maxChildren)
              let victim = mine.indices.randomElement(using: &random).map { mine.remove(at: $0) }
              if Bool.random(using: &random) {
                victim?.exit(.kill)
              } else if let victim {
                try? await supervisor.terminateChild(victim)
              }
            }
            #expect((try? await supervisor.countChildren().specs).map { $0 <= 50 } ?? false)
          }
        }
      }
    }
    try await supervisor.stop()
    try await Self.wait { census.living.load(ordering: .relaxed) == 0 }
  }

  @Test("SUP-52, SUP-113: trees are started, and killed from above in the middle of whatever they do: nothing is left")
  func killed() async throws {
    struct Branch: SupervisorBehaviour {
      let census: Census
      var intensity: Supervisor.Intensity { .restarts(100, within: .seconds(5)) }
      var children: [ChildSpec] { for index in 0..<10 { ChildSpec(id: "\(index)") { Mortal(census) } } }
    }
    let census = Census()
    for round in 0..<100 {
      let top = try await Supervisor.start(strategy: .oneForAll, intensity: .restarts(100, within: .seconds(5))) {
        for index in 0..<3 { ChildSpec(Branch(census: census), id: "\(index)") }
      }
      let branches = try await top.children().compactMap(\.process)
      branches[round % 3].exit(.kill)
      switch round % 4 {
      case 0: top.id.exit(.kill)
      case 1:
        Task { try await top.stop(reason: .shutdown) }
        branches[(round + 1) % 3].exit(.kill)
        top.id.exit(.kill)
      case 2: try await top.stop(reason: .shutdown)
      default:
        _ = try? await top.restartChild("0")
        top.id.exit(.kill)
      }
      _ = await top.id.exited()
    }
    try await Self.wait { census.living.load(ordering: .relaxed) == 0 }
  }
}
