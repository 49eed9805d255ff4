/// Decodes mutated and random bytes, and stops at the first that shows a fault.
///
///     swift run -c release TermFuzz [COUNT [SEED]]      10 000 000 inputs, seed 1
@main
enum Main {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().map { UInt64($0) ?? 0 }
    let count = Int(numbers.first ?? 10_000_000)
    let seed = numbers.dropFirst().first ?? 1
    var fuzzer = try TermFuzzer(seed: seed)
    let clock = ContinuousClock()
    let start = clock.now
    try fuzzer.run(count)
    let figures = fuzzer.figures
    print("seed \(seed): \(figures.inputs) inputs, \(figures.bytes) bytes, in \(clock.now - start)")
    print("accepted: \(figures.accepted), and all of them sound")
    for (problem, count) in figures.rejected.sorted(by: { $0.value > $1.value }) {
      print("rejected, \(problem): \(count)")
    }
  }
}
