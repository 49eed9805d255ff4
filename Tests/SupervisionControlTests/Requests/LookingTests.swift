@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionInspection
import Testing

@testable import SupervisionControl

/// Against the program's own node, where other tests run as well.
@Suite("What is looked at", .timeLimit(.minutes(2)))
struct LookingTests {
  @Test("CTL-5: what is no request is answered with what one looks like")
  func malformed() async throws {
    let asking = Asking()
    for line in ["", "x", "[]", "null", "{\"v\":1", #"{"v":"1","do":"tree"}"#, #"{"v":1,"do":5}"#] {
      #expect(try await asking.line(line).code == "badRequest", "\(line)")
    }
    let other = try await asking.line(#"{"v":2,"do":"tree"}"#)
    #expect(other.problem.contains("version 2"))
    #expect(try await asking.line(#"{"do":"tree"}"#).problem.contains("no version"))
    #expect(try await asking.ask("explode").problem.contains("crashes, trace"))
    #expect(try await asking.ask("info", ["target": 5]).code == "badRequest")
    #expect(try await asking.ask("info").code == "badRequest")
    #expect(try await asking.ask("ps", ["order": "beauty"]).problem.contains("mailbox"))
  }

  @Test("CTL-5: the tree, the processes, the node, and both of `top`")
  func looks() async throws {
    try await Shop.open("looks") { _, _ in
      let asking = Asking()
      let tree = try await asking.ask("tree").ok
      let roots = try #require(tree["roots"] as? [[String: Any]])
      let root = try #require(roots.first { $0["id"] as? String == "looks" })
      #expect((root["children"] as? [[String: Any]])?.count == 5)
      #expect(root["strategy"] as? String == "one for one")

      let list = try await asking.ask("ps", ["search": "looks-", "order": "name", "limit": 3]).ok
      let rows = try #require(list["rows"] as? [[String: Any]])
      #expect(rows.compactMap { $0["name"] as? String } == ["looks-carts", "looks-safe", "looks-scale"])
      #expect(list["matching"] as? Int == 4)

      #expect(try await asking.ask("node").ok["schedulers"] != nil)
      let top = try await asking.ask("top", ["order": "reductions", "limit": 2]).ok
      #expect(((top["processes"] as? [String: Any])?["rows"] as? [Any])?.count == 2)
      #expect(top["node"] is [String: Any])
      await asking.attachment.end()
    }
  }

  @Test("CTL-7: a process is found by its id, its number, its name, its label, and its place")
  func finding() async throws {
    try await Shop.open("finds") { shop, supervisor in
      let asking = Asking()
      let id = try #require(shop.shelf.whereis)
      let till = try #require(try await supervisor.child("finds-till").process)
      for target in ["\(id)", "\(id.number)", "finds-shelf"] {
        let row = try await asking.ask("info", ["target": target]).ok["row"] as? [String: Any]
        #expect(row?["id"] as? String == "\(id)", "\(target)")
      }
      let row = try await asking.ask("info", ["target": "finds-till"]).ok["row"] as? [String: Any]
      #expect(row?["id"] as? String == "\(till)")
      let labelled = spawn(label: "finds-label") { try await CurrentProcess.sleep(for: .seconds(60)) }
      try await eventually { try await asking.ask("info", ["target": "finds-label"]).code == nil }
      labelled.exit(.kill)
      for target in ["finds-nobody", "<0.0.0>", "<0.1", "99999999999999999999", ""] {
        #expect(try await asking.ask("info", ["target": target]).code != nil, "\(target)")
      }
      #expect(try await asking.ask("info", ["target": "finds-nobody"]).code == "notFound")
    }
  }

  @Test("CTL-7: a word that several processes answer to is not guessed at")
  func ambiguous() async throws {
    let two = (0..<2).map { _ in spawn(label: "twins") { try await CurrentProcess.sleep(for: .seconds(60)) } }
    let asking = Asking()
    try await eventually { try await asking.ask("info", ["target": "twins"]).problem.contains("say which") }
    for process in two { process.exit(.kill) }
  }

  @Test("CTL-9: a state is shown as Swift prints it, and as a term if it is Codable")
  func state() async throws {
    try await Shop.open("states") { shop, _ in
      let asking = Asking()
      shop.shelf.send(.put("dill"))
      let shelf = try await asking.ask("state", ["target": "states-shelf"]).ok
      #expect(((shelf["server"] as? [String: Any])?["state"] as? String)?.contains("dill") == true)
      #expect(shelf["term"] == nil)
      ProcessName<Scale.Message>("states-scale").send(.weigh(7))
      let scale = try await asking.ask("state", ["target": "states-scale"]).ok
      #expect(scale["term"] as? String == "%{grams: 7}")
      let tree = try await asking.ask("state", ["target": "states"]).ok
      #expect((tree["server"] as? [String: Any])?["activity"] as? String == "running")
    }
  }

  @Test("CTL-9: what a server hides is hidden here too, and a socket may show nothing at all")
  func hidden() async throws {
    try await Shop.open("hides") { _, _ in
      let text = try await Asking().line(try Asking.text("state", ["target": "hides-safe"]))
      #expect(text.code == nil)
      #expect(!"\(text.fields)".contains("hunter2"))
      #expect(text.ok["term"] == nil)
      let blind = Asking { $0.showsStates = false }
      #expect(try await blind.ask("state", ["target": "hides-shelf"]).code == "readOnly")
      #expect(try await blind.ask("trace", ["target": "hides-shelf"]).code == "readOnly")
      #expect(try await blind.ask("info", ["target": "hides-shelf"]).ok["server"] == nil)
    }
  }

  @Test("CTL-9: what is no server has no state, and is not traced")
  func noServer() async throws {
    let plain = spawn(label: "plain") { try await CurrentProcess.sleep(for: .seconds(60)) }
    let asking = Asking()
    for command in ["state", "trace"] {
      let reply = try await asking.ask(command, ["target": "\(plain)"])
      #expect(reply.problem.contains("only GenServers"), "\(command)")
    }
    plain.exit(.kill)
  }

  @Test("CTL-10: crashes are listed by their reasons")
  func crashes() async throws {
    try await Shop.open("crashes") { shop, _ in
      let asking = Asking()
      let before = shop.shelf.whereis
      shop.shelf.send(.fail)
      _ = try await shop.shelf.registered(otherThan: before, within: .seconds(10))
      try await eventually { try await asking.ask("crashes").ok["total"] as? Int ?? 0 > 0 }
      let groups = try await asking.ask("crashes").ok["groups"] as? [[String: Any]]
      #expect(groups?.contains { ($0["reason"] as? String)?.contains("the shelf has come") == true } == true)
    }
  }

  @Test("CTL-10: crashes are followed as they come, and no others")
  func following() async throws {
    try await Shop.open("follows") { shop, _ in
      let asking = Asking()
      shop.shelf.send(.fail)
      try await eventually { asking.handler.crashes.total == 1 }
      var request = ControlRequest(.crashes)
      request.follow = true
      let stream = asking.handler.followCrashes(request)
      let before = shop.shelf.whereis
      ProcessName<Shelf.Message>("follows-shelf").send(.put("figs"))
      try await eventually { shop.shelf.whereis != nil }
      shop.shelf.send(.fail)
      _ = before
      var lines = stream.lines.makeAsyncIterator()
      let first = try Reply(try #require(await lines.next()))
      #expect(first.fields["more"] as? Bool == true)
      #expect(first.ok["number"] as? Int == 2)
      stream.cancel()
      #expect(await lines.next() == nil)
      await stream.end()
    }
  }

  @Test("CTL-9: a trace tells what comes, what is answered, what becomes of the state, and the end; then it is gone")
  func trace() async throws {
    try await Shop.open("traces") { shop, _ in
      let asking = Asking()
      var request = ControlRequest(.trace)
      request.target = "traces-shelf"
      let process = try #require(shop.shelf.whereis)
      let stream = try await asking.handler.trace(request)
      shop.shelf.send(.put("eggs"))
      _ = try await shop.shelf.call { .count($0) }
      shop.shelf.send(.fail)
      var kinds: [String] = []
      var texts: [String] = []
      for await line in stream.lines {
        let event = try Reply(line).ok
        kinds.append(event["kind"] as? String ?? "")
        texts.append(event["text"] as? String ?? "")
      }
      await stream.end()
      #expect(kinds == ["received", "handled", "received", "replied", "received", "ended"])
      #expect(texts.first == #"*DBG* traces-shelf got put("eggs")"#)
      #expect(texts.last?.hasPrefix("*DBG* \(process) has ended") == true)
    }
  }

  @Test("CTL-9: when a trace is over, nothing of it is left in the server")
  func traceEnds() async throws {
    try await Shop.open("ends") { shop, _ in
      let asking = Asking()
      var request = ControlRequest(.trace)
      request.target = "ends-shelf"
      request.seconds = 0.01
      let stream = try await asking.handler.trace(request)
      #expect(try await Sys.getStatus(of: shop.shelf).installed.count == 1)
      for await _ in stream.lines {}
      await stream.end()
      #expect(try await Sys.getStatus(of: shop.shelf).installed.isEmpty)
    }
  }

  @Test("CTL-6: of events that nobody reads so many are kept, and the others are counted")
  func backlog() async throws {
    try await Shop.open("floods") { shop, _ in
      let asking = Asking { $0.limits.backlog = 10 }
      var request = ControlRequest(.trace)
      request.target = "floods-shelf"
      let stream = try await asking.handler.trace(request)
      let process = try #require(shop.shelf.whereis)
      let watcher = try await watcher(of: process)
      for number in 0..<500 { shop.shelf.send(.put("\(number)")) }
      #expect(try await shop.shelf.call { .count($0) } == 500)
      process.exit(.kill)
      // Until it has told its end, of which there is no room.
      _ = await process.exited()
      try await eventually { !watcher.isAlive }
      var count = 0
      for await _ in stream.lines { count += 1 }
      #expect(count == 10)
      await stream.end()
    }
  }

  /// The process that waits for the end of one that is traced.
  private func watcher(of process: ProcessID) async throws -> ProcessID {
    let suffix = " of \(process)"
    let teller = try #require(ProcessID.all.compactMap(\.label).first { $0.hasSuffix(suffix) })
    var found: ProcessID?
    // It says who it is when it runs.
    try await eventually {
      found = ProcessID.all.first { $0.label == String(teller.dropLast(suffix.count)) }
      return found != nil
    }
    return try #require(found)
  }
}
