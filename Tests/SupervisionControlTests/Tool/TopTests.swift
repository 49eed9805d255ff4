#if ControlSocket && os(Linux)
  import CTestSettings
  import Foundation
  import Supervision
  import Testing

  @testable import SupervisionControl

  @Suite(
    "supervisionctl top", .serialized, .timeLimit(.minutes(2)),
    .enabled(if: !testsAreSanitized, "the tool is not built with a sanitizer"))
  struct TopTests {
    /// A terminal: what the program writes to it, and its settings.
    private final class Screen {
      let master: Int32
      let name: String
      private(set) var text = ""

      init() throws {
        var buffer = [CChar](repeating: 0, count: 128)
        master = test_open_terminal(&buffer, UInt(buffer.count))
        try #require(master >= 0)
        name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }

      deinit { close(master) }

      func press(_ key: String) { _ = key.withCString { write(master, $0, key.utf8.count) } }

      /// Reads until it is there; false if it is not within some seconds.
      func waits(for wanted: String) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        let end = ContinuousClock.now.advanced(by: .seconds(15))
        while !text.contains(wanted) {
          guard ContinuousClock.now < end, poll(&poller, 1, 10_000) == 1 else { return false }
          let count = read(master, &buffer, buffer.count)
          if count <= 0 { return false }
          text += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        return true
      }

      func forget() { text = "" }
    }

    private func settings(_ descriptor: Int32) -> tcflag_t {
      var settings = termios()
      tcgetattr(descriptor, &settings)
      return settings.c_lflag
    }

    @Test(
      "CTL-11: top follows its keys, and leaves the terminal as it was found", arguments: ["q", "\u{3}", "TERM", "INT"])
    func live(_ end: String) async throws {
      try await Attached.with { attached in
        let screen = try Screen()
        let terminal = open(screen.name, O_RDWR | O_NOCTTY)
        defer { close(terminal) }
        let before = settings(terminal)
        let program = ToolTests.program(["top", "--socket", attached.path])
        let handle = FileHandle(fileDescriptor: terminal)
        program.standardInput = handle
        program.standardOutput = handle
        program.standardError = FileHandle.nullDevice
        try program.run()
        #expect(screen.waits(for: "by reductions"))
        #expect(screen.text.contains("\u{1B}[?1049h"))
        #expect(settings(terminal) != before)
        screen.press("n")
        #expect(screen.waits(for: "by name"))
        screen.press("m")
        #expect(screen.waits(for: "by mailbox"))
        switch end {
        case "TERM": kill(program.processIdentifier, SIGTERM)
        case "INT": kill(program.processIdentifier, SIGINT)
        default: screen.press(end)
        }
        #expect(screen.waits(for: "\u{1B}[?25h\u{1B}[?1049l"))
        #expect(settings(terminal) == before)
        kill(program.processIdentifier, SIGKILL)
        program.waitUntilExit()
      }
    }
  }
#endif
