import Supervision

/// "Let It Crash: Creating an Example Supervisor in Elixir Using OTP".
struct Seed000 {
  let tour: Narrator

  func run() async {
    tour.article("000  Let It Crash: Creating an Example Supervisor in Elixir Using OTP")
    await crash()
    await trapExits()
    await homemadeSupervisor()
    await examples()
  }

  private func crash() async {
    tour.say("The parser crashes, and takes the shell with it: they are linked")
    let first = await tour.shell(ends: .nilUnwrapped) { inbox in
      let parser = try await tour.step("let parser = try await Parser.startLink { Parser() }", .anything) {
        try await Parser.startLink { Parser() }
      }
      try await tour.step(#"parser.send(.parse("42"))"#) { parser.send(.parse("42")) }
      try await tour.step("try await parser.call { .last($0) }", .equals(42)) {
        try await parser.call { .last($0) }
      }
      try await tour.step(#"parser.send(.parse("forty-two"))"#) { parser.send(.parse("forty-two")) }
      try await inbox.waitForTheEnd()
    }
    await tour.shell { _ in
      try await tour.step("CurrentProcess.id", .other(than: first)) { CurrentProcess.id }
    }
  }

  private func trapExits() async {
    tour.say("A shell that traps exits gets the crash as a message, and lives")
    await tour.shell { inbox in
      let shell = try await tour.step("CurrentProcess.id", .that("a process") { $0 != nil }) { CurrentProcess.id }
      let parser = try await tour.step("let parser = try await Parser.startLink { Parser() }", .anything) {
        try await Parser.startLink { Parser() }
      }
      try await tour.step("CurrentProcess.links", .equals([parser.id])) { CurrentProcess.links }
      try await tour.step("parser.id.info?.links", .equals([shell].compactMap(\.self))) { parser.id.info?.links }
      try await tour.step("CurrentProcess.trapsExits = true") { CurrentProcess.trapsExits = true }
      try await tour.step(#"parser.send(.parse("forty-two"))"#) { parser.send(.parse("forty-two")) }
      try await tour.step(
        "try await inbox.signal()",
        .that("the exit of \(parser), for it has found nil") { $0.isExit(of: parser.id, .nilUnwrapped) }
      ) {
        try await inbox.signal(within: .seconds(10))
      }
      try await tour.step("parser.id.isAlive", .equals(false)) { parser.id.isAlive }
      try await tour.step("CurrentProcess.links", .equals([])) { CurrentProcess.links }
      try await tour.step("CurrentProcess.id", .equals(shell)) { CurrentProcess.id }
    }
  }

  private func homemadeSupervisor() async {
    tour.say("A supervisor of one's own starts two parsers, and the one that crashes again")
    let parser = ProcessName<Parser.Message>("parser_1")
    await tour.shell(ends: .equals(.shutdown)) { inbox in
      let code = """
        let supervisor = try await HomemadeSupervisor.startLink {
          try await HomemadeSupervisor(starting: [
            { try await Parser.startLink("parser_1") { Parser() }.id },
            { try await Parser.startLink("parser_2") { Parser() }.id },
          ])
        }
        """
      let supervisor = try await tour.step(code, .anything) {
        try await HomemadeSupervisor.startLink {
          try await HomemadeSupervisor(starting: [
            { try await Parser.startLink("parser_1") { Parser() }.id },
            { try await Parser.startLink("parser_2") { Parser() }.id },
          ])
        }
      }
      try await tour.step("CurrentProcess.links", .equals([supervisor.id])) { CurrentProcess.links }
      let before = try await tour.step("try await supervisor.call { .processes($0) }", .that("two") { $0.count == 2 }) {
        try await supervisor.call { .processes($0) }
      }
      let shell = inbox.ref.id
      try await tour.step(
        "supervisor.id.info?.links", .that("the two, and the shell") { Set($0 ?? []) == Set(before + [shell]) }
      ) {
        supervisor.id.info?.links
      }
      let first = try await tour.step(
        #"let parser = ProcessName<Parser.Message>("parser_1"); let first = parser.whereis"#,
        .that("one of the two") { (first: ProcessID?) in before.contains { $0 == first } }
      ) {
        parser.whereis
      }
      try await tour.step(#"parser.send(.parse("forty-two"))"#) { parser.send(.parse("forty-two")) }
      let second = try await tour.step(
        "try await parser.registered(otherThan: first, within: .seconds(10))",
        .that("a new one") { !before.contains($0) }
      ) {
        try await parser.registered(otherThan: first, within: .seconds(10))
      }
      let after = Set(before).subtracting([first].compactMap(\.self)).union([second])
      try await tour.step(
        "try await supervisor.call { .processes($0) }", .that("\(second) instead of the first") { Set($0) == after }
      ) {
        try await supervisor.call { .processes($0) }
      }
      try await tour.step(#"parser.send(.parse("42"))"#) { parser.send(.parse("42")) }
      try await tour.step("try await parser.call { .last($0) }", .equals(42)) {
        try await parser.call { .last($0) }
      }
      try await tour.step("supervisor.id.exit(.shutdown)") { supervisor.id.exit(.shutdown) }
      try await inbox.waitForTheEnd()
    }
  }

  private func examples() async {
    tour.say("The same as functions: Parser.swift and HomemadeSupervisor.swift")
    await tour.shell { _ in
      try await tour.step(
        "try await unsupervised()",
        prints: [
          "shell exited: trap: …Unexpectedly found nil while unwrapping an Optional value…",
          "links: [<pid>]",
          "EXIT <pid> trap: …Unexpectedly found nil while unwrapping an Optional value…",
        ]
      ) {
        try await unsupervised()
      }
      try await tour.step("try await homemade()", prints: ["[<pid>, <pid>]"]) { try await homemade() }
    }
  }
}

extension Expectation<ExitReason> {
  /// What `Int(text)!` says.
  static var nilUnwrapped: Self {
    .that("trap: Unexpectedly found nil while unwrapping an Optional value") {
      $0.fault?.message.contains("Unexpectedly found nil while unwrapping an Optional value") == true
    }
  }
}

extension Signal {
  /// Whether it is the exit of the process, with the reason expected.
  func isExit(of expected: ProcessID, _ reason: Expectation<ExitReason>) -> Bool {
    if case .exit(expected, let actual) = self { reason.isMet(actual) } else { false }
  }
}
