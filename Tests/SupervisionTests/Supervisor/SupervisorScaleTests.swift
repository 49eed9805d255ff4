import ProcessRuntime
import Testing

@testable import Supervision

@Suite("Supervisor: many children", .timeLimit(.minutes(1)))
struct SupervisorScaleTests {
  /// Starts `count` children, restarts, stops and deletes them, and ends; returns how long that took.
  private func life(_ count: Int) -> Duration {
    ContinuousClock().measure {
      var machine = SupervisorMachine<Int>(
        SupervisorSettings(intensity: .restarts(count, within: .seconds(5))))
      var number: UInt64 = 0
      var processes: [ProcessID] = []
      func started() -> SupervisorMachine<Int>.Event {
        number += 1
        processes.append(ProcessID(placeholder: number))
        return .started(.started(processes[processes.count - 1]))
      }
      _ = machine.handle(.launch((0..<count).map { index in ChildSpec(id: "\(index)") { nil } }), at: .zero)
      for _ in 0..<count { _ = machine.handle(started(), at: .zero) }
      for index in stride(from: 0, to: count, by: 3) {
        _ = machine.handle(.exited(processes[index], .killed), at: .zero)
        _ = machine.handle(started(), at: .zero)
      }
      for index in stride(from: 1, to: count, by: 3) {
        _ = machine.handle(.call(index, .terminateChild("\(index)")), at: .zero)
        _ = machine.handle(.stopped(.shutdown), at: .zero)
        _ = machine.handle(.call(index, .deleteChild("\(index)")), at: .zero)
      }
      #expect(machine.counts.active == machine.counts.specs)
      _ = machine.handle(.stop(.shutdown), at: .zero)
      while machine.exitReason == nil { _ = machine.handle(.stopped(.shutdown), at: .zero) }
    }
  }

  @Test("SUP-117: the time for all children grows with their number and not faster")
  func linear() {
    expectLinear(from: 1_000, to: 20_000) { life($0) }
  }

  @Test("SUP-117: removing from the middle keeps the order, and places are used again")
  func table() {
    var table = ChildTable()
    let slots = ["a", "b", "c", "d"].map { table.append(ChildSpec(id: ChildSpec.ID($0)) { nil }) }
    table.remove(slots[1])
    table.remove(slots[3])
    #expect(table.newestFirst().map(\.spec.id) == ["c", "a"])
    let reused = table.append(ChildSpec(id: "e") { nil })
    #expect(slots.contains(reused))
    #expect(table.newestFirst().map(\.spec.id) == ["e", "c", "a"])
    table.remove(slots[0])
    table.remove(slots[2])
    table.remove(reused)
    #expect(table.newestFirst().isEmpty)
    #expect(table.first == nil && table.last == nil && table.count == 0)
  }
}

/// Twenty times the work takes nothing like four hundred times the time; the best of three, for the machine may be busy.
func expectLinear(from few: Int, to many: Int, _ life: (Int) -> Duration) {
  let small = (0..<3).map { _ in life(few) }.min() ?? .zero
  let large = (0..<3).map { _ in life(many) }.min() ?? .zero
  #expect(large < small * 150, "\(few): \(small), \(many): \(large)")
}
