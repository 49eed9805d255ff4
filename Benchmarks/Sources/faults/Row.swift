import Supervision

/// One thing that goes wrong in one process.
struct Row: Sendable {
  enum Promise: Sendable {
    /// The process ends with a fault of this kind, and is restarted.
    case fault(Fault.Kind)
    /// It ends with the error.
    case error
    /// It does not come back by itself; `exit(.kill)` ends it, and it is restarted.
    case killed
    /// The caller gets an answer: nothing has happened to the process.
    case answer
  }

  let name: String
  let promise: Promise
  let policy: FaultPolicy?
  let body: @Sendable () async throws -> Void
  /// What must hold afterwards; a text if it does not.
  let after: (@Sendable () async -> String?)?

  init(
    _ name: String, _ promise: Promise, policy: FaultPolicy? = nil, after: (@Sendable () async -> String?)? = nil,
    _ body: @escaping @Sendable () async throws -> Void
  ) {
    self.name = name
    self.promise = promise
    self.policy = policy
    self.body = body
    self.after = after
  }

  /// Does it to a supervised server, and watches.
  func execute() async -> Outcome {
    do {
      let supervisor = try await Supervisor.start(
        strategy: .oneForOne, intensity: .restarts(100, within: .seconds(1))
      ) { [policy] in
        ChildSpec(.victim, shutdown: .brutalKill) { Victim(policy: policy) }
      }
      let outcome = try await watch()
      try await supervisor.stop()
      return outcome
    } catch {
      return Outcome(text: "the test itself failed: \(error)", difference: "\(error)")
    }
  }

  private func watch() async throws -> Outcome {
    guard let victim = ProcessName.victim.whereis else { return Outcome(text: "no victim", difference: "no victim") }
    let deed = Deed(body: body)
    let answer = Task { () -> Result<Bool, CallError> in
      do throws(CallError) {
        return .success(try await ProcessName.victim.call(timeout: .seconds(20)) { .act(deed, $0) })
      } catch {
        return .failure(error)
      }
    }
    if case .answer = promise {
      let outcome = Outcome(answered: await answer.value)
      return Outcome(copying: outcome, after: await after?())
    }
    let end = Task { (await victim.exited(), OS.now()) }
    if case .killed = promise {
      try await Task.sleep(for: .milliseconds(60))
      deed.begin.set()
      victim.exit(.kill)
    }
    let answered = await answer.value
    if case .success = answered { return Outcome(text: "answered", difference: "nothing happened to it") }
    let (reason, ended) = await end.value
    _ = try await ProcessName.victim.registered(otherThan: victim, within: .seconds(20))
    _ = try await ProcessName.victim.call(timeout: .seconds(20)) { .ping($0) }
    let restarted = OS.now()
    var outcome = Outcome(
      text: "\(reason)", ended: ended - deed.begin.nanoseconds, restarted: restarted - deed.begin.nanoseconds)
    outcome.difference = differs(reason) ?? differs(answered, reason)
    if outcome.difference == nil { outcome.difference = await after?() }
    return outcome
  }

  private func differs(_ reason: ExitReason) -> String? {
    switch promise {
    case .fault(let kind): reason.fault?.kind == kind ? nil : "ended with \(reason), not with a \(kind)"
    case .error: reason.error == nil ? "ended with \(reason), not with an error" : nil
    case .killed: reason == .killed ? nil : "ended with \(reason), not killed"
    case .answer: nil
    }
  }

  private func differs(_ answer: Result<Bool, CallError>, _ reason: ExitReason) -> String? {
    if case .failure(let error) = answer, case .exited(reason) = error.kind { return nil }
    return "its caller got \(answer)"
  }
}

/// What became of it.
struct Outcome: Sendable {
  var text: String
  var ended = 0
  var restarted = 0
  var difference: String?

  init(text: String, ended: Int = 0, restarted: Int = 0, difference: String? = nil) {
    self.text = text
    self.ended = ended
    self.restarted = restarted
    self.difference = difference
  }

  init(answered answer: Result<Bool, CallError>) {
    switch answer {
    case .success: self.init(text: "answered")
    case .failure(let error): self.init(text: "\(error)", difference: "\(error)")
    }
  }

  init(copying other: Outcome, after: String?) {
    self = other
    if difference == nil { difference = after }
  }

  static let header = line(
    "what is done", "→ exit µs", "what it ends with", "→ answers µs", "calls", "failed", "p99 µs")

  static func line(
    _ name: String, _ ended: String, _ text: String, _ restarted: String = "", _ calls: String = "",
    _ failed: String = "", _ p99: String = ""
  ) -> String {
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    return pad(name, 26) + pad(ended, 17) + pad(restarted, 14) + pad(calls, 7) + pad(failed, 8) + pad(p99, 8)
      + String(text.prefix { !$0.isNewline }.prefix(110))
  }

  func line(_ row: Row, _ seen: Neighbours.Seen) -> String {
    Self.line(
      row.name, ended == 0 ? "–" : "\(ended / 1_000)", text, restarted == 0 ? "–" : "\(restarted / 1_000)",
      "\(seen.calls)", "\(seen.failed)", "\(Int(seen.p99))")
  }
}
