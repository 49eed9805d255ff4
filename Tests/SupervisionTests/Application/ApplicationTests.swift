import Foundation
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Each test runs a program of its own.
@Suite("Programs that are supervision trees", .serialized, .timeLimit(.minutes(5)))
struct ApplicationTests {
  @Test("SIGTERM stops the tree in order, and the program exits with 0")
  func terminate() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      Orders.signals = [SIGTERM]
      await Shop.main()
    }
    #expect(lines(result) == ["started", "stopping second", "stopping first"])
  }

  @Test("APP-12: SIGTERM stops what the program needs after the program's own tree, and each says so")
  func needs() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      Orders.signals = [SIGTERM]
      await Needy.main()
    }
    #expect(lines(result) == ["started", "stopping own", "stopping base"])
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("Application Needy exited: stopped by signal 15"))
    #expect(text.contains("Application Base exited: stopped by signal 15"))
  }

  @Test("STP-5: a program past its deadline kills what is left, names it, and exits with the status of the order")
  func deadline() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      Orders.signals = [SIGTERM]
      await Sluggish.main()
    }
    #expect(lines(result) == ["started"])
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("Shutdown of Sluggish took longer than 0.1 seconds; what had not stopped was killed:"))
    #expect(text.contains("  Sluggish/deaf <0."))
  }

  @Test("SIGINT does the same")
  func interrupt() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      Orders.signals = [SIGINT]
      await Shop.main()
    }
    #expect(lines(result) == ["started", "stopping second", "stopping first"])
  }

  @Test("a second signal ends the program at once", arguments: [SIGTERM, SIGINT])
  func second(signal: Int32) async throws {
    let result: ExitTest.Result
    if signal == SIGTERM {
      result = try await #require(processExitsWith: .signal(SIGTERM), observing: [\.standardOutputContent]) {
        Orders.signals = [SIGINT]
        Orders.whileStopping = SIGTERM
        await Shop.main()
      }
    } else {
      result = try await #require(processExitsWith: .signal(SIGINT), observing: [\.standardOutputContent]) {
        Orders.signals = [SIGINT]
        Orders.whileStopping = SIGINT
        await Shop.main()
      }
    }
    #expect(lines(result) == ["started", "stopping second"])
  }

  @Test("a signal that comes while the tree starts counts once it has started")
  func whileStarting() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      Orders.whileStarting = [SIGTERM]
      await Shop.main()
    }
    // The task that says "started" may not have come to it.
    #expect(lines(result).suffix(2) == ["stopping second", "stopping first"])
  }

  @Test("two signals while the tree starts end the program at once")
  func twoWhileStarting() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardOutputContent]) {
      // Two of one kind may be merged by the system; of two kinds either may come first.
      Orders.whileStarting = [SIGINT, SIGTERM]
      await Shop.main()
    }
    #expect(result.exitStatus == .signal(SIGTERM) || result.exitStatus == .signal(SIGINT))
    #expect(!lines(result).contains("stopping first"))
  }

  @Test("a tree that gives up ends the program with 1, and says so")
  func givesUp() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      await Doomed.main()
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains(#"Child "doomed" of Supervisor"#))
    #expect(text.contains("caused shutdown"))
    #expect(text.contains("Application Doomed exited: gave up: shutdown"))
  }

  @Test("a tree that does not start ends the program with 1, and says which child it was and why")
  func doesNotStart() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      await Unstartable.main()
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(
      text.contains(
        #"Application Unstartable exited: start failed: shutdown: failed to start child "Stubborn": NoLicence: no licence"#
      ))
  }

  @Test("SUP-81: a tree that ends with its significant children ends the program with 0")
  func finishes() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      await Job.main()
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("Application Job exited: finished: shutdown"))
  }

  @Test("a tree whose top is killed ends the program with 1")
  func killed() async throws {
    await #expect(processExitsWith: .exitCode(1)) {
      await Headless.main()
    }
  }

  @Test("a tree in which more has failed than the budget allows shuts down in order, and the program exits with 75")
  func tooManyFaults() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(75), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      FaultBudget.program = FaultBudget(total: 4)
      await Trapping.main()
    }
    #expect(lines(result) == ["stopping first"])
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("The budget of faults is spent: 5 have been contained"))
    #expect(text.contains("Application Trapping exited: stopped because the budget of faults is spent"))
  }

  private func lines(_ result: ExitTest.Result) -> [String] {
    String(decoding: result.standardOutputContent, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// What the program under test does to itself.
private enum Orders {
  nonisolated(unsafe) static var signals: [Int32] = []
  nonisolated(unsafe) static var whileStopping: Int32?
  nonisolated(unsafe) static var whileStarting: [Int32] = []
}

private func say(_ text: String) {
  print(text)
  fflush(nil)
}

private struct Talker: GenServer {
  enum Message: Sendable {}
  let name: String

  init(_ name: String) {
    CurrentProcess.trapsExits = true
    self.name = name
  }

  func handle(_ message: Message) {}

  func terminate(_ reason: ExitReason) async {
    say("stopping \(name)")
    guard let signal = Orders.whileStopping else { return }
    kill(getpid(), signal)
    // Only the signal ends this.
    try? await CurrentProcess.sleep(for: .seconds(600))
  }
}

private struct Shop: SupervisedApplication {
  var children: [ChildSpec] {
    ChildSpec(id: "first") {
      for signal in Orders.whileStarting { kill(getpid(), signal) }
      return Talker("first")
    }
    ChildSpec(id: "second", shutdown: .infinity) { Talker("second") }
    ChildSpec.task("signals", restart: .temporary) {
      say("started")
      for signal in Orders.signals { kill(getpid(), signal) }
    }
  }
}

private struct Base: ApplicationBehaviour {
  var children: [ChildSpec] { ChildSpec(id: "base") { Talker("base") } }
}

private struct Needy: SupervisedApplication {
  var applications: [any ApplicationBehaviour] { Base() }
  var children: [ChildSpec] {
    ChildSpec(id: "own") { Talker("own") }
    ChildSpec.task("signals", restart: .temporary) {
      say("started")
      for signal in Orders.signals { kill(getpid(), signal) }
    }
  }
}

private struct Sluggish: SupervisedApplication {
  static var shutdownDeadline: Duration? { .milliseconds(100) }
  var children: [ChildSpec] {
    ChildSpec.task("deaf", shutdown: .infinity) {
      CurrentProcess.trapsExits = true
      say("started")
      for signal in Orders.signals { kill(getpid(), signal) }
      try await suspendForever()
    }
  }
}

private struct Doomed: SupervisedApplication {
  struct Bug: Error {}
  var children: [ChildSpec] { ChildSpec.task("doomed") { throw Bug() } }
}

private struct NoLicence: Error, CustomStringConvertible {
  var description: String { "no licence" }
}

private struct Stubborn: GenServer {
  enum Message: Sendable {}
  init() throws { throw NoLicence() }
  func handle(_ message: Message) {}
}

private struct Unstartable: SupervisedApplication {
  var children: [ChildSpec] { ChildSpec { try Stubborn() } }
}

private struct Job: SupervisedApplication {
  var autoShutdown: Supervisor.AutoShutdown { .allSignificant }
  var children: [ChildSpec] {
    ChildSpec.task("work", restart: .transient, significant: true) {}
    ChildSpec.task("more", restart: .transient, significant: true) {}
  }
}

private struct Headless: SupervisedApplication {
  var children: [ChildSpec] {
    ChildSpec.task("assassin") { CurrentProcess.links.first?.exit(.kill) }
  }
}

/// A tree in which one child traps again and again.
private struct Trapping: SupervisedApplication {
  var intensity: Supervisor.Intensity { .restarts(1_000, within: .seconds(1)) }
  var children: [ChildSpec] {
    ChildSpec(id: "first") { Talker("first") }
    ChildSpec.task("second") {
      try await CurrentProcess.sleep(for: .milliseconds(5))
      fatalError("again")
    }
  }
}
