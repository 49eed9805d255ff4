import Testing

@Suite("State machines beside OTP's", .timeLimit(.minutes(10)), .enabled(if: OTP.isMissing == nil, OTP.skipped))
struct StateMachineDifferentialTests {
  @Test("STM-10, STM-11, STM-20, STM-31, STM-35: events, enter calls and timeouts come as in gen_statem")
  func programs() async throws {
    try await expectNoDifference(seeds(count: 1_000).map { MachineProgram(seed: $0) })
  }
}
