#if ErlangDistribution
  @_spi(Runtime) import ProcessRuntime
  import Testing

  @testable import ErlangDistribution

  /// Who reads the sockets of a test's nodes.
  enum Carrier: CaseIterable {
    case workers, eventLoop

    /// Of the test that runs.
    @TaskLocal static var current = Carrier.workers

    /// Nil where there are no pollers, or none is wanted.
    var poller: Poller? { self == .workers ? Node.shared.poller : nil }
  }

  /// Runs a test once for each carrier.
  struct CarrierTrait: TestTrait, SuiteTrait, TestScoping {
    let isRecursive = true

    func provideScope(
      for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
      for carrier in Carrier.allCases {
        await Carrier.$current.withValue(carrier) {
          do {
            try await function()
          } catch {
            Issue.record(error, "read by: \(carrier)")
          }
        }
      }
    }
  }

  extension Trait where Self == CarrierTrait {
    /// Once with sockets that workers read, and once with those of the event loop.
    static var eachCarrier: Self { CarrierTrait() }
  }
#endif
