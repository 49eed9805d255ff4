import CTestSettings
import Testing

@testable import FaultBarrier

@Suite("Symbolication", .timeLimit(.minutes(5)))
struct SymbolicationTests {
  @Test("An address in no image appears as it is")
  func noImage() {
    let symbols = Symbolicator.shared.symbols(for: [0, 0x10, 0xFFFF_FFFF_FFFF_FFFF])
    #expect(symbols.map(\.frames) == [["0x0000000000000000"], ["0x000000000000000f"], ["0xfffffffffffffffe"]])
    #expect(symbols.allSatisfy { $0.runtimeFailure == nil })
  }

  @Test("Any address can be asked for")
  func anyAddress() async {
    await #expect(processExitsWith: .success) {
      var generator = SystemRandomNumberGenerator()
      let here = try #require(await FaultCatcher.shared.fault { Trap.overflow.spring() }).pc
      let count = testsAreSanitized ? 20 : 200
      let addresses = (0..<count).map { _ in here &+ UInt.random(in: 0..<(1 << 20), using: &generator) }
      #expect(Symbolicator.shared.symbols(for: addresses).count == count)
    }
  }

  @Test("No frames, no names")
  func empty() {
    #expect(Symbolicator.shared.symbols(for: []).isEmpty)
  }
}
