@_spi(Runtime) import ProcessRuntime

/// Something that every server can do besides handling its messages.
///
/// It is done in the server's task, between two messages.
protocol ServerRequest: SystemRequest {
  /// Whether it is an order of ``Sys``: handled while the server is suspended, and a new beginning for its idle timeout.
  ///
  /// What is not, waits as messages do.
  var isSystemMessage: Bool { get }
  /// Does it, and answers the caller.
  ///
  /// - Throws: what the server is to end with.
  func perform(on server: ServerCell, for caller: WaitTicket?) async throws
}

/// What ``Sys`` asks of a server: a closure that answers with a value.
struct SystemOrder<Answer: Sendable>: ServerRequest {
  let name: String
  let body: @Sendable (ServerCell) async -> Result<Answer, SysError>
  /// What the server ends with after it has answered.
  var end: ExitReason?

  var isSystemMessage: Bool { true }

  func perform(on server: ServerCell, for caller: WaitTicket?) async throws {
    let answer = await body(server)
    if server.isDead { return }
    caller?.resume(returning: answer)
    if let end { throw end }
  }
}

extension Sys {
  /// Sends an order behind what is in the server's mailbox, and waits for the answer.
  static func ask<Answer: Sendable>(
    _ target: some SystemTarget, _ name: String, _ timeout: Duration?, end: ExitReason? = nil,
    _ body: @escaping @Sendable (ServerCell) async -> Result<Answer, SysError>
  ) async throws(SysError) -> Answer {
    guard let process = target.systemTarget else {
      throw SysError(.call(CallError(.noProcess, target: "\(target)")))
    }
    guard process.cell is ServerCell || !process.isAlive || process.remote != nil else {
      throw SysError(.notAServer(process))
    }
    guard process.remote == nil else { throw SysError(.onlyHere(name)) }
    let order = SystemOrder(name: name, body: body, end: end)
    let result: Result<Answer, SysError>
    do {
      result = try await Call(to: process.cell, timeout: timeout).ask {
        Envelope<SystemMessage>.make(.request(order), kind: .system, call: $0)
      }
    } catch {
      throw SysError(.call(error))
    }
    return try result.get()
  }

  /// Runs the user's code on a copy of a server's state in a process of its own: a trap ends that one, and not the server.
  static func apart<Value>(
    from server: ServerCell, _ what: String, _ body: @escaping () throws -> Value
  ) async -> Result<Value, ExitReason> {
    let work = WorkApart(body)
    let helper = spawn(on: server.node) {
      CurrentProcess.label = what
      work.run()
    }
    do {
      // As a call: code that calls the server that waits for it here learns of the circle at once.
      let reason = try await helper.exited(within: nil, by: server) {}
      return work.result ?? .failure(reason)
    } catch {
      // By no signal: those of a server that was killed meanwhile would not be heard.
      helper.cell.die(.killed)
      return .failure(.failure(error))
    }
  }
}

/// Code that one process runs while another waits for it, and for nothing else: so what it has need not be `Sendable`.
final class WorkApart<Value>: @unchecked Sendable {
  private var body: (() throws -> Value)?
  private(set) var result: Result<Value, ExitReason>?

  init(_ body: @escaping () throws -> Value) { self.body = body }

  func run() {
    guard let body else { return }
    do {
      result = .success(try body())
    } catch {
      result = .failure(.failure(error))
    }
    self.body = nil
  }
}
