import CFaults
import Supervision
import Synchronization

extension Row {
  static var all: [Row] {
    errors + traps + stacks + hard + hangs + tasks + shared + beginningsAndEnds + circles + mailboxes
  }

  private struct Broken: Error {}

  private static var errors: [Row] { [Row("thrown error", .error) { throw Broken() }] }

  private static var traps: [Row] {
    [
      Row("force-unwrap", .fault(.trap)) { use(opaque(Int?.none)!) },
      Row("array index", .fault(.trap)) { use(opaque([1, 2, 3])[opaque(7)]) },
      Row("dictionary force", .fault(.trap)) { use(opaque(["a": 1])[opaque("b")]!) },
      Row("overflow", .fault(.trap)) { use(opaque(Int.max) + opaque(1)) },
      Row("division by zero", .fault(.trap)) { use(opaque(1) / opaque(0)) },
      Row("as!", .fault(.cast)) { use(opaque("text" as any Sendable) as! Int) },
      Row("fatalError", .fault(.trap)) { if opaque(true) { fatalError("on purpose") } },
      Row("precondition", .fault(.trap)) { precondition(opaque(false), "on purpose") },
      Row("range", .fault(.trap)) { use(opaque(5)...opaque(1)) },
      Row("UInt8 conversion", .fault(.trap)) { use(UInt8(opaque(300))) },
      Row("Character conversion", .fault(.trap)) { use(Character(opaque(""))) },
      Row("unowned", .fault(.unowned)) {
        var object: Held? = opaque(Held {})
        unowned let reference = object ?? Held {}
        object = opaque(nil)
        use(reference)
      },
    ]
  }

  private static var stacks: [Row] {
    [
      Row("stack overflow", .fault(.stackOverflow)) { use(descend(0)) },
      Row("stack overflow, async", .fault(.stackOverflow)) {
        await Task.yield()
        use(descend(0))
      },
      Row("stack overflow, C frames", .fault(.stackOverflow)) { sortForEver() },
    ]
  }

  private static var hard: [Row] {
    [
      Row("exclusivity, containAll", .fault(.exclusivity), policy: .containAll) {
        let object = opaque(Number())
        modify(&object.value) { object.value += 1 }
      },
      Row("abort(), containAll", .fault(.abort), policy: .containAll) { OS.abort() },
      Row("null, containAll", .fault(.nullPointer), policy: .containAll) {
        opaque(UnsafeMutablePointer<Int>(bitPattern: 8))?.pointee = 1
      },
      Row("SIGFPE in C, containAll", .fault(.arithmetic), policy: .containAll) {
        use(faults_divide(1, opaque(0)))
      },
    ]
  }

  private static var hangs: [Row] {
    [
      Row("endless loop", .killed) { while !Task.isCancelled { use(opaque(1)) } },
      Row("blocking call", .killed) { OS.sleep(milliseconds: 300) },
      Row("blocking { }", .answer) { try await blocking { OS.sleep(milliseconds: 100) } },
      Row("blocking { } killed", .killed) { try await blocking { OS.sleep(milliseconds: 300) } },
      Row("blocking { } traps", .fault(.trap)) {
        try await blocking { if opaque(true) { fatalError("within blocking") } }
      },
      Row("awaits for ever", .killed) { try await suspendForever() },
    ]
  }

  private static var tasks: [Row] {
    [
      Row("trap in async let", .fault(.trap)) {
        async let child: Int = trapLater()
        use(await child)
      },
      Row("trap in a task group", .fault(.trap)) {
        await withTaskGroup { group in
          for _ in 0..<3 { group.addTask { use(await trapLater()) } }
        }
      },
    ]
  }

  private static var shared: [Row] {
    let mutex = Locked()
    let actor = Shared()
    return [
      Row("trap with a Mutex held", .fault(.trap)) {
        mutex.value.withLock { _ in if opaque(true) { fatalError("with a lock") } }
      },
      Row("… the Mutex stays locked", .answer) {
        if mutex.value.withLockIfAvailable({ _ in true }) != nil { throw Broken() }
      },
      Row("trap in an actor", .fault(.trap)) { await actor.trap() },
      Row("… the actor stays busy", .killed) { await actor.nothing() },
    ]
  }

  private static func sortForEver() {
    OS.sort { _, _ in
      Row.sortForEver()
      return 0
    }
  }
}

final class Number { var value = 1 }
private final class Locked: Sendable { let value = Mutex(0) }

private actor Shared {
  private var calls = 0

  func trap() {
    calls = opaque(calls + 1)
    if opaque(true) { fatalError("in an actor") }
    calls = opaque(calls + 1)
  }

  func nothing() { calls = opaque(calls + 1) }
}

private func trapLater() async -> Int {
  await Task.yield()
  return opaque([1])[opaque(3)]
}

@inline(never)
func modify(_ number: inout Int, _ body: () -> Void) {
  body()
  number += 1
}

@inline(never)
func descend(_ depth: Int) -> Int {
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 200) { buffer in
    buffer[0] = UInt8(truncatingIfNeeded: depth)
    return depth < 0 ? 0 : Int(buffer[0]) + opaque(descend(opaque(depth + 1)))
  }
}

/// The compiler does not look through it.
@inline(never)
@_optimize(none)
func opaque<Value>(_ value: Value) -> Value { value }

@inline(never)
@_optimize(none)
func use<Value>(_ value: Value) {}
