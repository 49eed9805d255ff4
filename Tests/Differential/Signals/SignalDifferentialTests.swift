import Testing

@Suite("Signals beside OTP's", .timeLimit(.minutes(10)), .enabled(if: OTP.isMissing == nil, OTP.skipped))
struct SignalDifferentialTests {
  @Test("SIG-1, XSG-3, LNK-8, MON-2, ALI-2: links, monitors, exits, names and aliases do what the BEAM's do")
  func programs() async throws {
    try await expectNoDifference(seeds(count: 5_000).map { Program(seed: $0) })
  }
}
