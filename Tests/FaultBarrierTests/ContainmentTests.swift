import CTestSettings
import FaultBarrier
import Glibc
import Testing

// Each test in a process of its own, where only `FaultCatcher` waits for faults: see there. Serialized, because each
// process reads the symbols of this program, and all at once they would take each other's time.
@Suite("Contained traps", .serialized, .timeLimit(.minutes(5)))
struct ContainmentTests {
  @Test(
    "A trap on an armed thread is contained, and says what happened",
    arguments: testsAreSanitized ? [.fatalError, .overflow] : Trap.allCases)
  func contained(trap: Trap) async {
    await #expect(processExitsWith: .success) { [trap] in
      let fault = try #require(await FaultCatcher.shared.fault { trap.spring() })
      #expect(fault.signal == trapSignal)
      #expect(fault.frames.first == fault.pc)
      let message = fault.symbolicated().message
      #expect(message.contains(trap.message))
      #expect(message.last?.isNewline == false)
    }
  }

  @Test("A failed cast is contained, and its text is the runtime's")
  func cast() async {
    await #expect(processExitsWith: .success) {
      let fault = try #require(await FaultCatcher.shared.fault { use(opaque("text" as Any) as! Int) })
      #expect(fault.kind == .cast)
      #expect(try #require(fault.message).contains("Could not cast value of type 'Swift.String'"))
      // The next abort, which leaves no text, does not get this one's.
      let trap = try #require(await FaultCatcher.shared.fault { Trap.overflow.spring() })
      #expect(trap.message == nil)
    }
  }

  @Test("The call stack names the functions on the way to the trap, with file and line")
  func callStack() async {
    await #expect(processExitsWith: .success) {
      let fault = try #require(await FaultCatcher.shared.fault { outer() })
      let frames = fault.symbolicated().frames
      let first = try #require(frames.firstIndex { $0.hasPrefix("inner() at ContainmentTests.swift:") }, "\(frames)")
      let second = try #require(frames.firstIndex { $0.hasPrefix("outer() at ContainmentTests.swift:") }, "\(frames)")
      #expect(first < second)
      #expect(frames.contains { $0.hasPrefix("armed(_:) at Threads.swift:") }, "\(frames)")
    }
  }

  @Test("A body that does not trap runs to its end")
  func noTrap() async {
    await #expect(processExitsWith: .success) {
      #expect(await FaultCatcher.shared.fault { use(1) } == nil)
    }
  }

  @Test("A trap without a text does not get the text of the fatal error before it")
  func noStaleText() async {
    await #expect(processExitsWith: .success) {
      let first = try #require(await FaultCatcher.shared.fault { Trap.fatalError.spring() })
      #expect(try #require(first.message).contains("text of a fatal error"))
      let bare = try #require(await FaultCatcher.shared.fault { Trap.overflow.spring() })
      #expect(bare.message == nil)
      let second = try #require(await FaultCatcher.shared.fault { fatalError("second") })
      #expect(try #require(second.message).hasSuffix("Fatal error: second"))
      #expect(try #require(second.message).contains("text of a fatal error") == false)
    }
  }

  @Test("A trap in line leaves a text alone that the runtime wrote for another thread")
  func foreignText() async {
    await #expect(processExitsWith: .success) {
      reportError(0, "text of another thread\n")
      let bare = try #require(await FaultCatcher.shared.fault { Trap.overflow.spring() })
      #expect(bare.message == nil)
      let other = try #require(await FaultCatcher.shared.fault { fatalError("own text") })
      #expect(try #require(other.message).hasPrefix("text of another thread"))
    }
  }

  @Test("A long text is cut, and stays valid")
  func longText() async {
    await #expect(processExitsWith: .success) {
      let text = String(repeating: "é", count: 1_000)
      let fault = try #require(await FaultCatcher.shared.fault { fatalError(opaque(text)) })
      let message = try #require(fault.message)
      #expect(message.utf8.count > 500 && message.utf8.count < 520)
      #expect(message.contains("ééé"))
    }
  }

  @Test("A thousand threads trap at once, and each fault reaches the one who waits for it")
  func storm() async {
    await #expect(processExitsWith: .success) {
      let contained = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<1_000 {
          group.addTask { await FaultCatcher.shared.fault { Trap.arrayIndex.spring() } != nil }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(contained == 1_000)
    }
  }

  @Test("A thread can be armed again after its body returned, and released and prepared again")
  func reuse() async {
    await #expect(processExitsWith: .success) {
      let fault = await FaultCatcher.shared.fault {
        for _ in 0..<100 { armed { use(1) } }
        FaultBarrier.arm()
        let context = FaultBarrier.threadContext
        FaultBarrier.releaseThread()
        FaultBarrier.releaseThread()
        prepared(context: context) {
          FaultBarrier.prepareThread()
          armed { Trap.overflow.spring() }
        }
      }
      #expect(fault != nil)
    }
  }

  @Test(
    "What lost threads leave behind: a stack each, and nothing that could not be used again",
    .disabled(if: testsAreSanitized, "a sanitizer maps memory of its own for each thread"))
  func givenBack() async {
    await #expect(processExitsWith: .success) {
      func loseThreads(_ count: Int) async {
        for _ in 0..<count {
          await FaultCatcher.shared.fault { Trap.overflow.spring() }?.giveBackThread()
        }
      }
      // What the first ones need once.
      await loseThreads(20)
      let before = mappings()
      await loseThreads(100)
      // A stack and its guard page; a thread that is not parked yet when it is asked for is given back with the next.
      #expect(mappings() - before <= 2 * 100 + 8)
    }
  }

  @Test("a program whose threads are lost can still change its user: that is a signal to every thread")
  func changesUser() async {
    await #expect(processExitsWith: .success) {
      for _ in 0..<10 {
        await FaultCatcher.shared.fault { Trap.overflow.spring() }?.giveBackThread()
      }
      #expect(setuid(getuid()) == 0)
    }
  }
}

/// How many mappings of memory this program has.
private func mappings() -> Int {
  guard let file = fopen("/proc/self/maps", "r") else { return 0 }
  defer { fclose(file) }
  var lines = 0
  while case let byte = getc(file), byte != EOF { lines += byte == 10 ? 1 : 0 }
  return lines
}

/// The runtime's own function; what every fatal error calls before it traps.
@_silgen_name("swift_reportError")
private func reportError(_ flags: UInt32, _ message: UnsafePointer<CChar>)

@inline(never) @_optimize(none)
private func inner() {
  fatalError("deep")
}

@inline(never) @_optimize(none)
private func outer() {
  inner()
}
