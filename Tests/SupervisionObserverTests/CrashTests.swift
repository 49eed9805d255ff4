import Logging
import Supervision
import SupervisionTesting
import Testing

@_spi(Runtime) @testable import ProcessRuntime
@testable import SupervisionInspection
@testable import SupervisionObserver

@Suite("Crashes that are kept", .timeLimit(.minutes(1)))
struct CrashTests {
  @Test("OBS-8: the last reports are kept and no more; all are counted by reason")
  func book() async throws {
    try await withTestNode { node in
      let log = CrashLog(node: .current, keeping: 5)
      for number in 0..<12 {
        let process = try await Echo.start { Echo() }
        if number % 3 == 0 { process.id.exit(.kill) }
        process.send(.fail)
        _ = await process.id.exited()
      }
      let crashes = log.snapshot()
      // A kill is no crash.
      #expect(crashes.total == 8)
      #expect(crashes.reports.map(\.number) == [8, 7, 6, 5, 4])
      #expect(crashes.groups.map(\.count) == [8])
      #expect(crashes.groups.first?.reason == "(Echo.Failure) <b>it</b> failed")
      #expect(crashes.reports.first?.lastMessage == "fail")
      let html = CrashesPage(layout: .test, crashes: crashes).html.text
      #expect(!html.contains("<b>it"))
    }
  }

  @Test("OBS-8: as many reasons as there may be, the books stay small")
  func bound() {
    struct Numbered: Error, CustomStringConvertible {
      let description: String
    }
    var book = CrashBook(keeping: 3)
    for number in 0..<1_000 {
      let report = CrashReport(
        ProcessID(placeholder: 1).cell, .failure(Numbered(description: "number \(number)")))
      book.note(report, at: Instant(monotonic: Int64(number), since1970: 0))
    }
    let crashes = book.snapshot(at: .now)
    #expect(crashes.total == 1_000)
    #expect(crashes.reports.count == 3)
    #expect(crashes.groups.count == 100)
    #expect(crashes.groups.contains { $0.reason.hasSuffix("number 999") })
  }

  @Test("OBS-9: a listener for errors makes nobody write reports of starts")
  func levels() async throws {
    try await withTestNode { _ in
      let log = ReportLog()
      log.set(nil)
      #expect(!log.wants(.critical))
      let key = log.listen(from: .error) { _ in }
      #expect(log.wants(.error))
      #expect(log.wants(.critical))
      #expect(!log.wants(.info))
      log.unlisten(key)
      #expect(!log.wants(.critical))
    }
  }
}
