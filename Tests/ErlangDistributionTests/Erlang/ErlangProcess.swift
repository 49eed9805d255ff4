import Foundation
import Synchronization

/// A program of Erlang that runs beside the test: `erl`, or `epmd`.
///
/// It is stopped when the test lets go.
final class ErlangProcess: Sendable {
  private let process: Mutex<Process>
  let pid: Int32
  private let lines: AsyncStream<String>
  private let said = Mutex("")

  static func isInstalled(_ program: String) -> Bool {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
  }

  /// An Erlang node on loopback that runs an expression, which halts when the node is to end.
  static func node(
    _ name: String, cookie: String = "c", epmd: Int? = nil, more: [String] = [], run expression: String
  ) throws -> ErlangProcess {
    var arguments = ["erl", "-noinput", "-start_epmd", "false", "-sname", name, "-setcookie", cookie]
    arguments += ["-kernel", "inet_dist_use_interface", "{127,0,0,1}"]
    return try ErlangProcess(
      arguments + more + ["-eval", expression], environment: epmd.map { ["ERL_EPMD_PORT": "\($0)"] } ?? [:])
  }

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    // A home of its own: no cookie of the user's is read or written.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["HOME": FileManager.default.temporaryDirectory.path, "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
    ) { $1 }
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    self.lines = lines
    try process.run()
    // A thread that waits for it: the source that a handler would be may be freed while its event is being handled.
    let handle = output.fileHandleForReading
    Thread.detachNewThread {
      var rest = ""
      while case let data = handle.availableData, !data.isEmpty {
        rest += String(decoding: data, as: UTF8.self)
        var parts = rest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        rest = parts.popLast() ?? ""
        for line in parts { continuation.yield(line) }
      }
      continuation.finish()
    }
    pid = process.processIdentifier
    self.process = Mutex(process)
  }

  /// The lines up to one, without that; all if it never comes.
  func lines(until last: String) async -> [String] {
    var all: [String] = []
    for await line in lines {
      if line == last { return all }
      all.append(line)
    }
    return all + ["no line \(last)"]
  }

  func signal(_ number: Int32) { _ = kill(pid, number) }

  deinit { kill(pid, SIGKILL) }
}
