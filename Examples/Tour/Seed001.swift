import Supervision

/// "Supervisors: Building fault-tolerant Elixir applications".
struct Seed001 {
  let tour: Narrator

  private let cache = ProcessName.cache

  init(tour: Narrator) {
    self.tour = tour
  }

  func run() async {
    tour.article("001  Supervisors: Building fault-tolerant Elixir applications")
    await supervised()
    await football()
    await insideTheSupervisor()
    await examples()
  }

  private func supervised() async {
    tour.say("The cache is killed, and back under its name, in its initial state")
    await tour.shell { _ in
      let supervisor = try await tour.step(
        "let supervisor = try await Supervisor.startLink(strategy: .oneForOne) { ChildSpec(.cache) { Cache() } }",
        .anything
      ) {
        try await Supervisor.startLink(strategy: .oneForOne) { ChildSpec(.cache) { Cache() } }
      }
      try await tour.step("try await cache.call { .get($0) }", .equals(nil)) { try await cache.call { .get($0) } }
      try await tour.step(#"cache.send(.save("hola"))"#) { cache.send(.save("hola")) }
      try await tour.step("try await cache.call { .get($0) }", .equals("hola")) { try await cache.call { .get($0) } }
      let before = try await tour.step("let before = cache.whereis", .that("a process") { $0 != nil }) { cache.whereis }
      try await tour.step("before?.exit(.kill)") { before?.exit(.kill) }
      try await tour.step("before?.isAlive", .equals(false)) { before?.isAlive }
      let after = try await tour.step(
        "let after = try await cache.registered(otherThan: before, within: .seconds(10))",
        .that("another than before") { $0 != before }
      ) {
        try await cache.registered(otherThan: before, within: .seconds(10))
      }
      try await tour.step("try await cache.call { .get($0) }", .equals(nil)) { try await cache.call { .get($0) } }
      try await tour.step("cache.whereis", .equals(after)) { cache.whereis }
      try await tour.step("try await supervisor.stop()") { try await supervisor.stop() }
      try await tour.step("cache.whereis", .equals(nil)) { cache.whereis }
    }
  }

  private func football() async {
    tour.say("A match is tracked on demand; a crash starts it again at 0-0, its end does not")
    await tour.shell { _ in
      let matches = try await tour.step(
        #"let matches = try await DynamicSupervisor.startLink(name: "football_match_supervisor")"#, .anything
      ) {
        try await DynamicSupervisor.startLink(name: "football_match_supervisor")
      }
      let final = ProcessName<FootballMatchTracker.Message>("match_123")
      let match = try await tour.step(
        "let match = try await matches.startChild(final) { FootballMatchTracker() }", .anything
      ) {
        try await matches.startChild(final) { FootballMatchTracker() }
      }
      try await tour.step("try await final.call { .score($0) }", .equals(.init(home: 0, away: 0))) {
        try await final.call { .score($0) }
      }
      try await tour.step(#"final.send(.event("home_goal"))"#) { final.send(.event("home_goal")) }
      try await tour.step("try await final.call { .score($0) }", .equals(.init(home: 1, away: 0))) {
        try await final.call { .score($0) }
      }
      try await tour.step(#"final.send(.event("goal"))  // nobody knows that event"#) { final.send(.event("goal")) }
      let again = try await tour.step(
        "try await final.registered(otherThan: match.id, within: .seconds(10))", .other(than: match.id)
      ) {
        try await final.registered(otherThan: match.id, within: .seconds(10))
      }
      try await tour.step("try await final.call { .score($0) }", .equals(.init(home: 0, away: 0))) {
        try await final.call { .score($0) }
      }
      try await tour.step("final.whereis", .equals(again)) { final.whereis }
      try await tour.step(#"final.send(.event("end"))"#) { final.send(.event("end")) }
      try await tour.step("await again.exited()", .equals(.normal)) { await again.exited() }
      try await tour.step("final.whereis", .equals(nil)) { final.whereis }
      try await tour.step(
        "try await matches.countChildren()", .equals(.init(specs: 0, active: 0, supervisors: 0, workers: 0))
      ) {
        try await matches.countChildren()
      }
      try await tour.step("try await matches.stop()") { try await matches.stop() }
    }
  }

  private func insideTheSupervisor() async {
    tour.say("Inside the supervisor: one of one's own, that says what it sees")
    await tour.shell(ends: .equals(.shutdown)) { inbox in
      let code = """
        let supervisor = try await MySupervisor.startLink {
          try await MySupervisor(children: [{ try await Cache.startLink(.cache) { Cache() }.id }])
        }
        """
      let supervisor = try await tour.step(code, .anything) {
        try await MySupervisor.startLink {
          try await MySupervisor(children: [{ try await Cache.startLink(.cache) { Cache() }.id }])
        }
      }
      try await tour.step(#"cache.send(.save("hola"))"#) { cache.send(.save("hola")) }
      try await tour.step("try await cache.call { .get($0) }", .equals("hola")) { try await cache.call { .get($0) } }
      let before = try await tour.step("let before = cache.whereis", .that("a process") { $0 != nil }) { cache.whereis }
      try await tour.step(
        "cache.whereis?.exit(.kill); try await supervisor.call { .sync($0) }",
        prints: ["Exit pid: <pid> reason: killed"]
      ) {
        cache.whereis?.exit(.kill)
        try await supervisor.call { .sync($0) }
      }
      try await tour.step("cache.whereis", .that("another than before") { $0 != nil && $0 != before }) { cache.whereis }
      try await tour.step("try await cache.call { .get($0) }", .equals(nil)) { try await cache.call { .get($0) } }
      try await tour.step("supervisor.id.exit(.shutdown)") { supervisor.id.exit(.shutdown) }
      try await inbox.waitForTheEnd()
    }
    try? await cache.unregistered(within: .seconds(10))
  }

  private func examples() async {
    tour.say("The same as functions: Cache.swift and FootballMatchTracker.swift")
    await tour.shell { _ in
      try await tour.step("try await supervisedCache()", prints: [#"Optional("hola")"#, "<pid>", "nil"]) {
        try await supervisedCache()
      }
      try await tour.step(
        "try await trackMatches()",
        prints: ["Score(home: 1, away: 0)", "Score(home: 0, away: 0)", "specs 0, active 0, supervisors 0, workers 0"]
      ) {
        try await trackMatches()
      }
    }
  }
}
