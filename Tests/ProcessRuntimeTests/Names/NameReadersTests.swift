import Supervision
import Testing

@_spi(Runtime) @testable import ProcessRuntime

@Suite("Looks at names without a lock", .timeLimit(.minutes(1)))
struct NameReadersTests {
  private final class Nobody: ProcessCell, @unchecked Sendable {}

  @Test("NAM-3: what was taken out waits for the looks that were on, and for no others")
  func wait() throws {
    let readers = NameReaders(capacity: 3)
    #expect(readers.looksThatAreOn() == nil)
    for index in 0..<2 { readers.join(index) }
    readers.place(at: 1).pointee.begin()
    let looks = try #require(readers.looksThatAreOn())
    readers.place(at: 0).pointee.begin()
    #expect(!readers.areOver(looks))
    readers.place(at: 1).pointee.end()
    #expect(readers.areOver(looks))
    readers.place(at: 1).pointee.begin()
    #expect(readers.areOver(looks))
    let later = try #require(readers.looksThatAreOn())
    readers.place(at: 1).pointee.end()
    #expect(!readers.areOver(later))
    readers.place(at: 0).pointee.end()
    #expect(readers.areOver(later))
    #expect(readers.looksThatAreOn() == nil)
  }

  @Test("NAM-3: a look that was abandoned within a trap holds up nobody")
  func lost() throws {
    let readers = NameReaders(capacity: 1)
    readers.join(0)
    readers.place(at: 0).pointee.begin()
    let looks = try #require(readers.looksThatAreOn())
    readers.place(at: 0).pointee.endIfLost()
    #expect(readers.areOver(looks))
    readers.place(at: 0).pointee.endIfLost()
    #expect(readers.looksThatAreOn() == nil)
  }

  @Test("NAM-3: a look that does not end holds up no change of a name, and the process stays until it ends")
  func preempted() {
    let readers = NameReaders(capacity: 1)
    readers.join(0)
    let table = NameTable(readers: readers)
    weak var first: Nobody?
    weak var second: Nobody?
    do {
      let cells = (Nobody(node: .shared), Nobody(node: .shared))
      (first, second) = cells
      #expect(table.registers("a", cells.0))
      #expect(table.registers("b", cells.1))
    }
    readers.place(at: 0).pointee.begin()
    #expect(table.unregister("a"))
    #expect(table.unregister("b"))
    #expect(table.whereis("a") == nil)
    table.freeRetired()
    #expect(first != nil && second != nil)
    readers.place(at: 0).pointee.end()
    table.freeRetired()
    #expect(first == nil && second == nil)
  }

  @Test("NAM-3: what still waits is given up with the table")
  func tableWithLooks() {
    let readers = NameReaders(capacity: 1)
    readers.join(0)
    weak var seen: Nobody?
    do {
      let table = NameTable(readers: readers)
      let cell = Nobody(node: .shared)
      seen = cell
      #expect(table.registers("a", cell))
      readers.place(at: 0).pointee.begin()
      #expect(table.unregister("a"))
    }
    #expect(seen == nil)
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
