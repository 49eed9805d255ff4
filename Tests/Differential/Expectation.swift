import CTestSettings
import Foundation
import Testing

/// The seeds of this run: `DIFFERENTIAL_CASES` changes their number, `DIFFERENTIAL_SEED` the first.
func seeds(count: Int) -> Range<UInt64> {
  let variables = ProcessInfo.processInfo.environment
  let first = variables["DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 0
  let wanted = variables["DIFFERENTIAL_CASES"].flatMap { UInt64($0) } ?? UInt64(count)
  return first..<first + (testsAreSanitized ? min(wanted, 200) : wanted)
}

/// Runs all here and in OTP; shows the first difference, small, and how many there are.
func expectNoDifference<Case: DifferentialCase>(_ cases: [Case]) async throws {
  let found = try await differences(of: cases)
  guard let first = found.first else { return }
  let small = try await shrunk(first)
  let others = found.dropFirst().prefix(20).map { "\($0.subject.seed)" }.joined(separator: " ")
  Issue.record(
    """
    \(found.count) of \(cases.count) differ, the first made small:
    \(small)

    as it was:
    \(first)

    other seeds: \(others)
    """)
}

extension OTP {
  static var skipped: Comment { "\(isMissing ?? "")" }
}
