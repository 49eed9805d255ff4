@_spi(Runtime) import ProcessRuntime
import Supervision
import Testing

@testable import SupervisionInspection
@testable import SupervisionObserver

/// Against the program's own node, where other tests run as well.
@Suite("Requests and their answers", .timeLimit(.minutes(2)))
struct HandlerTests {
  private func handler(token: String? = nil, allowsActions: Bool = false) -> ObserverHandler {
    let configuration = ObserverConfiguration(title: "<test>", token: token, allowsActions: allowsActions)
    return ObserverHandler(
      configuration: configuration, base: "/o", sampler: Sampler(node: .shared, configuration),
      crashes: CrashLog(node: .shared, keeping: 10), access: Access(token: token, allowsActions: allowsActions))
  }

  private func get(_ handler: ObserverHandler, _ path: String, _ query: [String: String] = [:]) async
    -> ObserverResponse
  {
    await handler.respond(
      to: ObserverRequest(
        path: path.split(separator: "/").map(String.init), query: query, headers: ["host": "localhost"],
        remote: .thisMachine))
  }

  private func post(_ handler: ObserverHandler, _ path: String, _ form: [String: String]) async -> ObserverResponse {
    await handler.respond(
      to: ObserverRequest(
        isPost: true, path: [path], form: form, headers: ["host": "localhost", "origin": "http://localhost"],
        remote: .thisMachine))
  }

  @Test(
    "OBS-5: every page is there, and refers to nothing of anybody else's",
    arguments: ["", "processes", "crashes", "node", "observer.css", "observer.js", "icon.svg"])
  func pages(_ path: String) async {
    let response = await get(handler(), path)
    #expect(response.status == 200)
    guard case .text(let text) = response.body else {
      Issue.record("no text")
      return
    }
    for word in ["http://", "https://", "//cdn", "@import", "<style", " style=", " onclick=", "<script>"] {
      if path == "icon.svg", word == "http://" { continue }
      #expect(!text.contains(word), "\(path) has \(word)")
    }
    if path.isEmpty { #expect(text.contains("&lt;test&gt;")) }
  }

  @Test("OBS-5: what is not there is said so")
  func missing() async {
    for path in ["x", "processes/0", "processes/x", "api/x", "api/processes/0"] {
      #expect(await get(handler(), path).status == 404)
    }
  }

  @Test("OBS-10: what the pages show is there as JSON", arguments: ["tree", "processes", "crashes", "node"])
  func json(_ name: String) async throws {
    let response = await get(handler(), "api/\(name)")
    #expect(response.type.hasPrefix("application/json"))
    guard case .text(let text) = response.body else {
      Issue.record("no text")
      return
    }
    let keys = ["tree": "\"roots\":", "processes": "\"matching\":", "crashes": "\"groups\":", "node": "\"runQueue\":"]
    #expect(text.contains(keys[name] ?? "?"))
  }

  @Test("OBS-4: a read-only observer has no buttons and does nothing")
  func readOnly() async throws {
    let handler = handler()
    let process = try await Echo.start { Echo() }
    guard case .text(let page) = await get(handler, "processes/\(process.id.number)").body else { return }
    #expect(!page.contains("name=\"kill\""))
    let response = await post(handler, "actions", ["csrf": handler.access.secret, "kill": "\(process.id.number)"])
    #expect(response.status == 403)
    #expect(process.id.isAlive)
    process.id.exit(.kill)
  }

  @Test("OBS-4: kill, suspend, resume and restart, by forms that carry the secret")
  func actions() async throws {
    let handler = handler(allowsActions: true)
    let supervisor = try await Supervisor.start(strategy: .oneForOne) { ChildSpec(id: "echo/1") { Echo() } }
    let first = try #require(try await supervisor.child("echo/1").process)
    let number = "\(first.number)"
    guard case .text(let page) = await get(handler, "processes/\(number)").body else { return }
    #expect(page.contains("name=\"kill\" value=\"\(number)\""))
    #expect(await post(handler, "actions", ["csrf": "wrong", "kill": number]).status == 403)
    #expect(await post(handler, "actions", ["csrf": handler.access.secret]).status == 400)
    #expect(first.isAlive)
    let secret = handler.access.secret
    let suspended = await post(
      handler, "actions", ["csrf": secret, "suspend": number, "return": "/processes/\(number)"])
    #expect(suspended.status == 303)
    #expect(suspended.headers.contains { $0 == ("location", "/o/processes/\(number)") })
    #expect(try await Sys.getStatus(of: first).activity == .suspended)
    #expect(await post(handler, "actions", ["csrf": secret, "resume": number]).status == 303)
    #expect(try await Sys.getStatus(of: first).activity == .running)
    let place = "\(supervisor.id.number)/echo/1"
    #expect(await post(handler, "actions", ["csrf": secret, "restart": place]).status == 303)
    let second = try #require(try await supervisor.child("echo/1").process)
    #expect(second != first)
    #expect(
      await post(handler, "actions", ["csrf": secret, "kill": "\(second.number)", "return": "//evil"]).status == 303)
    #expect(!second.isAlive)
    #expect(await post(handler, "actions", ["csrf": secret, "kill": number]).status == 409)
    #expect(await post(handler, "actions", ["csrf": secret, "garbage": "node"]).status != 403)
    try await supervisor.stop()
  }

  @Test("OBS-3: who has no token is asked for it; who has it gets a session, and leads nobody elsewhere")
  func logIn() async {
    let handler = handler(token: "a long token")
    let page = await get(handler, "crashes")
    #expect(page.status == 303)
    #expect(page.headers.contains { $0 == ("location", "/o/login?return=%2Fcrashes") })
    #expect(await get(handler, "api/node").status == 401)
    #expect(await get(handler, "events").status == 401)
    #expect(await post(handler, "actions", [:]).status == 401)
    #expect(await get(handler, "observer.css").status == 200)
    #expect(await post(handler, "login", ["token": "wrong"]).status == 401)
    let entered = await post(handler, "login", ["token": "a long token", "return": "https://evil.example/"])
    #expect(entered.status == 303)
    #expect(entered.headers.contains { $0.name == "location" && $0.value.hasPrefix("/o/") })
    let cookie = entered.headers.first { $0.name == "set-cookie" }?.value ?? ""
    #expect(cookie.contains("HttpOnly; SameSite=Strict"))
    #expect(cookie.contains("Path=/o;"))
  }

  @Test("OBS-9: one sampler serves all who watch; with the last of them it lets go of everything")
  func watchers() async throws {
    let handler = handler()
    var stream = EventStream(handler: handler, view: .node, visitor: Visitor(secret: "", mayAct: false))
    #expect(await handler.sampler.watchers == 0)
    await stream.begin()
    let first = try #require(try await stream.next())
    let lines = first.split(separator: "\n")
    #expect(lines.prefix(2) == ["retry: 1000", "event: view"])
    #expect(lines.dropFirst(2).allSatisfy { $0.hasPrefix("data: ") })
    #expect(await handler.sampler.watchers == 1)
    // A reader who goes.
    let task = Task { [stream] in
      var stream = stream
      return try await stream.next()
    }
    task.cancel()
    let rest = try? await task.value
    #expect((rest ?? nil) == nil)
    await stream.end()
    #expect(await handler.sampler.watchers == 0)
    await handler.sampler.begin()
    await handler.sampler.begin()
    let snapshot = await handler.sampler.node()
    let again = await handler.sampler.node()
    // Within an interval what one has asked for is what the other gets.
    #expect(snapshot.time == again.time)
    await handler.sampler.end()
    #expect(await handler.sampler.watchers == 1)
    await handler.sampler.end()
  }

  #if Hummingbird
    @Test("OBS-2: mounted in a router that does not tell where requests come from, it wants a token")
    func mounting() async throws {
      #expect(throws: ObserverError.self) { try Mounted.router(knowsPlaces: false, token: nil) }
      let answers = try await Mounted.get(
        try Mounted.router(knowsPlaces: false, token: "a long token"), "/ops/o/api/node")
      #expect(answers.status == 401)
      let other = try await Mounted.get(try Mounted.router(knowsPlaces: true, token: nil), "/ops/o/node")
      #expect(other.status == 403)
      #expect(other.policy.contains("default-src 'none'"))
      #expect(other.text.contains("/ops/o/observer.css"))
    }
  #endif
}
