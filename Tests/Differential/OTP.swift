import Foundation

/// One run of `erl`, which is given all cases at once and answers them one after another.
final class OTP: Sendable {
  struct Failure: Error, CustomStringConvertible { let description: String }

  private let answering: Task<[[String]], any Error>

  /// Begins at once.
  init(_ terms: [String]) {
    answering = Task.detached {
      try await Self.run(terms)
    }
  }

  /// What happened in each case, in their order.
  func answers() async throws -> [[String]] { try await answering.value }

  /// Why nothing can be compared here; nil if it can.
  static let isMissing: String? =
    find("erl") == nil || find("erlc") == nil
    ? "there is no erl and erlc on the PATH; apt-get install --no-install-recommends erlang-base" : nil

  /// Where Elixir keeps its modules, if there is Elixir.
  static let elixir: String? = {
    let places = ["/usr/lib/elixir/lib/elixir/ebin", "/usr/local/lib/elixir/lib/elixir/ebin"]
    if let place = places.first(where: { FileManager.default.fileExists(atPath: $0) }) { return place }
    guard let program = find("elixir") else { return nil }
    let folder = URL(filePath: program).resolvingSymlinksInPath().deletingLastPathComponent()
    let place = folder.appending(path: "../lib/elixir/ebin").standardizedFileURL.path
    return FileManager.default.fileExists(atPath: place) ? place : nil
  }()

  private static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The compiled modules; made once in a run of the tests.
  static let modules = Task {
    let folder = FileManager.default.temporaryDirectory.appending(path: "differential-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Erlang")
    let files = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".erl") }
    let paths = files.map { sources.appending(path: $0).path }
    _ = try await perform("erlc", ["-Wall", "-Werror", "-o", folder.path] + paths)
    return folder
  }

  private static func run(_ terms: [String]) async throws -> [[String]] {
    let folder = try await modules.value
    let name = UUID().uuidString
    let (input, output) = (folder.appending(path: "\(name).in"), folder.appending(path: "\(name).out"))
    try terms.enumerated().map { "{\($0.offset),\($0.element)}.\n" }.joined()
      .write(to: input, atomically: false, encoding: .utf8)
    let libraries = elixir.map { ["-pa", $0] } ?? []
    let said = try await perform(
      "erl",
      ["+S", "1:1", "-noshell", "-pa", folder.path] + libraries
        + ["-run", "differential", "main", input.path, output.path])
    guard let text = try? String(contentsOf: output, encoding: .utf8) else {
      throw Failure(description: "erl has not answered: \(said)")
    }
    var answers: [[String]] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("@ ") { answers.append([]) } else { answers[answers.count - 1].append(String(line)) }
    }
    try? FileManager.default.removeItem(at: input)
    try? FileManager.default.removeItem(at: output)
    return answers
  }

  /// Runs a program to its end, and returns what it said.
  private static func perform(_ program: String, _ arguments: [String]) async throws -> String {
    let log = FileManager.default.temporaryDirectory.appending(path: "differential-\(UUID()).log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: log) }
    let process = Foundation.Process()
    process.executableURL = URL(filePath: find(program) ?? program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    guard status == 0 else { throw Failure(description: "\(program) ended with status \(status): \(said)") }
    return said
  }
}
