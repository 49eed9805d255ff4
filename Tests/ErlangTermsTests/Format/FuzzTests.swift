import Testing

@testable import TermFuzz

@Suite("Fuzzing")
struct FuzzTests {
  /// `swift run -c release TermFuzz` does the same for ten million inputs.
  @Test(
    "ETF-4, ETF-5: mutated and random bytes throw, or are a term that is sound", arguments: 100..<104 as Range<UInt64>)
  func mutations(seed: UInt64) throws {
    var fuzzer = try TermFuzzer(seed: seed)
    try fuzzer.run(5_000)
    #expect(fuzzer.figures.inputs == 5_000)
    #expect(fuzzer.figures.accepted > 100)
    #expect(fuzzer.figures.rejected.count > 4)
  }
}
