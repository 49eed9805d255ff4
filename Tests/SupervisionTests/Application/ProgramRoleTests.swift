import Testing

@testable import Supervision

@Suite("Who is a parent, and who is the program")
struct ProgramRoleTests {
  private let asked = ProgramRestart.onFailure(.restarts(7, within: .seconds(7)))

  private func role(
    _ restart: ProgramRestart, wish: String? = nil, marker: String? = nil, parent: Int32 = 50, living: Set<Int32> = [50]
  ) -> ProgramRole {
    let variables = ["SUPERVISION_PARENT": wish, "SUPERVISION_PARENT_PID": marker]
    return ProgramRole(
      restart, environment: { variables[$0] ?? nil }, parent: parent, isAlive: { living.contains($0) })
  }

  @Test("without a variable, the code decides")
  func code() throws {
    #expect(role(.never) == .plain)
    #expect(role(asked) == .parent(try #require(asked.settings)))
  }

  @Test("SUPERVISION_PARENT overrules the code; a value that is neither 1 nor 0 says nothing")
  func wish() throws {
    #expect(role(.never, wish: "1") == .parent(try #require(ProgramRestart.onFailure().settings)))
    #expect(role(asked, wish: "1") == .parent(try #require(asked.settings)))
    #expect(role(asked, wish: "0") == .plain)
    #expect(role(.never, wish: "yes") == .plain)
  }

  @Test("who has the marker of the parent that started it is the program")
  func program() {
    #expect(role(asked, marker: "50") == .program(parent: 50))
    #expect(role(.never, wish: "1", marker: "50") == .program(parent: 50))
  }

  @Test("so is who finds its parent gone already")
  func orphan() {
    #expect(role(asked, marker: "50", parent: 1, living: [1]) == .program(parent: 50))
  }

  @Test("the marker of another, living parent came from further up and says nothing")
  func inherited() throws {
    #expect(role(.never, marker: "40", living: [40, 50]) == .plain)
    #expect(role(asked, marker: "40", living: [40, 50]) == .parent(try #require(asked.settings)))
    #expect(role(.never, marker: "nonsense") == .plain)
  }

  @Test("values that mean nothing are found")
  func problems() {
    #expect(asked.settings?.problem == nil)
    let intensity = ProgramRestart.onFailure(.restarts(-1, within: .seconds(5)))
    #expect(intensity.settings?.problem?.contains("-1") == true)
    let backoff = ProgramRestart.onFailure(backoff: .constant(.seconds(-1)))
    #expect(backoff.settings?.problem?.contains("-1.0 seconds") == true)
  }

  @Test("it prints")
  func description() {
    #expect("\(ProgramRestart.never)" == "never")
    #expect("\(asked)".hasPrefix("7 restarts within 7.0 seconds, after 0.1 seconds to 30.0 seconds"))
  }
}
