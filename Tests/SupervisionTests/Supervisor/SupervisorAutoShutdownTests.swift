import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: automatic shutdown", .timeLimit(.minutes(1)))
struct SupervisorAutoShutdownTests {
  @Test("SUP-80, SUP-81, TL-24: any_significant: the clean end of a significant child ends the supervisor")
  func any() throws {
    try Timeline(.oneForOne, autoShutdown: .anySignificant, children: ["a transient significant", "b", "c"])
      .happens("exit a normal")
      .expect("stop c", "stop b", "exit shutdown")
      .expectReports()
  }

  @Test("SUP-80: the crash of a temporary significant child ends the supervisor too")
  func crashOfTemporary() throws {
    try Timeline(.oneForOne, autoShutdown: .anySignificant, children: ["a temporary significant", "b"])
      .happens("crash a")
      .expect("stop b", "exit shutdown")
      .expectReports("child_terminated a: \(crash)")
  }

  @Test("SUP-81, TL-25: all_significant: the end of the last one ends the supervisor")
  func all() throws {
    try Timeline(
      .oneForOne, autoShutdown: .allSignificant,
      children: ["a temporary significant", "b temporary significant", "c"]
    )
    .happens("crash a").expect()
    .happens("exit b normal").expect("stop c", "exit shutdown")
  }

  @Test("SUP-81: all_significant: a restarting child counts as alive")
  func restartingIsAlive() throws {
    try Timeline(
      .oneForOne, autoShutdown: .allSignificant, children: ["a transient significant", "b temporary significant"]
    )
    .happens("start fails a", "crash a").expectChildren("a restarting", "b")
    .happens("exit b normal").expect()
    .happens("retry").expect("start a")
    .happens("exit a shutdown").expect("exit shutdown")
  }

  @Test("SUP-82: a crash that leads to a restart does not end the supervisor")
  func restarted() throws {
    try Timeline(.oneForOne, autoShutdown: .anySignificant, children: ["a transient significant"])
      .happens("crash a")
      .expect("start a")
  }

  @Test("SUP-82: children that are not significant do not end the supervisor")
  func insignificant() throws {
    try Timeline(
      .oneForOne, autoShutdown: .anySignificant, children: ["a transient significant", "b transient", "c temporary"]
    )
    .happens("exit b normal", "exit c normal")
    .expect()
  }

  @Test(
    "SUP-82: a significant child that is stopped together with a sibling does not end the supervisor",
    arguments: [Supervisor.Strategy.oneForAll, .restForOne])
  func sibling(strategy: Supervisor.Strategy) throws {
    try Timeline(strategy, autoShutdown: .anySignificant, children: ["a", "b temporary significant"])
      .happens("crash a")
      .expect("stop b", "start a")
      .expectChildren("a")
  }

  @Test(
    "SUP-82, TL-26: terminate_child on the last significant child does not end the supervisor, nor does what comes later"
  )
  func terminated() throws {
    try Timeline(.oneForOne, autoShutdown: .allSignificant, children: ["a transient significant", "b transient"])
      .happens("terminate a").expect("stop a")
      .happens("exit b normal").expect()
      .expectChildren("a stopped", "b stopped")
  }

  @Test("SUP-83: a supervisor that shut down by itself is a clean end to its parent")
  func escalates() throws {
    let inner = try Timeline(.oneForOne, autoShutdown: .anySignificant, children: ["x transient significant"])
      .happens("exit x normal")
    try Timeline(.oneForOne, autoShutdown: .allSignificant, children: ["a", "s transient significant supervisor"])
      .happens(.exit("s", try #require(inner.exitReason)))
      .expect("stop a", "exit shutdown")
      .expectReports()
  }
}
