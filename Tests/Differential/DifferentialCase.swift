import Foundation

/// Something that both runtimes can do, so that it can be compared.
protocol DifferentialCase: Sendable {
  /// Where it came from, and its name.
  var seed: UInt64 { get }
  /// The case as an Erlang term, which is also how it is shown to people.
  var term: String { get }
  /// Does it here, and tells what happened.
  func run() async throws -> [String]
  /// What happened, without the order of what happens in no order.
  func canonical(_ lines: [String]) -> [String]
  /// The same with one thing less, for each thing that can be left out.
  var smaller: [Self] { get }
}

/// One case that went otherwise than in OTP.
struct Difference<Case: DifferentialCase>: Sendable {
  let subject: Case
  let here: [String]
  let otp: [String]
}

extension Difference: CustomStringConvertible {
  var description: String {
    let width = 58
    let rows = (0..<max(here.count, otp.count)).map { index -> String in
      let (left, right) = (index < here.count ? here[index] : "", index < otp.count ? otp[index] : "")
      let padding = String(repeating: " ", count: max(1, width - left.count))
      return "\(left == right ? " " : "≠") \(left)\(padding)| \(right)"
    }
    let heading = "here" + String(repeating: " ", count: width - 4) + "| OTP"
    return "seed \(subject.seed)\n\(subject.term)\n\n  \(heading)\n\(rows.joined(separator: "\n"))"
  }
}

/// Runs all cases here and in OTP, at the same time, and returns the first that differ, at most `limit`.
func differences<Case: DifferentialCase>(of cases: [Case], limit: Int = .max) async throws -> [Difference<Case>] {
  let otp = OTP(cases.map(\.term))
  var answers: [[String]] = []
  var failure: (any Error)?
  do {
    for subject in cases { answers.append(try await lines(of: subject)) }
  } catch {
    failure = error
  }
  let theirs = try await otp.answers()
  if let failure { throw failure }
  var found: [Difference<Case>] = []
  for (index, subject) in cases.enumerated() where found.count < limit {
    let here = subject.canonical(answers[index])
    let there = subject.canonical(index < theirs.count ? theirs[index] : ["no answer"])
    if here != there { found.append(Difference(subject: subject, here: here, otp: there)) }
  }
  return found
}

private func lines(of subject: some DifferentialCase) async throws -> [String] {
  if ProcessInfo.processInfo.environment["DIFFERENTIAL_SHOW"] != nil { print(subject.term) }
  do {
    return try await subject.run()
  } catch {
    return ["it failed: \(error)"]
  }
}

/// The same difference with all left out that does not matter for it.
func shrunk<Case: DifferentialCase>(_ difference: Difference<Case>) async throws -> Difference<Case> {
  var smallest = difference
  let deadline = ContinuousClock.now + .seconds(30)
  while ContinuousClock.now < deadline {
    guard let next = try await differences(of: smallest.subject.smaller, limit: 1).first else { break }
    smallest = next
  }
  return smallest
}
