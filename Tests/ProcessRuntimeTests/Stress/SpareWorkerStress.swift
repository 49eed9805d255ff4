@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Stress {
  /// Turns that do not end, many more than there are workers (architecture 3.2).
  @Suite("Spare workers")
  struct SpareWorkers {
    /// Processes that never give their worker back, until told.
    private final class Hogs: Sendable {
      private let isOver = Atomic<Bool>(false)
      let spinning = Atomic<Int>(0)

      func start(_ count: Int) -> [ProcessID] {
        (0..<count).map { _ in
          spawn { [self] in
            spinning.add(1, ordering: .relaxed)
            while !isOver.load(ordering: .relaxed) { sched_yield() }
          }
        }
      }

      func end() { isOver.store(true, ordering: .relaxed) }
    }

    private struct Echo: GenServer {
      typealias Message = Ask
      enum Ask: Sendable { case echo(Int, ReplyTo<Int>) }
      func handle(_ message: Ask) async throws {
        switch message {
        case .echo(let number, let reply): reply(number)
        }
      }
    }

    @Test(
      "Ten endless turns on any number of cores: the others answer, and when the ten are over the spares go to rest")
    func endless() async throws {
      let hogs = Hogs()
      let processes = hogs.start(10)
      let echo = try await Echo.start { Echo() }
      for number in 0..<20 {
        #expect(try await echo.call(timeout: .seconds(60)) { .echo(number, $0) } == number)
      }
      while hogs.spinning.load(ordering: .relaxed) < 10 { try await Task.sleep(for: .milliseconds(1)) }
      hogs.end()
      for process in processes { #expect(await process.exited() == .normal) }
      try await echo.stop()
      // What runs now runs without any of them, or does not run at all.
      while Node.shared.wantedSpares > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("Turns of all lengths, spares that come and go: no wake-up is lost")
    func comeAndGo() async throws {
      var servers: [ProcessRef<Echo.Ask>] = []
      for _ in 0..<16 { servers.append(try await Echo.start { Echo() }) }
      let answers = Journal<Bool>()
      for round in 0..<40 {
        let hogs = Hogs()
        let blocked = hogs.start(round % 5)
        let clients = (0..<8).map { client in
          spawn { [servers] in
            for number in 0..<50 {
              let answer = try await servers[(client + number) % servers.count].call(timeout: .seconds(60)) {
                .echo(number, $0)
              }
              answers.note(answer == number)
              if number % 16 == client % 16 { Thread.sleep(nanoseconds: Int64.random(in: 0..<4_000_000)) }
            }
          }
        }
        for client in clients { #expect(await client.exited() == .normal) }
        hogs.end()
        for process in blocked { _ = await process.exited() }
        if round % 10 == 9 { try await Task.sleep(for: .milliseconds(250)) }
      }
      #expect(answers.entries == Array(repeating: true, count: 40 * 8 * 50))
      for server in servers { try await server.stop() }
    }
  }
}
