import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import SupervisionTesting
import Testing

@Suite("Links over a connection, as a machine")
struct LinkTableTests {
  private enum Signal { case link, unlink(UInt64), acknowledged(UInt64) }

  /// One end, and what is on its way from it.
  private struct End {
    var table = LinkTable()
    var outgoing: [Signal] = []
  }

  @Test("LNK-1: whatever both ends do at the same time, in the end either both are linked or none is")
  func bothAgree() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      let key = LinkTable.Key(ProcessID(placeholder: 1), rig.node.distribution.peer("b@h").process(rig.remotePid()))
      for seed in UInt64(1)...2_000 {
        var random = SplitMix(state: seed)
        var ends = [End(), End()]
        for step in 0..<24 {
          let end = Int.random(in: 0...1, using: &random)
          // The last steps are deliveries only.
          switch Int.random(in: step < 12 ? 0...3 : 2...3, using: &random) {
          case 0: if ends[end].table.link(key) { ends[end].outgoing.append(.link) }
          case 1: if let id = ends[end].table.unlink(key) { ends[end].outgoing.append(.unlink(id)) }
          default: Self.deliver(from: end, &ends, key)
          }
        }
        while ends.contains(where: { !$0.outgoing.isEmpty }) {
          for end in 0...1 { Self.deliver(from: end, &ends, key) }
        }
        let (active, counts) = (ends.map { $0.table.isActive(key) }, ends.map(\.table.count))
        #expect(active[0] == active[1], "seed \(seed)")
        #expect(counts[0] == counts[1], "nothing is left over: seed \(seed)")
      }
    }
  }

  private static func deliver(from end: Int, _ ends: inout [End], _ key: LinkTable.Key) {
    guard !ends[end].outgoing.isEmpty else { return }
    let other = 1 - end
    switch ends[end].outgoing.removeFirst() {
    case .link: _ = ends[other].table.linkReceived(key)
    case .unlink(let id):
      ends[other].outgoing.append(.acknowledged(id))
      _ = ends[other].table.unlinkReceived(key)
    case .acknowledged(let id): ends[other].table.unlinkAcknowledged(key, id)
    }
  }

  @Test("LNK-8: an exit that was on its way when the link was taken back means nothing")
  func exitAfterUnlink() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      let key = LinkTable.Key(ProcessID(placeholder: 1), rig.node.distribution.peer("b@h").process(rig.remotePid()))
      var table = LinkTable()
      let isSent = table.link(key)
      let id = table.unlink(key) ?? 0
      let isSignal = table.exitReceived(key)
      table.unlinkAcknowledged(key, id)
      #expect(isSent && id == 1 && !isSignal && table.count == 0)
    }
  }

  @Test("LNK-2: linking again sends nothing; an acknowledgement of an earlier unlink leaves the newer link")
  func again() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      let key = LinkTable.Key(ProcessID(placeholder: 1), rig.node.distribution.peer("b@h").process(rig.remotePid()))
      var table = LinkTable()
      let sent = [table.link(key), table.link(key)]
      let ids = [table.unlink(key), table.unlink(key)]
      let isSentAgain = table.link(key)
      table.unlinkAcknowledged(key, 1)
      let isActive = table.isActive(key)
      #expect(sent == [true, false] && ids == [1, nil] && isSentAgain && isActive)
    }
  }
}
