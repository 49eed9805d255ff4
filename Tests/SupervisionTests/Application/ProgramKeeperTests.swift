import Testing

@testable import Supervision

@Suite("A program's parent, as a machine")
struct ProgramKeeperTests {
  private static let terminate: Int32 = 15
  private static let interrupt: Int32 = 2
  private static let hangUp: Int32 = 1

  /// A machine whose program runs, and the time.
  private struct World {
    var keeper: ProgramKeeper
    var now = Duration.zero
    var actions: [ProgramKeeper.Action] = []

    init(
      restarts: Int = 100, within period: Duration = .seconds(10),
      _ backoff: Backoff = .exponential(from: .seconds(1), to: .seconds(30), jitter: 0)
    ) {
      keeper = ProgramKeeper(
        ProgramRestart.Settings(intensity: .restarts(restarts, within: period), backoff: backoff),
        terminate: terminate, interrupt: interrupt)
      actions = keeper.begin()
    }

    /// What is done because of an event; reports are kept apart.
    @discardableResult
    mutating func happens(
      _ event: ProgramKeeper.Event, after time: Duration = .zero, chance: Double = 0.5
    ) -> [ProgramKeeper.Action] {
      now += time
      actions = keeper.handle(event, at: now, chance: chance)
      return actions.filter { if case .report = $0 { false } else { true } }
    }

    var reports: [String] { actions.compactMap { if case .report(let report) = $0 { report.text } else { nil } } }
  }

  private func running(_ world: World = World()) -> World {
    var world = world
    world.happens(.started(100))
    return world
  }

  @Test("it starts the program, and says so")
  func starts() {
    var world = World()
    #expect(world.actions == [.start])
    #expect(world.happens(.started(100)) == [])
    #expect(world.reports == ["Program started as OS process 100"])
  }

  @Test("a program that ends with 0 is done, and so is its parent")
  func done() {
    var world = running()
    #expect(world.happens(.ended(.status(0))) == [.exit(0)])
    #expect(world.reports == ["Program (OS process 100) ended with status 0"])
  }

  @Test("after a failure it waits, longer each time, and starts it again")
  func failures() {
    var world = running()
    #expect(world.happens(.ended(.status(1))) == [.wait(.seconds(1))])
    #expect(world.reports == ["Program (OS process 100) ended with status 1; it starts again in 1.0 seconds"])
    #expect(world.happens(.waitIsOver, after: .seconds(1)) == [.start])
    world.happens(.started(101))
    #expect(world.happens(.ended(.signal(9))) == [.wait(.seconds(2))])
    #expect(world.reports == ["Program (OS process 101) ended by signal 9; it starts again in 2.0 seconds"])
    world.happens(.waitIsOver)
    world.happens(.started(102))
    #expect(world.happens(.ended(.signal(11))) == [.wait(.seconds(4))])
  }

  @Test("75 is a wish to be started again: the first wait, and no failure")
  func again() {
    var world = running()
    for _ in 0..<3 {
      #expect(world.happens(.ended(.status(75))) == [.wait(.seconds(1))])
      world.happens(.waitIsOver)
      world.happens(.started(101))
    }
    #expect(world.happens(.ended(.status(1))) == [.wait(.seconds(1))])
    world.happens(.waitIsOver)
    world.happens(.started(102))
    #expect(world.happens(.ended(.status(75))) == [.wait(.seconds(1))])
    world.happens(.waitIsOver)
    world.happens(.started(103))
    #expect(world.happens(.ended(.status(1))) == [.wait(.seconds(2))])
  }

  @Test("who has run for long begins again with the first wait")
  func forgets() {
    var world = running()
    for _ in 0..<4 {
      world.happens(.ended(.status(1)))
      world.happens(.waitIsOver)
      world.happens(.started(101))
    }
    #expect(world.happens(.ended(.status(1)), after: .seconds(30)) == [.wait(.seconds(1))])
  }

  @Test("a part of the wait is left to chance")
  func jitter() {
    let backoff = Backoff.constant(.seconds(10), jitter: 0.5)
    for (chance, wait) in [(0.0, 10.0), (0.5, 7.5), (1.0, 5.0)] {
      var world = running(World(backoff))
      #expect(world.happens(.ended(.status(1)), chance: chance) == [.wait(.seconds(wait))])
    }
  }

  @Test(
    "too many restarts: the parent ends as the program did",
    arguments: zip([ProgramEnd.status(3), .status(75), .signal(9), .signal(6)], [3, 75, 137, 134] as [Int32]))
  func gaveUp(end: ProgramEnd, status: Int32) {
    var world = running(World(restarts: 2))
    for _ in 0..<2 {
      world.happens(.ended(end))
      world.happens(.waitIsOver)
      world.happens(.started(101))
    }
    #expect(world.happens(.ended(end)) == [.exit(status)])
    #expect(
      world.reports.first?.contains("it is not started again, because there have been 2 restarts within 10.0") == true)
  }

  @Test("restarts of long ago do not count")
  func window() {
    var world = running(World(restarts: 1))
    for _ in 0..<10 {
      #expect(
        world.happens(.ended(.signal(9)), after: .seconds(11)) == [.wait(.seconds(1))] || world.now > .seconds(11))
      #expect(world.happens(.waitIsOver) == [.start])
      world.happens(.started(101))
    }
  }

  @Test("a program that the system does not start is tried again, and the parent's last word is 71")
  func notStarted() {
    var world = World(restarts: 1)
    #expect(world.happens(.notStarted(error: 12)) == [.wait(.seconds(1))])
    #expect(world.reports == ["Program could not be started: Cannot allocate memory; it starts again in 1.0 seconds"])
    #expect(world.happens(.waitIsOver) == [.start])
    #expect(world.happens(.notStarted(error: 12)) == [.exit(71)])
  }

  @Test("an order to stop goes to the program, and there are no more restarts", arguments: [terminate, interrupt])
  func order(number: Int32) {
    for (end, status) in [(ProgramEnd.status(0), 0), (.status(1), 1), (.signal(15), 143)] as [(ProgramEnd, Int32)] {
      var world = running()
      #expect(world.happens(.signal(number, isSent: true)) == [.pass(number)])
      #expect(world.happens(.ended(end)) == [.exit(status)])
    }
  }

  @Test("the terminal has told the program itself; the third time the program is killed")
  func terminal() {
    var world = running()
    #expect(world.happens(.signal(Self.interrupt, isSent: false)) == [])
    #expect(world.happens(.signal(Self.interrupt, isSent: false), after: .seconds(1)) == [])
    #expect(world.happens(.signal(Self.interrupt, isSent: false), after: .seconds(1)) == [.kill])
    #expect(world.happens(.ended(.signal(9))) == [.exit(137)])
  }

  @Test("a second order kills the program, unless it comes with the first")
  func second() {
    var world = running()
    #expect(world.happens(.signal(Self.terminate, isSent: true)) == [.pass(Self.terminate)])
    #expect(world.happens(.signal(Self.terminate, isSent: true), after: .milliseconds(99)) == [])
    #expect(world.happens(.signal(Self.interrupt, isSent: true), after: .seconds(1)) == [.kill])
  }

  @Test("an order while it waits ends the parent: nothing runs that could be stopped")
  func orderWhileWaiting() {
    var world = running()
    world.happens(.ended(.status(1)))
    #expect(world.happens(.signal(Self.terminate, isSent: true)) == [.exit(0)])
    #expect(world.reports == ["Program told to stop while it did not run"])
    #expect(world.happens(.waitIsOver) == [])
  }

  @Test("an order while the program is being started goes to it when it runs")
  func orderWhileStarting() {
    var world = World()
    #expect(world.happens(.signal(Self.interrupt, isSent: true)) == [])
    #expect(world.happens(.started(100)) == [.pass(Self.terminate)])
    #expect(world.happens(.ended(.status(0))) == [.exit(0)])
  }

  @Test("other signals go to the program; if it dies of one that it was handed, that was wanted")
  func others() {
    var world = running()
    #expect(world.happens(.signal(Self.hangUp, isSent: true)) == [.pass(Self.hangUp)])
    #expect(world.happens(.signal(Self.hangUp, isSent: false)) == [.pass(Self.hangUp)])
    #expect(world.happens(.ended(.signal(Self.hangUp))) == [.exit(129)])
  }

  @Test("what a program was handed says nothing about the next, and what comes in between goes nowhere")
  func othersOfTheLast() {
    var world = running()
    world.happens(.signal(Self.hangUp, isSent: true))
    #expect(world.happens(.ended(.status(1))) == [.wait(.seconds(1))])
    #expect(world.happens(.signal(Self.hangUp, isSent: true)) == [])
    world.happens(.waitIsOver)
    world.happens(.started(101))
    #expect(world.happens(.ended(.signal(Self.hangUp))) == [.wait(.seconds(2))])
  }
}
