import Supervision

/// "Dynamic Supervisors in Elixir".
struct Seed003 {
  let tour: Narrator

  func run() async {
    tour.article("003  Dynamic Supervisors in Elixir")
    await worker()
    await unsupervisedWorker()
    await supervisedWorker()
    await examples()
  }

  private static let start = "try await ShellWorker.startLink { ShellWorker(shell: shell) }"

  private func worker() async {
    tour.say("A worker at work")
    await tour.shell { inbox in
      let shell = inbox.ref
      let worker = try await tour.step("let worker = \(Self.start)", .anything) {
        try await ShellWorker.startLink { ShellWorker(shell: shell) }
      }
      try await tour.step(#"worker.send(.store(key: "foo", value: "bar"))"#) {
        worker.send(.store(key: "foo", value: "bar"))
      }
      try await tour.step("try await inbox.next()", .equals("hello_friend")) {
        try await inbox.next(within: .seconds(10))
      }
      try await tour.step("worker.send(.shutdown)") { worker.send(.shutdown) }
      try await tour.step("try await inbox.next()", .equals("goodbye")) {
        try await inbox.next(within: .seconds(10))
      }
      try await tour.step("await worker.id.exited()", .equals(.normal)) { await worker.id.exited() }
    }
  }

  private func unsupervisedWorker() async {
    tour.say("It raises, and takes the shell that has started it with it")
    let heck = ExitReason.failure(ShellWorker.RuntimeError(description: "heck"))
    let first = await tour.shell(ends: .equals(heck)) { inbox in
      let shell = inbox.ref
      let worker = try await tour.step("let worker = \(Self.start)", .anything) {
        try await ShellWorker.startLink { ShellWorker(shell: shell) }
      }
      try await tour.step(#"worker.send(.raise("heck"))"#) { worker.send(.raise("heck")) }
      try await inbox.waitForTheEnd()
    }
    await tour.shell { _ in
      try await tour.step("CurrentProcess.id", .other(than: first)) { CurrentProcess.id }
    }
  }

  private func supervisedWorker() async {
    tour.say("Under the application's dynamic supervisor the shell lives, and the worker is replaced")
    let name = "worker_supervisor"
    await tour.shell { inbox in
      let code = #"let application = try await Supervisor.start { DynamicSupervisor.child(name: "worker_supervisor") }"#
      let application = try await tour.step(code, .anything) {
        try await Supervisor.start(strategy: .oneForOne) { DynamicSupervisor.child(name: name) }
      }
      let workers = DynamicSupervisor.named(name)
      let shell = inbox.ref
      try await tour.step("CurrentProcess.id", .equals(shell.id)) { CurrentProcess.id }
      let worker = try await tour.step(
        "let worker = try await workers.startChild { ShellWorker(shell: shell) }", .anything
      ) {
        try await workers.startChild { ShellWorker(shell: shell) }
      }
      try await tour.step(
        "try await workers.children()", .equals([.init(id: "ShellWorker", process: worker.id, kind: .worker)])
      ) {
        try await workers.children()
      }
      try await tour.step(#"worker.send(.raise("heck"))"#) { worker.send(.raise("heck")) }
      try await tour.step(
        "await worker.id.exited()", .equals(.failure(ShellWorker.RuntimeError(description: "heck")))
      ) {
        await worker.id.exited()
      }
      try await tour.step("CurrentProcess.id", .equals(shell.id)) { CurrentProcess.id }
      try await tour.step(
        "try await workers.children()",
        .that("one ShellWorker that is not \(worker)") {
          $0.map(\.id) == ["ShellWorker"] && $0[0].process.map { $0 != worker.id } == true
        }
      ) {
        try await workers.children()
      }
      try await tour.step("try await application.stop()") { try await application.stop() }
    }
  }

  private func examples() async {
    tour.say("The same as a function: DynamicWorkers.swift")
    await tour.shell { _ in
      // Its client writes to the worker that has crashed. A reference is one process: what it is sent is not answered.
      try await tour.step(
        "try await dynamicWorkers()", prints: [#"[(id: "StoreWorker", process: <pid>, kind: worker)]"#]
      ) {
        try await dynamicWorkers()
      }
    }
  }
}
