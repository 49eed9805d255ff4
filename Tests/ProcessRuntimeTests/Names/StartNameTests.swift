import Supervision
import SupervisionTesting
import Testing

@Suite("Names at start", .timeLimit(.minutes(5)))
struct StartNameTests {
  struct Echo: GenServer {
    enum Message: Sendable {
      case echo(Int, ReplyTo<Int>)
    }

    init() {}

    init(check: () throws -> Void) rethrows { try check() }

    mutating func handle(_ message: Message) {
      if case .echo(let number, let reply) = message { reply(number) }
    }
  }

  private static let name = ProcessName<Echo.Message>("echo")

  @Test("NAM-8: starting under a taken name tells who has it, and starts nothing")
  func taken() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let first = try await Echo.start(Self.name) { Echo() }
      let count = node.processes.count
      let error = await #expect(throws: StartError.self) {
        try await Echo.start(Self.name) { Echo { Issue.record("init ran") } }
      }
      guard case .alreadyStarted(first.id)? = error?.kind else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(node.processes.count == count)
    }
  }

  @Test("NAM-9: the name can be looked up while init runs, and when start returns")
  func visibleInInit() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let seen = Journal<Bool>()
      let server = try await Echo.start(Self.name) {
        Echo { seen.note(Self.name.whereis != nil && Self.name.whereis == CurrentProcess.id) }
      }
      #expect(seen.entries == [true])
      #expect(Self.name.whereis == server.id)
    }
  }

  @Test("NAM-10: when init fails, the name is free before the starter hears, each time")
  func failedInit() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      for _ in 0..<3 {
        let error = await #expect(throws: StartError.self) {
          try await Echo.start(Self.name) { try Echo { throw Broken() } }
        }
        if case .alreadyStarted? = error?.kind { Issue.record("the name was still taken") }
        #expect(Self.name.whereis == nil)
      }
      _ = try await Echo.start(Self.name) { Echo() }
    }
  }

  @Test("NAM-11: a server starts with a name or without, and is addressed by reference or by name")
  func forms() async throws {
    try await withTestNode { node in
      let named = try await Echo.start(Self.name) { Echo() }
      let unnamed = try await Echo.start(nil) { Echo() }
      #expect(unnamed.id.info.map { $0.name == nil } == true)
      let answers = [
        try await named.call { .echo(1, $0) }, try await Self.name.call { .echo(2, $0) },
        try await unnamed.call { .echo(3, $0) },
      ]
      #expect(answers == [1, 2, 3])
    }
  }
}
