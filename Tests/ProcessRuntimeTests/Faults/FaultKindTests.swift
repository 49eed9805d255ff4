import CTestSettings
@_spi(Runtime) import ProcessRuntime
import Supervision
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What ends a process alone, and under which policy (`trap-containment.md`, section 5).
@Suite("Kinds of faults", .serialized, .timeLimit(.minutes(2)))
struct FaultKindTests {
  /// The fault that `body` ends its process with; nil if it ends otherwise.
  private func fault(
    _ policy: FaultPolicy? = nil, _ body: @escaping @Sendable () async throws -> Void
  ) async -> Fault? {
    await spawn {
      if let policy { CurrentProcess.faultPolicy = policy }
      try await body()
    }.exited().fault
  }

  @Test("a cast that fails")
  func cast() async {
    let value: any Sendable = opaque("text")
    let fault = await fault { _ = opaque(value as! Int) }
    #expect(fault?.kind == .cast)
    #expect(fault?.message.contains("Could not cast value of type 'Swift.String'") == true)
  }

  @Test("an unowned reference to what is gone")
  func unowned() async {
    let fault = await fault {
      var object: Object? = Object()
      unowned let reference = object ?? Object()
      object = opaque(nil)
      _ = opaque(reference.number)
    }
    #expect(fault?.kind == .unowned)
  }

  @Test("an endless recursion", .usesUpTheStack, arguments: [16, 6_000])
  func stackOverflow(frame: Int) async {
    let fault = await fault { _ = opaque(frame == 16 ? descend(0) : descendInLargeSteps(0)) }
    #expect(fault?.kind == .stackOverflow)
    #expect(fault?.message == "the stack is used up")
    #expect(fault?.backtrace.first?.contains("descend") == true || fault?.backtrace.count ?? 0 > 20)
  }

  @Test("an endless recursion in C", .usesUpTheStack)
  func stackOverflowInC() async {
    // The comparison calls the sort again, without end: C frames and Swift frames in turn.
    let fault = await fault { sortForEver() }
    #expect(fault?.kind == .stackOverflow)
  }

  @Test("with containAll: two accesses at once, abort(), a null pointer")
  func hard() async {
    #expect(
      await fault(.containAll) {
        let object = Object()
        modify(&object.number) { object.number += 1 }
      }?.kind == .exclusivity)
    #expect(await fault(.containAll) { abort() }?.kind == .abort)
    #expect(
      await fault(.containAll) {
        guard let address = opaque(UnsafeMutablePointer<Int>(bitPattern: 8)) else { return }
        address.pointee = 1
      }?.kind == .nullPointer)
  }

  @Test("a program whose policy is to crash does")
  func crash() async {
    await #expect(processExitsWith: .failure) {
      FaultPolicy.program = .crash
      _ = await spawn { fatalError("as today") }.exited()
    }
  }

  @Test("an environment that is not understood is told of, and not used")
  func environment() async {
    await #expect(processExitsWith: .success) {
      setenv("SUPERVISION_FAULTS", "contian", 1)
      setenv("SUPERVISION_WORKERS", "many", 1)
      let seen = Mutex<[String]>([])
      _ = Node.shared.reports.listen { report in
        if let report = report as? SettingReport { seen.withLock { $0.append(report.text) } }
      }
      #expect(await spawn { _ = opaque([1])[opaque(2)] }.exited().fault?.kind == .trap)
      while seen.withLock({ $0.count }) < 2 { try await Task.sleep(for: .milliseconds(1)) }
      #expect(
        seen.withLock { $0 } == [
          "SUPERVISION_FAULTS=contian is not understood and not used; it can be crash, contain, containAll",
          "SUPERVISION_WORKERS=many is not understood and not used; it can be a number from 1 to 1024",
        ])
    }
  }

  @Test("without containAll they end the program", arguments: [0, 1, 2])
  func notContained(which: Int) async {
    switch which {
    case 0: await #expect(processExitsWith: .signal(SIGABRT)) { _ = await spawn { abort() }.exited() }
    case 1:
      await #expect(processExitsWith: .signal(SIGSEGV)) {
        _ = await spawn { UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1 }.exited()
      }
    default:
      await #expect(processExitsWith: .signal(SIGABRT)) {
        _ = await spawn {
          let object = Object()
          modify(&object.number) { object.number += 1 }
        }.exited()
      }
    }
  }

  @Test("a signal from outside is not taken for a fault of whoever runs", arguments: [SIGSEGV, SIGABRT, SIGFPE])
  func sent(signal: Int32) async {
    switch signal {
    case SIGSEGV: await #expect(processExitsWith: .signal(SIGSEGV)) { await sendToOneself(SIGSEGV) }
    case SIGABRT: await #expect(processExitsWith: .signal(SIGABRT)) { await sendToOneself(SIGABRT) }
    default: await #expect(processExitsWith: .signal(SIGFPE)) { await sendToOneself(SIGFPE) }
    }
  }
}

private func sendToOneself(_ signal: Int32) async {
  _ = await spawn {
    CurrentProcess.faultPolicy = .containAll
    kill(getpid(), signal)
    try await CurrentProcess.sleep(for: .seconds(5))
  }.exited()
}

private final class Object {
  var number = 1
}

@inline(never)
private func opaque<Value>(_ value: Value) -> Value { value }

@inline(never)
private func modify(_ number: inout Int, _ body: () -> Void) {
  body()
  number += 1
}

@inline(never)
private func descend(_ depth: Int) -> Int {
  depth < 0 ? 0 : 1 + opaque(descend(depth + 1))
}

@inline(never)
private func descendInLargeSteps(_ depth: Int) -> Int {
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 6_000) { buffer in
    buffer[0] = UInt8(truncatingIfNeeded: depth)
    return depth < 0 ? 0 : Int(buffer[0]) + opaque(descendInLargeSteps(depth + 1))
  }
}

private func sortForEver() {
  var numbers: [Int32] = [2, 1, 3]
  qsort(&numbers, 3, 4) { _, _ in
    sortForEver()
    return 0
  }
}

extension Trait where Self == ConditionTrait {
  /// ThreadSanitizer's own functions stand between the user's, and the stack ends within one of them, with its locks held.
  fileprivate static var usesUpTheStack: Self {
    .disabled(if: testsAreSanitizedForThreads, "uses up the stack on purpose, which then ends within ThreadSanitizer")
  }
}
