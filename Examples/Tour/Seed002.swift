import Supervision

/// "Supervisors in Elixir": counting, naming and nesting children.
struct Seed002 {
  let tour: Narrator

  func run() async {
    tour.article("002  The next big topic after GenServer: supervisors")
    await spawnLinked()
    await supervisors()
    await examples()
  }

  private func spawnLinked() async {
    tour.say("Killing a linked process takes the shell down")
    let first = await tour.shell(ends: .equals(.killed)) { inbox in
      let process = try await tour.step("let process = try spawnLink { try await suspendForever() }", .anything) {
        try spawnLink { try await suspendForever() }
      }
      try await tour.step("process.isAlive", .equals(true)) { process.isAlive }
      try await tour.step("CurrentProcess.id", .anything) { CurrentProcess.id }
      try await tour.step("process.exit(.kill)") { process.exit(.kill) }
      try await inbox.waitForTheEnd()
    }
    await tour.shell { _ in
      try await tour.step("CurrentProcess.id", .other(than: first)) { CurrentProcess.id }
    }
  }

  private func supervisors() async {
    await tour.shell { _ in
      tour.say("A supervisor with nothing to do")
      let supervisor = try await tour.step(
        "let supervisor = try await Supervisor.startLink(strategy: .oneForAll) {}", .anything
      ) {
        try await Supervisor.startLink(strategy: .oneForAll) {}
      }
      try await count(supervisor, .init(specs: 0, active: 0, supervisors: 0, workers: 0))
      try await addWorkers(to: supervisor)
      try await factory()
      try await supervisorAsChild(of: supervisor)
      try await tour.step("try await supervisor.stop()") { try await supervisor.stop() }
    }
  }

  private func addWorkers(to supervisor: Supervisor) async throws {
    tour.say("A worker by itself, and its specification")
    let alone = try await tour.step(#"let alone = try await Worker.start { Worker("my value") }"#, .anything) {
      try await Worker.start { Worker("my value") }
    }
    try await tour.step("try await alone.call { .state($0) }", .equals("my value")) {
      try await alone.call { .state($0) }
    }
    try await tour.step("try await alone.stop()") { try await alone.stop() }
    let spec = ChildSpec { Worker("first value") }
    try await tour.step(#"let spec = ChildSpec { Worker("first value") }; spec.id"#, .equals("Worker")) { spec.id }
    try await tour.step("spec.restart", .equals(.permanent)) { spec.restart }
    try await tour.step("spec.shutdown", .equals(.timeout(.milliseconds(5000)))) { spec.shutdown }
    try await tour.step("spec.kind", .equals(.worker)) { spec.kind }

    tour.say("The worker as a child: counted, listed, killed, replaced")
    let worker = try await tour.step("let worker = try await supervisor.startChild(spec)", .anything) {
      try await supervisor.startChild(spec)
    }
    try await count(supervisor, .init(specs: 1, active: 1, supervisors: 0, workers: 1))
    try await tour.step(
      "try await supervisor.children()", .equals([.init(id: "Worker", process: worker, kind: .worker)])
    ) {
      try await supervisor.children()
    }
    try await tour.step("worker.exit(.kill)") { worker.exit(.kill) }
    try await tour.step("worker.isAlive", .equals(false)) { worker.isAlive }
    let children = try await tour.step(
      "try await supervisor.children()",
      .that("a Worker that is not \(worker)") { children in
        children.map(\.id) == ["Worker"] && children.allSatisfy { $0.process != nil && $0.process != worker }
      }
    ) {
      try await supervisor.children()
    }
    try await count(supervisor, .init(specs: 1, active: 1, supervisors: 0, workers: 1))

    tour.say("The same specification once more, then one with an id of its own")
    guard let replacement = children.first?.process else { throw SupervisorError.notFound }
    await tour.step("try await supervisor.startChild(spec)", throws: SupervisorError.alreadyStarted(replacement)) {
      try await supervisor.startChild(spec)
    }
    let extra = try await tour.step(
      #"try await supervisor.startChild(ChildSpec(id: "extra_worker") { Worker() })"#, .anything
    ) {
      try await supervisor.startChild(ChildSpec(id: "extra_worker") { Worker() })
    }
    try await count(supervisor, .init(specs: 2, active: 2, supervisors: 0, workers: 2))
    try await tour.step(
      "try await supervisor.children()",
      .equals([
        .init(id: "extra_worker", process: extra, kind: .worker),
        .init(id: "Worker", process: replacement, kind: .worker),
      ])
    ) {
      try await supervisor.children()
    }
  }

  /// The article counts one specification here; a dynamic supervisor counts its children (rule DYN-8).
  private func factory() async throws {
    tour.say("A factory: as many workers as wanted, of one kind")
    let factory = try await tour.step(
      "let factory = try await DynamicSupervisor.startLink()", .that("it runs") { $0.process?.isAlive == true }
    ) {
      try await DynamicSupervisor.startLink()
    }
    let worker = try await tour.step(#"let worker = try await factory.startChild { Worker("value") }"#, .anything) {
      try await factory.startChild { Worker("value") }
    }
    try await tour.step("try await worker.call { .state($0) }", .equals("value")) {
      try await worker.call { .state($0) }
    }
    for _ in 0..<2 {
      try await tour.step("try await factory.startChild { Worker() }", .anything) {
        try await factory.startChild { Worker() }
      }
    }
    try await count(factory, "factory", .init(specs: 3, active: 3, supervisors: 0, workers: 3))
    // The shell is its parent: so even `normal` ends it.
    let process = factory.process
    try await tour.step("factory.process?.exit(.normal)") { process?.exit(.normal) }
    try await tour.step("await factory.process?.exited()", .equals(.normal)) { await process?.exited() }
  }

  private func supervisorAsChild(of supervisor: Supervisor) async throws {
    tour.say("A supervisor is a child like any other")
    let code = #"try await supervisor.startChild(DynamicSupervisor.child(name: "worker_supervisor"))"#
    let process = try await tour.step(code, .anything) {
      try await supervisor.startChild(DynamicSupervisor.child(name: "worker_supervisor"))
    }
    try await count(supervisor, .init(specs: 3, active: 3, supervisors: 1, workers: 2))
    let workers = DynamicSupervisor.named("worker_supervisor")
    let named = #"let workers = DynamicSupervisor.named("worker_supervisor"); workers.process"#
    try await tour.step(named, .equals(process)) {
      workers.process
    }
    try await tour.step(#"for i in 0...10 { try await workers.startChild { Worker("\(i)") } }"#) {
      for i in 0...10 { _ = try await workers.startChild { Worker("\(i)") } }
    }
    try await count(workers, "workers", .init(specs: 11, active: 11, supervisors: 0, workers: 11))
  }

  private func examples() async {
    tour.say("The same as a function: WorkerTree.swift")
    await tour.shell { _ in
      try await tour.step(
        "try await workerTree()",
        prints: [
          "specs 0, active 0, supervisors 0, workers 0",
          #"[(id: "Worker", process: <pid>, kind: worker)]"#,
          "already started: <pid>",
          "specs 3, active 3, supervisors 1, workers 2",
        ]
      ) {
        try await workerTree()
      }
    }
  }

  private func count(_ supervisor: Supervisor, _ expected: Supervisor.Counts) async throws {
    try await tour.step("try await supervisor.countChildren()", .equals(expected)) {
      try await supervisor.countChildren()
    }
  }

  private func count(_ supervisor: DynamicSupervisor, _ name: String, _ expected: Supervisor.Counts) async throws {
    try await tour.step("try await \(name).countChildren()", .equals(expected)) {
      try await supervisor.countChildren()
    }
  }
}
