import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Aliases across nodes", .timeLimit(.minutes(1)))
struct RemoteAliasTests {
  typealias Cache = ProcessName<Store.Message>

  private final class Seen: Sendable {
    let terms = Mutex<[Term]>([])
    var all: [Term] { terms.withLock { $0 } }
    func note(_ term: Term) { terms.withLock { $0.append(term) } }
  }

  /// Notes what is sent plainly.
  private static func collector(
    _ seen: Seen, _ begin: @escaping @Sendable (Mailbox<ErlangMessage>) throws -> Void
  ) -> ProcessID {
    spawn(receiving: ErlangMessage.self) { inbox in
      try begin(inbox)
      while true {
        if case .info(let term) = try await inbox.next() { seen.note(term) }
      }
    }
  }

  @Test("ALI-12: what is sent to an alias of another node's process goes there by its reference")
  func outgoing() async throws {
    try await withTestNode { _ in
      let rig = Rig()
      let alias: ProcessAlias<ErlangMessage> = rig.node.alias(of: rig.ref(9))
      alias.send(.info("hello"))
      alias.send(.cast(1))
      let sent = rig.peer.takeSent()
      guard sent.count == 2, case .sendToAlias(_, let first, let plain) = sent[0],
        case .sendToAlias(_, _, let cast) = sent[1]
      else { throw TestNodeError.unexpected(sent.map(\.text)) }
      #expect(first == rig.ref(9))
      #expect(try plain.term() == "hello")
      #expect(try cast.term() == GenMessage.cast(1).term)
      let same: ProcessAlias<ErlangMessage> = rig.node.alias(of: rig.ref(9))
      let other: ProcessAlias<ErlangMessage> = rig.node.alias(of: rig.ref(8))
      #expect(alias == same && alias != other)
      #expect(rig.node.term(of: alias) == .reference(rig.ref(9)))
    }
  }

  @Test("ALI-12: an alias that was given to another node takes messages until it is taken back, or its process ends")
  func incoming() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let seen = Seen()
      let given = Mutex<Term?>(nil)
      let process = spawn(receiving: ErlangMessage.self) { inbox in
        let alias = inbox.alias()
        given.withLock { $0 = rig.node.term(of: alias) }
        while true {
          guard case .info(let term) = try await inbox.next() else { continue }
          if term == "stop" { inbox.unalias(alias) } else { seen.note(term) }
        }
      }
      try await node.settle()
      let ref = try #require(given.withLock { $0 }?.reference)
      func send(_ term: Term, _ change: (inout Term.Reference) -> Void = { _ in }) async throws {
        var target = ref
        change(&target)
        rig.receive(.sendToAlias(from: rig.remotePid(), to: target, try Payload(term)))
        try await node.settle()
      }
      try await send(1)
      // Nobody guesses one.
      try await send(2) { $0.words[2] ^= 1 }
      try await send(3) { $0.words[0] += 1 }
      try await send(4) { $0.creation += 1 }
      try await send("stop")
      try await send(5)
      #expect(seen.all == [1])
      process.exit(.kill)
      _ = await process.exited()
      try await send(6)
      #expect(seen.all == [1])
    }
  }

  @Test("ALI-12, ALI-4: a reply alias takes one message of another node")
  func reply() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let seen = Seen()
      let given = Mutex<Term?>(nil)
      _ = Self.collector(seen) { inbox in given.withLock { $0 = rig.node.term(of: inbox.replyAlias()) } }
      try await node.settle()
      let ref = try #require(given.withLock { $0 }?.reference)
      for number in 1...3 {
        rig.receive(.sendToAlias(from: rig.remotePid(), to: ref, try Payload(.integer(number))))
      }
      try await node.settle()
      #expect(seen.all == [1])
    }
  }

  @Test("ALI-12, GEN-13: an answer that comes too late is dropped, to the alias and to the pid")
  func late() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let seen = Seen()
      let process = spawn(receiving: ErlangMessage.self) { inbox in
        let answer = try? await Cache("cache", node: "b@h").call(timeout: .seconds(1)) { .get(key: "tea", $0) }
        #expect(answer == nil)
        while true {
          if case .info(let term) = try await inbox.next() { seen.note(term) }
        }
      }
      try await node.settle()
      let sent = rig.peer.takeSent()
      guard case .sendToName(_, _, let payload)? = sent.last, case .call(_, let caller) = GenMessage(try payload.term())
      else { throw TestNodeError.unexpected(sent.map(\.text)) }
      try await CurrentProcess.sleep(for: .seconds(2))
      let alias = try #require(caller.alias)
      rig.receive(.sendToAlias(from: rig.remotePid(), to: alias, try Payload(caller.reply(1))))
      rig.receive(.send(from: nil, to: caller.pid, try Payload(caller.reply(2))))
      rig.receive(.send(from: nil, to: caller.pid, try Payload("mine")))
      try await node.settle()
      #expect(seen.all == ["mine"] && process.isAlive)
    }
  }
}
