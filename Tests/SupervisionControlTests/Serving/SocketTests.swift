#if ControlSocket
  import Foundation
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Testing

  @testable import SupervisionControl

  @Suite("A control socket", .timeLimit(.minutes(2)))
  struct SocketTests {
    @Test("CTL-5: several requests on one connection, each answered in its turn")
    func requests() async throws {
      try await Shop.open("wired") { _, _ in
        try await Attached.with(allowsActions: true) { attached in
          let wire = try Wire(attached.path)
          for number in 1...3 {
            wire.send(try Asking.text("cast", ["target": "wired-shelf", "term": "{:put, \"x\"}"]))
            wire.send(try Asking.text("call", ["target": "wired-shelf", "term": ":count"]))
            #expect(try wire.reply().ok["done"] != nil)
            #expect(try wire.reply().ok["answer"] as? String == "\(number)")
          }
          wire.send("x")
          #expect(try wire.reply().code == "badRequest")
          #expect(try wire.ask("tree").code == nil)
        }
      }
    }

    @Test("CTL-3: the file goes when the child stops, and those who are attached see the end")
    func stops() async throws {
      let (folder, wire) = try await Attached.with { attached in
        let wire = try Wire(attached.path)
        #expect(try wire.ask("node").code == nil)
        return (attached.folder, wire)
      }
      #expect(FileManager.default.fileExists(atPath: folder.path))
      #expect(access(folder("s"), F_OK) != 0)
      #expect(try wire.line() == nil)
    }

    @Test("CTL-3: what a child that was killed has left does not stand in the way of the next")
    func killed() async throws {
      try await Attached.with { attached in
        let before = try await attached.child
        let wire = try Wire(attached.path)
        before.exit(.kill)
        try await eventually {
          try await attached.supervisor.child("control").process.map { $0 != before } ?? false
        }
        #expect(try wire.line() == nil)
        try await eventually { (try? Wire(attached.path).ask("node").code == nil) ?? false }
      }
    }

    @Test("CTL-2: while another listens there the child fails, its tree does not, and in the end it gets the path")
    func taken() async throws {
      let folder = Folder()
      let path = folder("s")
      let other = try Folder.bind(path, listening: true)
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.control(ControlConfiguration(path: path))
          .backoff(.constant(.milliseconds(20))).budget(.restarts(1_000, within: .seconds(1)))
        ChildSpec(id: "till") { Till() }
      }
      #expect(try await supervisor.child("till").process?.isAlive == true)
      shutdown(other, 2)
      close(other)
      try await eventually { (try? Wire(path).ask("node").code == nil) ?? false }
      try await supervisor.stop()
      #expect(FileManager.default.fileExists(atPath: folder.path))
      #expect(access(folder("s"), F_OK) != 0)
    }

    @Test("CTL-1: the system says who connects, and another user is not welcome")
    func credentials() async throws {
      #expect(PeerCredentials(user: getuid()).isWelcome)
      #expect(PeerCredentials(user: 0).isWelcome)
      #expect(!PeerCredentials(user: getuid() &+ 12_345).isWelcome)
    }

    @Test(
      "CTL-1: another user is refused, though the file would let him in",
      .enabled(
        if: getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"),
        "another user is needed: root, and setpriv"))
    func anotherUser() async throws {
      try await Attached.with { attached in
        chmod(attached.folder.path, 0o755)
        chmod(attached.path, 0o666)
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/setpriv")
        let script = """
          import socket, sys
          s = socket.socket(socket.AF_UNIX)
          s.connect(sys.argv[1])
          sys.stdout.write(s.makefile().readline())
          """
        program.arguments = [
          "--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c", script, attached.path,
        ]
        let pipe = Pipe()
        program.standardOutput = pipe
        program.standardError = FileHandle.nullDevice
        try program.run()
        let line = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        program.waitUntilExit()
        if program.terminationStatus == 0 { #expect(try Reply(line).code == "refused") }
      }
    }

    @Test("CTL-6: so many may be attached, one more is told why not, and has a place when another goes")
    func connections() async throws {
      try await Attached.with({ $0.limits.connections = 2 }) { attached in
        var wires = try (0..<2).map { _ in try Wire(attached.path) }
        for wire in wires { #expect(try wire.ask("node").code == nil) }
        let third = try Wire(attached.path)
        #expect(try third.reply().code == "refused")
        #expect(try third.line() == nil)
        wires.removeLast()
        try await eventually { (try? Wire(attached.path).ask("node").code == nil) ?? false }
      }
    }

    @Test("CTL-6: a line that does not end is not kept, and ends the connection")
    func endless() async throws {
      try await Attached.with({ $0.limits.lineBytes = 1_000 }) { attached in
        let wire = try Wire(attached.path)
        wire.send([UInt8](repeating: UInt8(ascii: "a"), count: 5_000))
        #expect(try wire.reply().problem.contains("1000 bytes"))
        #expect(try wire.line() == nil)
        #expect(try Wire(attached.path).ask("node").code == nil)
      }
    }

    @Test("CTL-6: who says nothing is not kept, and who reads nothing neither")
    func silence() async throws {
      try await Attached.with({ $0.limits.silence = 0.05 }) { attached in
        let silent = try Wire(attached.path)
        #expect(try silent.line() == nil)
        let deaf = try Wire(attached.path)
        for _ in 0..<3_000 { deaf.send(#"{"v":1,"do":"ps","limit":1000}"#) }
        try await eventually { try await attached.isEmpty }
      }
    }

    @Test("CTL-6: too many requests wait, and others do not for longer than that takes")
    func pace() async throws {
      try await Attached.with({ $0.limits.requestsPerSecond = 20 }) { attached in
        let wire = try Wire(attached.path)
        let began = ContinuousClock.now
        for _ in 0..<25 { #expect(try wire.ask("node").code == nil) }
        #expect(ContinuousClock.now - began > .milliseconds(200))
      }
    }

    @Test("CTL-6: hostile lines through the socket, then an honest one", arguments: 0..<3)
    func hostile(seed: Int) async throws {
      try await Shop.open("hostile") { _, _ in
        try await Attached.with { attached in
          var hostile = Hostile(seed: UInt64(1_000 + seed))
          let wire = try Wire(attached.path)
          for _ in 0..<60 {
            var line = hostile.line()
            // Those are streams, of several lines; the handler's own test has them.
            if String(decoding: line, as: UTF8.self).contains("trace") { line = [UInt8(ascii: "t")] }
            if String(decoding: line, as: UTF8.self).contains("follow") { line = [UInt8(ascii: "f")] }
            wire.send(line + [UInt8(ascii: "\n")])
            _ = try wire.reply()
          }
          #expect(try wire.ask("node").code == nil)
          let child = try await attached.child
          #expect(child.isAlive)
        }
      }
    }

    @Test("CTL-9: who goes away during a trace leaves nothing in the server")
    func traceIsLeft() async throws {
      try await Shop.open("leaves") { shop, _ in
        try await Attached.with { attached in
          var wire: Wire? = try Wire(attached.path)
          wire?.send(try Asking.text("trace", ["target": "leaves-shelf"]))
          try await eventually { try await Sys.getStatus(of: shop.shelf).installed.count == 1 }
          shop.shelf.send(.put("x"))
          #expect(try wire?.reply().ok["kind"] as? String == "received")
          wire = nil
          try await eventually { try await Sys.getStatus(of: shop.shelf).installed.isEmpty }
        }
      }
    }
  }

  extension Attached {
    /// Whether nobody is attached.
    var isEmpty: Bool {
      get async throws { !Node.shared.unsortedProcesses.contains { $0.label == "control connection" } }
    }
  }
#endif
