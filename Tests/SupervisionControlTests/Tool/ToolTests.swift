#if ControlSocket
  import CTestSettings
  import Foundation
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Testing

  @testable import SupervisionControl

  /// The tool as a program of its own, attached to this one.
  @Suite(
    "supervisionctl", .serialized, .timeLimit(.minutes(2)),
    .enabled(if: !testsAreSanitized, "the tool is not built with a sanitizer"))
  struct ToolTests {
    struct Outcome {
      let status: Int32
      let output: String
      let errors: String
    }

    static func program(_ arguments: [String], _ environment: [String: String] = [:]) -> Process {
      let program = Process()
      program.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "supervisionctl")
      program.arguments = arguments
      program.environment = ["XDG_RUNTIME_DIR": "/nowhere", "TMPDIR": "/nowhere", "PATH": "/usr/bin:/bin"].merging(
        environment, uniquingKeysWith: { $1 })
      return program
    }

    static func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Outcome {
      let program = program(arguments, environment)
      let (output, errors) = (Pipe(), Pipe())
      program.standardInput = FileHandle.nullDevice
      program.standardOutput = output
      program.standardError = errors
      try program.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      let problem = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      program.waitUntilExit()
      return Outcome(status: program.terminationStatus, output: text, errors: problem)
    }

    @Test("CTL-12: what every command prints is there as JSON")
    func json() async throws {
      try await Shop.open("tool") { shop, _ in
        try await Attached.with(allowsActions: true) { attached in
          let before = shop.shelf.whereis
          shop.shelf.send(.fail)
          _ = try await shop.shelf.registered(otherThan: before, within: .seconds(10))
          let commands: [([String], String)] = [
            (["tree"], "roots"), (["ps", "tool-"], "rows"), (["top"], "node"), (["info", "tool-shelf"], "row"),
            (["state", "tool-shelf"], "server"), (["crashes"], "groups"),
            (["call", "tool-shelf", ":count"], "answer"), (["cast", "tool-shelf", "{:put, \"x\"}"], "done"),
            (["suspend", "tool-shelf"], "done"), (["resume", "tool-shelf"], "done"),
            (["restart", "tool-shelf"], "done"), (["kill", "tool-till"], "done"),
          ]
          for (command, key) in commands {
            let outcome = try Self.run(command + ["--json", "--socket", attached.path])
            #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            #expect(value?[key] != nil, "\(command): \(outcome.output)")
          }
        }
      }
    }

    @Test("CTL-11: what people read")
    func text() async throws {
      try await Shop.open("read") { shop, _ in
        try await Attached.with(allowsActions: true) { attached in
          let run: ([String]) throws -> Outcome = { try Self.run($0, ["SUPERVISIONCTL_SOCKET": attached.path]) }
          let before = shop.shelf.whereis
          #expect(try run(["cast", "read-shelf", "{:put, \"hola\"}"]).status == 0)
          #expect(try run(["call", "read-shelf", "{:find, \"hola\"}"]).output == "\"hola\"\n")
          #expect(try run(["state", "read-scale"]).output == "Scale(grams: 0)\nas a term: %{grams: 0}\n")
          let tree = try run(["tree"]).output
          #expect(tree.contains("read  <0."))
          #expect(tree.contains("├─ read-shelf  \(try #require(before))  Shelf"))
          #expect(try run(["ps", "read-shelf"]).output.contains("Shelf"))
          #expect(try run(["info", "read-shelf"]).output.contains("child         read-shelf of read"))
          #expect(try run(["top"]).output.contains("processes  run queue"))
          shop.shelf.send(.fail)
          _ = try await shop.shelf.registered(otherThan: before, within: .seconds(10))
          let crashes = try run(["crashes", "--full"]).output
          #expect(crashes.contains("the shelf has come"))
          // What a terminal would obey has gone.
          #expect(!crashes.contains("\u{1B}"))
        }
      }
    }

    @Test("CTL-11: 1 for what is refused or not there, 2 for what is not understood, 3 for no node")
    func statuses() async throws {
      try await Shop.open("ends-with") { _, _ in
        try await Attached.with { attached async throws in
          let status: ([String]) throws -> Int32 = { arguments in
            let outcome = try Self.run(arguments, ["SUPERVISIONCTL_SOCKET": attached.path])
            #expect(outcome.status == 0 || !outcome.errors.isEmpty)
            return outcome.status
          }
          #expect(try status(["--help"]) == 0)
          #expect(try status(["tree"]) == 0)
          #expect(try status(["info", "nobody-at-all"]) == 1)
          #expect(try status(["kill", "ends-with-shelf"]) == 1)
          #expect(try status(["state"]) == 2)
          #expect(try status(["explode"]) == 2)
          #expect(try status(["ps", "--sort", "beauty"]) == 2)
          #expect(try status(["tree", "--socket", attached.folder("nothing")]) == 3)
        }
      }
      #expect(try Self.run(["tree"]).status == 3)
      #expect(try Self.run(["nodes"]).status == 3)
      #expect(try Self.run(["tree"]).errors.contains("ChildSpec.control()"))
    }

    @Test("CTL-11: without --socket it finds the only node, and of several it wants to know which")
    func finding() async throws {
      try await Attached.with { attached in
        let home = attached.folder("supervision")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
        chmod(home, 0o700)
        let environment = ["XDG_RUNTIME_DIR": attached.folder.path]
        try FileManager.default.createSymbolicLink(atPath: "\(home)/shop.11.sock", withDestinationPath: attached.path)
        try attached.folder.leaveSocket("supervision/dead.12.sock")
        #expect(try Self.run(["tree"], environment).status == 0)
        let nodes = try Self.run(["nodes"], environment).output
        #expect(nodes.contains("shop") && !nodes.contains("dead"))
        try FileManager.default.createSymbolicLink(atPath: "\(home)/shop.13.sock", withDestinationPath: attached.path)
        let several = try Self.run(["tree"], environment)
        #expect(several.status == 2)
        #expect(several.errors.contains("shop (11), shop (13)"))
        #expect(try Self.run(["tree", "--node", "13"], environment).status == 0)
        #expect(try Self.run(["tree", "--node", "99"], environment).status == 3)
      }
    }

    @Test("CTL-10: crashes and traces are followed until their time is over")
    func following() async throws {
      try await Shop.open("live") { shop, _ in
        try await Attached.with { attached in
          let program = Self.program(["trace", "live-shelf", "--json", "--seconds", "20", "--socket", attached.path])
          let pipe = Pipe()
          program.standardOutput = pipe
          program.standardError = FileHandle.nullDevice
          try program.run()
          try await eventually { try await Sys.getStatus(of: shop.shelf).installed.count == 1 }
          shop.shelf.send(.put("x"))
          shop.shelf.whereis?.exit(.kill)
          let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
          program.waitUntilExit()
          #expect(program.terminationStatus == 0)
          let events = try text.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
          }
          #expect(events.last??["kind"] as? String == "ended")
          let none = try Self.run(["crashes", "--follow", "--seconds", "0.05", "--socket", attached.path])
          #expect(none.status == 0 && none.output.isEmpty)
        }
      }
    }
  }
#endif
