@_spi(Runtime) @testable import ProcessRuntime
import Testing

@Suite("The table of processes")
struct ProcessTableTests {
  @Test("PID-1: it holds what a dictionary would, whatever numbers come and go", arguments: 0..<20 as Range<UInt64>)
  func likeADictionary(seed: UInt64) {
    var random = SystemRandomNumberGenerator()
    var table = CellTable()
    var expected: [UInt64: ProcessCell] = [:]
    // Few numbers far apart, so that many want the same place.
    let numbers = (0..<400).map { _ in
      seed % 2 == 0 ? UInt64.random(in: 0..<100_000, using: &random) * 64 : UInt64.random(in: 0..<600, using: &random)
    }
    for number in numbers + numbers.shuffled() {
      if let cell = expected.removeValue(forKey: number) {
        #expect(table.remove(number, shifted: 0) === cell)
      } else {
        let cell = NoProcess(number: number)
        expected[number] = cell
        table.insert(cell, shifted: 0)
      }
      #expect(table.all.count == expected.count)
    }
    for number in Set(numbers) { #expect(table.find(number, shifted: 0) === expected[number]) }
    #expect(table.remove(7_777_777, shifted: 0) == nil)
  }
}
