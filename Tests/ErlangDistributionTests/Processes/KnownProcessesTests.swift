import ErlangTerms
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

  @Test("are let go of when their node goes, but for those that somebody holds")
  func lost() throws {
    let rig = Rig()
    let kept = rig.remote(1)
    weak let gone = rig.remote(2).remote
    rig.lose()
    #expect(gone == nil)
    rig.connect()
    #expect(rig.remote(1) == kept)
  }

  @Test("are not remembered of nodes whose names a caller has made up")
  func strangers() throws {
    let rig = Rig()
    for number in 0..<100 {
      let stranger = Term.Pid(node: Atom("n\(number)@nowhere"), id: 1, serial: 0, creation: 1)
      let alias = Term.Reference(node: stranger.node, creation: 1, words: [1, 2, 3])
      rig.node.distribution.reply(.atom("ok"), to: GenMessage.Caller(pid: stranger, tag: .reference(alias)))
      rig.node.distribution.refuse(
        GenMessage.Caller(pid: stranger, tag: .improperList([.atom("alias")], tail: .reference(alias))), .atom("no"))
      #expect(rig.node.distribution.knownPeer(stranger.node) == nil)
    }
    #expect(rig.peer.takeSent().isEmpty)
  }
}
