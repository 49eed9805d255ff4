import ProcessRuntime
import Supervision
import Testing

@Suite("ChildSpec")
struct ChildSpecTests {
  private func spec(
    _ id: ChildSpec.ID = "a", restart: ChildSpec.Restart = .permanent, shutdown: ChildSpec.Shutdown? = nil,
    significant: Bool = false, kind: ChildSpec.Kind = .worker
  ) -> ChildSpec {
    ChildSpec(id: id, restart: restart, shutdown: shutdown, significant: significant, kind: kind) { nil }
  }

  @Test("SUP-10, ESUP-8: a worker has five seconds to stop, a supervisor as long as it takes")
  func defaults() {
    #expect(spec().shutdown == .timeout(.seconds(5)))
    #expect(spec(kind: .supervisor).shutdown == .infinity)
    #expect(spec(shutdown: .infinity).shutdown == .infinity)
    #expect(spec().restart == .permanent)
    #expect(!spec().significant)
    #expect(spec().kind == .worker)
  }

  @Test("SUP-10, SUP-13: an id may be there once")
  func duplicates() throws {
    try Supervisor.check([spec("a"), spec("b")])
    #expect(throws: SupervisorError.invalidSpec("two children have the id \"a\"; give one of them another id")) {
      try Supervisor.check([spec("a"), spec("b"), spec("a")])
    }
  }

  @Test("SUP-11: zero is a legal shutdown time, less is not; infinity is legal for workers")
  func shutdown() throws {
    try Supervisor.check([spec(shutdown: .timeout(.zero))])
    try Supervisor.check([spec(shutdown: .infinity)])
    let error = #expect(throws: SupervisorError.self) {
      try Supervisor.check([spec(shutdown: .timeout(.seconds(-1)))])
    }
    #expect(error?.problem == "child \"a\" has a shutdown time of -1.0 seconds; use zero or more, or .brutalKill")
  }

  @Test(
    "SUP-12, SUP-13: significant needs a supervisor that shuts down by itself, and a child that can end for good; in this order"
  )
  func significant() throws {
    let permanent = spec(significant: true)
    let transient = spec(restart: .transient, significant: true)
    #expect(problem(permanent, .never)?.contains("never shuts down by itself") == true)
    #expect(problem(transient, .never)?.contains("never shuts down by itself") == true)
    #expect(problem(permanent, .anySignificant)?.contains("significant and permanent") == true)
    #expect(problem(permanent, nil)?.contains("significant and permanent") == true)
    #expect(problem(transient, nil) == nil)
    #expect(problem(transient, .allSignificant) == nil)
  }

  private func problem(_ spec: ChildSpec, _ autoShutdown: Supervisor.AutoShutdown?) -> String? {
    do throws(SupervisorError) {
      try Supervisor.check([spec], autoShutdown: autoShutdown)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test("SUP-10: the first problem of the first specification is the one that is thrown")
  func order() {
    let error = #expect(throws: SupervisorError.self) {
      try Supervisor.check([spec("a"), spec("b", shutdown: .timeout(.seconds(-1)), significant: true), spec("a")])
    }
    #expect(error?.problem?.contains("child \"b\" is significant and permanent") == true)
  }

  @Test("SUP-6, SUP-7: intensity is checked before period")
  func intensity() throws {
    try Supervisor.Intensity.restarts(0, within: .milliseconds(1)).validate()
    #expect(throws: SupervisorError.invalidSettings("-1 restarts; use zero or more")) {
      try Supervisor.Intensity.restarts(-1, within: .zero).validate()
    }
    #expect(throws: SupervisorError.self) { try Supervisor.Intensity.restarts(1, within: .zero).validate() }
  }
}

@Suite("Supervisor: texts")
struct SupervisorTextTests {
  let process = ProcessID(placeholder: 146)

  @Test("children and counts are printed as in the guide")
  func children() {
    #expect(
      "\(Supervisor.Child(id: "Worker", process: process, kind: .worker))"
        == "(id: \"Worker\", process: <0.146.0>, kind: worker)")
    #expect(
      "\([Supervisor.Child(id: "w", process: nil, kind: .supervisor)])"
        == "[(id: \"w\", process: none, kind: supervisor)]")
    #expect(
      "\(Supervisor.Child(id: "w", process: nil, kind: .worker, isRestarting: true))"
        == "(id: \"w\", process: restarting, kind: worker)")
    #expect(
      "\(Supervisor.Counts(specs: 3, active: 3, supervisors: 1, workers: 2))"
        == "specs 3, active 3, supervisors 1, workers 2")
  }

  @Test("errors say what happened and what to do")
  func errors() {
    #expect("\(SupervisorError.alreadyStarted(process))" == "already started: <0.146.0>")
    let others: [SupervisorError] = [
      .alreadyPresent, .notFound, .running, .restarting, .ignored, .maxChildren, .startFailed(.killed), .noProcess,
      .callingSelf, .timeout, .exited(.shutdown),
    ]
    for error in others { #expect("\(error)".contains(";") && "\(error)".contains(": "), "\(error)") }
    #expect(SupervisorError.startFailed(.killed).reason == .killed)
    #expect(SupervisorError.running.reason == nil)
  }

  @Test("errors are matched by name")
  func matching() {
    do throws(SupervisorError) {
      throw .alreadyPresent
    } catch .alreadyPresent {
      return
    } catch {
      Issue.record("not matched")
    }
  }
}
