import CTestSettings
import Testing

@Suite("Supervisors beside OTP's", .timeLimit(.minutes(10)), .enabled(if: OTP.isMissing == nil, OTP.skipped))
struct SupervisorDifferentialTests {
  @Test("TST-4: a supervisor starts, stops, reports and answers as OTP's does")
  func fixed() async throws {
    try await expectNoDifference(seeds(count: 5_000).map { Scenario(seed: $0) })
  }

  @Test(
    "TST-4: a dynamic supervisor starts, stops, reports and answers as Elixir's does",
    .enabled(if: OTP.elixir != nil, "there is no Elixir here, whose DynamicSupervisor is the measure"))
  func dynamic() async throws {
    try await expectNoDifference(seeds(count: 2_000).map { Scenario(seed: $0, dynamic: true) })
  }
}
