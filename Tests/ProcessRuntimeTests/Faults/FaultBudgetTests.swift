@testable import ProcessRuntime
import Testing

@Suite("The budget of faults")
struct FaultBudgetTests {
  @Test("it is spent by too many in all")
  func total() {
    let budget = FaultBudget(total: 3, burst: .max, window: .seconds(1))
    var count = FaultCount()
    let spent = (0..<5).map { count.note(at: $0 * 10_000_000_000, budget) }
    #expect(spent == [false, false, false, true, true])
    #expect(count.total == 5)
  }

  @Test("it is spent by too many within the window, and not by as many over a longer time")
  func burst() {
    let budget = FaultBudget(total: 100, burst: 2, window: .seconds(10))
    var count = FaultCount()
    let second: Int64 = 1_000_000_000
    let slow = [0, 6, 12, 18, 24].map { count.note(at: $0 * second, budget) }
    let third = count.note(at: 25 * second, budget)
    #expect(slow == [false, false, false, false, false] && third)
    var fresh = FaultCount()
    let fast = [0, 5, 10].map { fresh.note(at: $0 * second, budget) }
    #expect(fast == [false, false, true])
  }

  @Test("without a limit nothing spends it")
  func unlimited() {
    var count = FaultCount()
    let spent = (0..<10_000).map { count.note(at: $0, .unlimited) }
    #expect(!spent.contains(true))
  }
}
