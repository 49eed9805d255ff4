@_spi(Runtime) import ProcessRuntime
import Supervision

/// Forms: logging in and out, and what is done to processes.
extension ObserverHandler {
  func logIn(_ request: ObserverRequest) -> ObserverResponse {
    let visitor = Visitor(secret: "", mayAct: false)
    let pages = PlainPages(layout: layout(visitor))
    let wanted = (request.isPost ? request.form : request.query)["return"].flatMap { View(address: $0)?.address } ?? "/"
    guard request.isPost else { return ObserverResponse(pages.login(hasFailed: false, returnTo: wanted)) }
    if let objection = access.objection(to: request, from: nil) { return problem(403, "Refused", objection, request) }
    guard access.sessions.mayTry() else {
      return problem(429, "Wait a minute", "There were too many wrong tokens.", request)
    }
    guard let token = access.token, let given = request.form["token"], Secret.equal(given, token) else {
      access.sessions.noteFailure()
      return ObserverResponse(pages.login(hasFailed: true, returnTo: wanted), status: 401)
    }
    var response = ObserverResponse.elsewhere("\(base)\(wanted)")
    response.headers.append(("set-cookie", cookie(access.sessions.begin(), lasting: nil)))
    return response
  }

  private func cookie(_ word: String, lasting seconds: Int?) -> String {
    let age = seconds.map { "; Max-Age=\($0)" } ?? ""
    return "\(Access.cookie)=\(word); Path=\(base.isEmpty ? "/" : base); HttpOnly; SameSite=Strict\(age)"
  }

  func post(_ request: ObserverRequest, _ visitor: Visitor) async -> ObserverResponse {
    if let objection = access.objection(to: request, from: visitor) {
      return problem(403, "Refused", objection, request)
    }
    switch request.path {
    case ["logout"]:
      if let word = request.cookie(Access.cookie) { access.sessions.end(word) }
      var response = ObserverResponse.elsewhere("\(base)/login")
      response.headers.append(("set-cookie", cookie("", lasting: 0)))
      return response
    case ["actions"]:
      guard visitor.mayAct else {
        return problem(
          403, "Refused", "This observer may look and do nothing: it is started without allowsActions.", request)
      }
      let outcome = await Action(request.form, on: sampler.runtime)?.perform()
      switch outcome {
      case nil: return problem(400, "Not understood", "There is no such action.", request)
      case .failure(let error): return problem(409, "Not done", error.text, request)
      case .success(let text):
        if request.isFromScript { return JSON.response(["done": text]) }
        return .elsewhere(base + (request.form["return"].flatMap { View(address: $0)?.address } ?? "/"))
      }
    default: return problem(404, "Not found", "The observer has no such form.", request)
    }
  }
}

/// What can be done from the page.
enum Action: Sendable, Equatable {
  case kill(ProcessID)
  case suspend(ProcessID)
  case resume(ProcessID)
  case restart(ProcessID, child: String)
  case garbage
  /// Of a process that has ended meanwhile.
  case tooLate(String)

  struct Failure: Error {
    let text: String
  }

  /// Nil if the form has none.
  init?(_ form: [String: String], on node: Node) {
    func process(_ text: some StringProtocol) -> ProcessID? { UInt64(text).flatMap { node.livingProcess($0) } }
    if form["garbage"] != nil {
      self = .garbage
      return
    }
    for (name, make) in [
      ("kill", Action.kill), ("suspend", Action.suspend), ("resume", Action.resume),
    ] as [(String, @Sendable (ProcessID) -> Action)] {
      guard let value = form[name] else { continue }
      self = process(value).map(make) ?? .tooLate(value)
      return
    }
    guard let value = form["restart"] else { return nil }
    let parts = value.split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    self = process(parts[0]).map { .restart($0, child: String(parts[1])) } ?? .tooLate(String(parts[0]))
  }

  /// Waits five seconds at most.
  func perform() async -> Result<String, Failure> {
    do {
      switch self {
      case .tooLate(let number): return .failure(Failure(text: "<0.\(number).0> has ended meanwhile."))
      case .kill(let process):
        process.exit(.kill)
        return .success("\(process) is killed.")
      case .suspend(let process):
        try await Sys.suspend(process)
        return .success("\(process) is suspended.")
      case .resume(let process):
        try await Sys.resume(process)
        return .success("\(process) goes on.")
      case .restart(let supervisor, let child): return try await restart(child, of: supervisor)
      case .garbage:
        return ProgramMemory.giveBack()
          ? .success("Free memory is given back.") : .failure(Failure(text: "This system has no call for that."))
      }
    } catch {
      return .failure(Failure(text: "\(error)"))
    }
  }

  private func restart(_ child: String, of process: ProcessID) async throws -> Result<String, Failure> {
    guard process.supervisorKind == "Supervisor" else {
      return .failure(Failure(text: "\(process) is no supervisor that starts single children again."))
    }
    let supervisor = Supervisor(id: process)
    // By others, so that who asks need not wait for a child that takes its time to stop.
    let restart = Task {
      try await supervisor.terminateChild(ChildSpec.ID(child))
      return try await supervisor.restartChild(ChildSpec.ID(child))
    }
    let limit = Task {
      try await Task.sleep(for: .seconds(5))
      restart.cancel()
    }
    defer { limit.cancel() }
    let successor = try await restart.value
    return .success("\(child) runs again: \(successor).")
  }
}
