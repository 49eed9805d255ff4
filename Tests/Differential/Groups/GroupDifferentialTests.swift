import Testing

@Suite("Process groups beside OTP's", .timeLimit(.minutes(5)), .enabled(if: OTP.isMissing == nil, OTP.skipped))
struct GroupDifferentialTests {
  @Test("PG-1, PG-2, PG-3, PG-4, PG-5, PG-8: members, results and events are those of pg")
  func programs() async throws {
    try await expectNoDifference(seeds(count: 500).map { GroupProgram(seed: $0) })
  }
}
