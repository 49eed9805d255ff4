import Logging
@_spi(Runtime) import ProcessRuntime
import Testing

@Suite("Supervisors beside OTP's", .timeLimit(.minutes(10)), .enabled(if: OTP.isMissing == nil, OTP.skipped))
struct SupervisorDifferentialTests {
  @Test("SUP-31, SUP-40, SUP-41, SUP-42, SUP-57, SUP-70: a supervisor starts, stops, reports and answers as OTP's does")
  func fixed() async throws {
    try await expectNoDifference(seeds(count: 5_000).map { Scenario(seed: $0) })
  }

  @Test(
    "DYN-7, DYN-9, DYN-10, DYN-11: a dynamic supervisor starts, stops, reports and answers as Elixir's does",
    .enabled(if: OTP.elixir != nil, "there is no Elixir here, whose DynamicSupervisor is the measure"))
  func dynamic() async throws {
    try await expectNoDifference(seeds(count: 2_000).map { Scenario(seed: $0, dynamic: true) })
  }

  #if ErlangDistribution
    @Test(
      "SUP-31, SUP-40, SIG-7: a supervisor whose children are processes of an Erlang node does what OTP's does with its own"
    )
    func overTheWire() async throws {
      Node.shared.reports.set(nil)
      defer {
        var logger = Logger(label: "supervision")
        logger.logLevel = .notice
        Node.shared.reports.set(logger)
      }
      let wire = try await Wire.start(modules: OTP.modules.value)
      try await expectNoDifference(seeds(count: 100).map { WireScenario(seed: $0, over: wire) })
      await wire.stop()
    }
  #endif
}
