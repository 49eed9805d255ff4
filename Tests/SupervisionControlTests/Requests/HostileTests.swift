@_spi(Runtime) import ProcessRuntime
import Supervision
import Testing

@testable import SupervisionControl

@Suite("Lines that nobody should send", .timeLimit(.minutes(2)))
struct HostileTests {
  @Test("CTL-6: each gets its answer, none does harm", arguments: 0..<8)
  func lines(seed: Int) async throws {
    try await Shop.open("hostile") { shop, supervisor in
      let asking = Asking(allowsActions: true)
      var hostile = Hostile(seed: UInt64(seed))
      for _ in 0..<150 {
        let line = hostile.line()
        let reply = try await asking.bytes(line)
        #expect(reply.code != nil || reply.fields["ok"] != nil, "\(String(decoding: line, as: UTF8.self))")
      }
      #expect(supervisor.id.isAlive)
      #expect(try await shop.shelf.call { .count($0) } >= 0)
      #expect(try await Sys.getStatus(of: shop.shelf).installed.isEmpty)
    }
  }
}
