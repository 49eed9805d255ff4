@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("ExitReason in words", .timeLimit(.minutes(5)))
struct ExplanationTests {
  @Test(
    "LOG-36, EXR-1: the words of each reason",
    arguments: [
      (ExitReason.normal, "(stop) normal"),
      (.shutdown, "(stop) shutdown"),
      (.shutdown("update"), "(stop) shutdown: update"),
      (.killed, "(stop) killed"),
      (.timeout, "(stop) time out"),
      (.noConnection, "(stop) no connection"),
      (
        .noProcess,
        "(stop) no process: the process is not alive or there's no process currently associated with the given name, "
          + "possibly because its application isn't started"
      ),
      (.failure(Failure("bad")), "(Failure) bad"),
      (
        .fault(
          Fault(message: "App/Parser.swift:14: Fatal error: nil", backtrace: ["parse() at Parser.swift:14", "main"])),
        "(trap) App/Parser.swift:14: Fatal error: nil\n    parse() at Parser.swift:14\n    main"
      ),
      (
        .failure(StartError(.failed(.failure(Failure("inner"))))),
        "(stop) failed to start a process\n    ** (EXIT) an exception was raised:\n    ** (Failure) inner"
      ),
    ])
  func words(_ reason: ExitReason, _ text: String) {
    #expect(reason.explanation == text)
  }

  @Test("LOG-36: a failed call says whom it called and what became of that")
  func calls() async throws {
    try await withTestNodes(seeds: [0]) { node in
      let server = try await Flavour.synchronous.start("target")
      server.send(.fail("heck"), after: .seconds(1))
      let caller = spawn { _ = try await server.call { .hold($0) } as Int }
      let reason = await caller.exited()
      try #require(
        reason.explanation == """
          (stop) exited in: call to \(server)
              ** (EXIT) an exception was raised:
              ** (Failure) heck
          """)
      let absent = await spawn { _ = try await ProcessName<Command>("nobody").call { .get($0) } as Int }.exited()
      try #require(
        absent.explanation.hasPrefix("(stop) exited in: call to nobody\n    ** (EXIT) no process: the process is"))
    }
  }

  @Test("LOG-36: a name that is taken says who has it")
  func alreadyStarted() async throws {
    try await withTestNodes(seeds: [0]) { _ in
      let first = try await Flavour.synchronous.start("taken")
      let reason = await spawn { _ = try await Flavour.synchronous.start("taken") }.exited()
      try #require(reason.explanation == "(stop) already started: \(first)")
    }
  }

  @Test("the names of types stand without module and place")
  func typeNames() {
    struct Local: Error {}
    struct Box<Value> {}
    #expect(TypeName.of(Local()) == "ExplanationTests.Local")
    #expect(TypeName.of(Failure("")) == "Failure")
    #expect(TypeName.of(type: Box<Int>.self) == "Box<Int>")
    #expect(TypeName.of(StartError.Kind.ignored) == "StartError.Kind")
    #expect(TypeName.of(3) == "Int")
  }
}
