import Foundation

/// A script in Erlang or Elixir that reads chunks of bytes from one file and writes chunks to another.
struct Script {
  let program: String
  let name: String

  static let terms = Script(program: "escript", name: "terms.escript")
  static let inspect = Script(program: "elixir", name: "inspect.exs")

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Whether its program is installed.
  ///
  /// Prints why not, once for each test that asks.
  var canRun: Bool {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    if folders.contains(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }) { return true }
    print("skipped: \(name): there is no \(program) on the PATH")
    return false
  }

  func run(_ chunks: [[UInt8]]) throws -> [[UInt8]] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "erlang-terms-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "in")
    let output = folder.appending(path: "out")
    var bytes: [UInt8] = []
    for chunk in chunks {
      withUnsafeBytes(of: UInt32(chunk.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes += chunk
    }
    try Data(bytes).write(to: input)

    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts/\(name)")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program, script.path, input.path, output.path]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LC_ALL": "C.UTF-8", "ELIXIR_ERL_OPTIONS": "+fnu"]) { _, own in own }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        description: "\(name) ended with \(process.terminationStatus): \(String(decoding: said, as: UTF8.self))")
    }
    return try Script.chunks(Array(Data(contentsOf: output)))
  }

  private static func chunks(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var offset = 0
    while offset + 4 <= bytes.count {
      let count = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard offset + 4 + count <= bytes.count else { throw Failure(description: "a chunk that is cut off") }
      chunks.append(Array(bytes[offset + 4..<offset + 4 + count]))
      offset += 4 + count
    }
    return chunks
  }
}
