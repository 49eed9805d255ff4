import Testing

@testable import SupervisionInspection
@testable import SupervisionObserver

@Suite("Who may see the page")
struct AccessTests {
  private func request(
    _ host: String = "127.0.0.1:4040", remote: ObserverRequest.Remote = .thisMachine, with more: [String: String] = [:]
  ) -> ObserverRequest {
    ObserverRequest(headers: ["host": host].merging(more) { $1 }, remote: remote)
  }

  @Test("OBS-2: without a token only this machine is answered, and only by its own names")
  func loopback() {
    let access = Access(token: nil, allowsActions: false)
    let visitor = Visitor(secret: access.secret, mayAct: false)
    for host in ["127.0.0.1:4040", "localhost", "LOCALHOST:1", "[::1]:4040"] {
      #expect(access.verdict(on: request(host)) == .welcome(visitor))
    }
    // What a page of another site gets to, under a name of its own that leads here.
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4040", "[::2]", ""] {
      guard case .refused = access.verdict(on: request(host)) else {
        Issue.record("\(host) was let in")
        continue
      }
    }
    guard case .refused = access.verdict(on: request(remote: .other)) else {
      Issue.record("another machine was let in")
      return
    }
  }

  @Test("OBS-3: a token lets in by header or session, and nothing else does")
  func token() {
    let access = Access(token: "correct horse battery", allowsActions: true)
    #expect(access.verdict(on: request()) == .mustLogIn)
    #expect(access.verdict(on: request("shop.example", remote: .other)) == .mustLogIn)
    for wrong in ["", "correct horse", "correct horse battery ", "Correct horse battery"] {
      #expect(access.verdict(on: request(with: ["authorization": "Bearer \(wrong)"])) == .mustLogIn)
    }
    let bearer = access.verdict(
      on: request("shop.example", remote: .other, with: ["authorization": "Bearer correct horse battery"]))
    #expect(bearer == .welcome(Visitor(secret: access.secret, mayAct: true)))

    let word = access.sessions.begin()
    let cookie = ["cookie": "a=b; \(Access.cookie)=\(word)"]
    guard case .welcome(let visitor) = access.verdict(on: request(with: cookie)) else {
      Issue.record("the session does not count")
      return
    }
    #expect(visitor.canLeave)
    #expect(visitor.secret != access.secret)
    #expect(access.verdict(on: request(with: ["cookie": "\(Access.cookie)=x"])) == .mustLogIn)
    access.sessions.end(word)
    #expect(access.verdict(on: request(with: cookie)) == .mustLogIn)
  }

  @Test("OBS-3: sessions are few and end; wrong tokens are limited")
  func limits() {
    let sessions = Sessions()
    func at(_ seconds: Int64) -> Instant { Instant(monotonic: seconds * 1_000_000_000, since1970: 0) }
    let first = sessions.begin(at: at(0))
    #expect(sessions.secret(of: first, at: at(60)) != nil)
    for second in 0..<64 { _ = sessions.begin(at: at(100 + Int64(second))) }
    #expect(sessions.secret(of: first, at: at(200)) == nil)
    let late = sessions.begin(at: at(0))
    #expect(sessions.secret(of: late, at: at(13 * 3_600)) == nil)
    for _ in 0..<20 { sessions.noteFailure(at: at(0)) }
    #expect(!sessions.mayTry(at: at(30)))
    #expect(sessions.mayTry(at: at(61)))
  }

  @Test("OBS-3: secrets are compared in full")
  func comparison() {
    #expect(Secret.equal("abc", "abc"))
    for given in ["", "ab", "abcd", "abd", "xbc"] { #expect(!Secret.equal(given, "abc")) }
    #expect(!Secret.equal("", ""))
    #expect(Secret.make() != Secret.make())
    #expect(Secret.make().count == 64)
  }

  @Test("OBS-4: a form counts only from the page's own origin, and with its secret")
  func forms() {
    let access = Access(token: nil, allowsActions: true)
    let visitor = Visitor(secret: "secret", mayAct: true)
    func objection(_ headers: [String: String], _ csrf: String?) -> String? {
      var post = request(with: headers)
      post.isPost = true
      post.form["csrf"] = csrf
      return access.objection(to: post, from: visitor)
    }
    let own = ["origin": "http://127.0.0.1:4040"]
    #expect(objection(own, "secret") == nil)
    #expect(objection(own.merging(["sec-fetch-site": "same-origin"]) { $1 }, "secret") == nil)
    #expect(objection(own, nil) != nil)
    #expect(objection(own, "other") != nil)
    #expect(objection([:], "secret") != nil)
    #expect(objection(["origin": "null"], "secret") != nil)
    #expect(objection(["origin": "http://evil.example"], "secret") != nil)
    #expect(objection(["origin": "http://127.0.0.1:4041"], "secret") != nil)
    #expect(objection(own.merging(["sec-fetch-site": "cross-site"]) { $1 }, "secret") != nil)
  }

  #if Hummingbird
    @Test("OBS-13: a port that is taken is an error that says so, and what to do")
    func portTaken() async throws {
      let first = AsyncStream.makeStream(of: Int.self)
      let server = try ObserverServer(port: 0) { first.continuation.yield($0) }
      let task = Task { try await server.run() }
      var ports = first.stream.makeAsyncIterator()
      let port = try #require(await ports.next())
      let error = await #expect(throws: ObserverError.self) { try await ObserverServer(port: port).run() }
      #expect(error == .portTaken("127.0.0.1:\(port)"))
      let text = error?.description ?? ""
      #expect(text.contains("127.0.0.1:\(port)") && text.contains("another port") && !text.contains("\n"))
      task.cancel()
      try? await task.value
    }
  #endif

  @Test("OBS-11: a place that others can reach wants a token, and one that cannot be guessed")
  func places() throws {
    #expect(throws: ObserverError.shortToken) { try ObserverConfiguration(token: "short").validate() }
    #if Hummingbird
      #expect(throws: ObserverError.tokenRequired("0.0.0.0")) { try ObserverServer(host: "0.0.0.0") }
      _ = try ObserverServer(ObserverConfiguration(token: "long enough"), host: "0.0.0.0")
      _ = try ObserverServer()
      #expect(ObserverError.tokenRequired("0.0.0.0").description.contains("give the observer a token"))
    #endif
  }
}
