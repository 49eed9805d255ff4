@_spi(Runtime) import ProcessRuntime
import Testing

@testable import ErlangDistribution

@Suite("The processes of another node that are known")
struct KnownProcessesTests {
  @Test("are the same as long as somebody holds them, and are let go of when nobody does")
  func letGo() throws {
    let rig = Rig()
    let kept = rig.remote(1)
    weak let gone = rig.remote(2).remote
    #expect(rig.remote(1) == kept)
    for id in 3...500 { _ = rig.remote(UInt32(id)) }
    #expect(gone == nil)
    #expect(rig.remote(1) == kept)
  }
}
