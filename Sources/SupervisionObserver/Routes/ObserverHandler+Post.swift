@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionInspection

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
