import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

#if os(Linux)
  /// Each test runs the program `ProgramFixture` under its parent.
  @Suite("Programs under a parent of their own", .serialized, .timeLimit(.minutes(5)))
  struct KeptProgramTests {
    @Test("a crash is followed by another start, with the same arguments, and stdin goes on where it was")
    func crash() throws {
      let fixture = try FixtureProcess(["--name", "two words", "", "ünï"])
      let first = try fixture.ready()
      #expect(first.parent == fixture.process)
      #expect(first.arguments == "--name|two words||ünï")
      fixture.tell("abort\nsay again")
      let second = try fixture.ready()
      #expect(second.process != first.process)
      #expect(second.parent == fixture.process)
      #expect(second.arguments == first.arguments)
      #expect(try fixture.line() == "again")
      fixture.tell("exit 0")
      #expect(try fixture.end().end == .status(0))
      #expect(fixture.logged.contains("Program started as OS process \(first.process)"))
      #expect(
        fixture.logged.contains("Program (OS process \(first.process)) ended by signal 6; it starts again in 0.001"))
      #expect(fixture.logged.contains("Program (OS process \(second.process)) ended with status 0"))
    }

    @Test("a spent budget of faults is followed by another start, after an end in order")
    func budget() throws {
      let fixture = try FixtureProcess()
      let first = try fixture.ready()
      fixture.tell("trap")
      #expect(try fixture.line() == "stopping")
      _ = try fixture.ready()
      #expect(fixture.logged.contains("Program (OS process \(first.process)) ended with status 75; it starts again"))
      fixture.tell("exit 0")
      #expect(try fixture.end().end == .status(0))
    }

    @Test("a program that is killed is started again")
    func killed() throws {
      let fixture = try FixtureProcess()
      let first = try fixture.ready()
      fixture.signal(SIGKILL, to: first.process)
      let second = try fixture.ready()
      #expect(second.process != first.process)
    }

    @Test("0 ends the parent with 0")
    func zero() throws {
      let fixture = try FixtureProcess()
      _ = try fixture.ready()
      fixture.tell("exit 0")
      let (end, lines) = try fixture.end()
      #expect(end == .status(0))
      #expect(lines == [])
    }

    @Test("too many restarts end the parent with the program's status", arguments: ["exit 3": 3, "abort": 134])
    func tooMany(command: String, status: Int32) throws {
      let fixture = try FixtureProcess(variables: ["FIXTURE_RESTARTS": "2"])
      for _ in 0..<3 {
        _ = try fixture.ready()
        fixture.tell(command)
      }
      #expect(try fixture.end().end == .status(status))
      #expect(
        fixture.logged.contains("it is not started again, because there have been 2 restarts within 100.0 seconds"))
    }

    @Test("an order to the parent ends the program in order", arguments: [SIGTERM, SIGINT], [nil, "1"])
    func order(number: Int32, ownMain: String?) throws {
      let fixture = try FixtureProcess(variables: ownMain.map { ["FIXTURE_MAIN": $0] } ?? [:])
      _ = try fixture.ready()
      fixture.signal(number)
      let (end, lines) = try fixture.end()
      #expect(end == .status(0))
      #expect(lines == ["stopping"])
    }

    @Test("an order to the parent and to the program at once is one order")
    func group() throws {
      let fixture = try FixtureProcess()
      for _ in 0..<3 { fixture.tell("exit 75") }
      for _ in 0..<3 { _ = try fixture.ready() }
      _ = try fixture.ready()
      fixture.signal(SIGTERM, to: -fixture.process)
      let (end, lines) = try fixture.end()
      #expect(end == .status(0))
      #expect(lines == ["stopping"])
    }

    @Test("an order to the program, and then one to the parent, are one order")
    func programAndParent() throws {
      let fixture = try FixtureProcess()
      let program = try fixture.ready()
      fixture.tell("be-stubborn")
      #expect(try fixture.line() == "stubborn")
      fixture.signal(SIGTERM, to: program.process)
      #expect(try fixture.line() == "stopping")
      // Killed by the parent's second order: had it counted the first one too, it would have ended at that, with 143.
      #expect(try whileOrdering(fixture.process) { try fixture.end().end } == .status(137))
    }

    @Test("a second order kills a program that does not stop")
    func second() throws {
      let fixture = try FixtureProcess()
      _ = try fixture.ready()
      fixture.tell("be-stubborn")
      #expect(try fixture.line() == "stubborn")
      fixture.signal(SIGTERM)
      #expect(try fixture.line() == "stopping")
      // Sooner it would be the same order.
      Thread.sleep(forTimeInterval: 0.15)
      fixture.signal(SIGTERM)
      #expect(try fixture.end().end == .status(137))
    }

    @Test("an order while the parent waits ends it with 0")
    func orderWhileWaiting() throws {
      let fixture = try FixtureProcess(variables: ["FIXTURE_WAIT": "60000"])
      let program = try fixture.ready()
      fixture.tell("exit 1")
      try until("the program is gone") { kill(program.process, 0) == -1 }
      fixture.signal(SIGTERM)
      #expect(try fixture.end().end == .status(0))
    }

    @Test("other signals reach the program, and it may live on")
    func others() throws {
      let fixture = try FixtureProcess()
      _ = try fixture.ready()
      for number in [SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2] {
        fixture.tell("hear \(number)")
        #expect(try fixture.line() == "hearing")
        fixture.signal(number)
        #expect(try fixture.line() == "heard \(number)")
      }
    }

    @Test("a signal to the parent that the program dies of ends both")
    func diesOfSignal() throws {
      let fixture = try FixtureProcess()
      _ = try fixture.ready()
      fixture.signal(SIGHUP)
      #expect(try fixture.end().end == .status(129))
    }

    @Test("Ctrl-C at the terminal is one order, and the program ends in order")
    func terminal() throws {
      let fixture = try FixtureProcess(terminal: true)
      _ = try fixture.ready()
      fixture.tell("\u{3}")
      #expect(try fixture.line(after: "stopping") == "stopping")
      #expect(try fixture.end().end == .status(0))
    }

    @Test("Ctrl-C twice ends the program at once")
    func terminalTwice() throws {
      let fixture = try FixtureProcess(terminal: true)
      _ = try fixture.ready()
      fixture.tell("be-stubborn")
      #expect(try fixture.line(after: "stubborn") == "stubborn")
      fixture.tell("\u{3}")
      #expect(try fixture.line(after: "stopping") == "stopping")
      fixture.tell("\u{3}")
      #expect(try fixture.end().end == .status(130))
    }

    @Test("when the parent is killed, the program is told to stop, and does so in order")
    func parentKilled() throws {
      let fixture = try FixtureProcess()
      _ = try fixture.ready()
      fixture.signal(SIGKILL)
      let (end, lines) = try fixture.end()
      #expect(end == .signal(SIGKILL))
      #expect(lines == ["stopping"])
    }

    @Test("a program that finds its parent gone when it starts does nothing")
    func parentGone() throws {
      // No system gives out such a number.
      let fixture = try FixtureProcess(variables: ["SUPERVISION_PARENT_PID": "999999999"])
      let (end, lines) = try fixture.end()
      #expect(end == .status(143))
      #expect(lines == [])
      #expect(fixture.logged.contains("The program is not started: its parent, OS process 999999999, is gone"))
    }

    @Test("settings that mean nothing are an error, and no program")
    func wrongSettings() throws {
      let fixture = try FixtureProcess(variables: ["FIXTURE_RESTARTS": "-1"])
      let (end, lines) = try fixture.end()
      #expect(end == .status(1))
      #expect(lines == [])
      #expect(fixture.logged.contains("The program is not started: programRestart has -1 restarts; use zero or more"))
    }

    @Test("a wish for a parent that is not understood is told of")
    func wrongWish() throws {
      let fixture = try FixtureProcess(variables: ["SUPERVISION_PARENT": "yes"])
      #expect(try fixture.ready().parent == fixture.process)
      try until("it is told of") {
        fixture.logged.contains("SUPERVISION_PARENT=yes is not understood and not used; it can be 0, 1")
      }
    }

    @Test("the parent has one thread, and the program none of its files nor its marks")
    func small() throws {
      let plain = try FixtureProcess(variables: ["SUPERVISION_PARENT": "0"])
      let alone = try plain.ready()
      #expect(alone.process == plain.process)
      let fixture = try FixtureProcess(variables: ["SUPERVISION_PARENT": "1"])
      let program = try fixture.ready()
      #expect(program.files == alone.files)
      let status = try String(contentsOfFile: "/proc/\(fixture.process)/status", encoding: .utf8)
      #expect(status.contains("Threads:\t1\n"))
      for name in ["SUPERVISION_PARENT", "SUPERVISION_PARENT_PID"] {
        fixture.tell("variable \(name)")
        #expect(try fixture.line() == "\(name)=none")
      }
      let name = try String(contentsOfFile: "/proc/\(program.process)/comm", encoding: .utf8)
      #expect(name == "ProgramFixture\n")
    }

    @Test("as the first of a container, it buries whom others leave behind")
    func orphans() throws {
      let fixture = try FixtureProcess(variables: ["FIXTURE_ADOPTS": "1"])
      _ = try fixture.ready()
      fixture.tell("leave-orphan")
      let line = try fixture.line(after: "orphan ")
      let orphan = try #require(pid_t(line.dropFirst("orphan ".count)))
      fixture.signal(SIGKILL, to: orphan)
      try until("the orphan is buried") { kill(orphan, 0) == -1 }
      fixture.tell("say alive")
      #expect(try fixture.line() == "alive")
    }

    /// Orders the parent to end, again and again: sooner than after a tenth of a second it would be the same order, and of two that
    /// come while the parent's thread is kept waiting the system makes one.
    private func whileOrdering<Result>(_ parent: pid_t, _ body: () throws -> Result) rethrows -> Result {
      let (isOver, hasEnded) = (Flag(), Flag())
      Thread.detachNewThread {
        while !isOver.isSet {
          kill(parent, SIGTERM)
          Thread.sleep(forTimeInterval: 0.15)
        }
        hasEnded.set()
      }
      defer {
        isOver.set()
        while !hasEnded.isSet { Thread.sleep(forTimeInterval: 0.01) }
      }
      return try body()
    }

    private final class Flag: Sendable {
      private let value = Atomic<Bool>(false)
      var isSet: Bool { value.load(ordering: .acquiring) }
      func set() { value.store(true, ordering: .releasing) }
    }

    private func until(_ what: String, _ condition: () -> Bool) throws {
      for _ in 0..<3_000 {
        if condition() { return }
        Thread.sleep(forTimeInterval: 0.01)
      }
      throw FixtureProcess.Failure(description: "never: \(what)")
    }
  }
#endif
