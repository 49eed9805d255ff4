import Supervision
import Synchronization
import Testing

@_spi(Runtime) @testable import ProcessRuntime

@Suite("Looks at names without a lock", .timeLimit(.minutes(1)))
struct NameReadersTests {
  private final class Nobody: ProcessCell, @unchecked Sendable {}

  @Test("NAM-3: who has taken out a name waits for the looks that are on, and for no others")
  func wait() {
    let readers = NameReaders(capacity: 3)
    readers.wait()
    for index in 0..<2 { readers.join(index) }
    readers.place(at: 1).pointee.begin()
    let waiter = Waiter(readers)
    // However long the other thread takes to come so far: it must not have seen the look end before it did.
    for _ in 0..<100 { SpinLock.giveWay() }
    waiter.isOver.store(true, ordering: .sequentiallyConsistent)
    readers.place(at: 1).pointee.end()
    #expect(waiter.sawItOver)
    readers.wait()
  }

  @Test("NAM-3: a look that was abandoned within a trap holds up nobody")
  func lost() {
    let readers = NameReaders(capacity: 1)
    readers.join(0)
    readers.place(at: 0).pointee.begin()
    readers.place(at: 0).pointee.endIfLost()
    readers.wait()
    readers.place(at: 0).pointee.endIfLost()
    readers.wait()
  }

  @Test("NAM-3: a process goes when its name is taken away, replaced or given up with the table")
  func references() {
    let readers = NameReaders(capacity: 1)
    readers.join(0)
    weak var seen: Nobody?
    do {
      let table = NameTable(readers: readers)
      for name in (0..<200).map({ "name \($0)" }) {
        let cell = Nobody(node: .shared)
        seen = cell
        #expect(table.registers(name, cell))
        #expect(table.whereis(name, readers) === cell)
        #expect(table.whereis(name) === cell)
        #expect(table.unregister(name))
        #expect(table.whereis(name, readers) == nil)
      }
      #expect(seen == nil)
      let (first, second) = (Nobody(node: .shared), Nobody(node: .shared))
      #expect(table.registers("a", first))
      first.die(.killed)
      #expect(table.registers("a", second))
      #expect(table.whereis("a", readers) === second)
      table.release("a", from: first)
      #expect(table.whereis("a", readers) === second)
      seen = second
    }
    #expect(seen == nil)
  }
}

extension NameTable {
  fileprivate func whereis(_ name: String, _ readers: NameReaders) -> ProcessCell? {
    retained(name, at: readers.place(at: 0))?.takeRetainedValue()
  }

  fileprivate func registers(_ name: String, _ cell: ProcessCell) -> Bool {
    if case nil = register(name, cell) { true } else { false }
  }
}

/// A thread that waits for looks.
private final class Waiter: Sendable {
  /// To be set before the look ends.
  let isOver = Atomic(false)
  private let result = Atomic(false)
  private let done = Parker()

  init(_ readers: NameReaders) {
    Thread.start(named: "waits") { [self] in
      readers.wait()
      result.store(isOver.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
      done.unpark()
    }
  }

  var sawItOver: Bool {
    done.park()
    return result.load(ordering: .sequentiallyConsistent)
  }
}
