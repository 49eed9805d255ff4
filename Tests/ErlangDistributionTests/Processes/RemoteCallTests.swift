import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Calls of other nodes' servers", .timeLimit(.minutes(1)))
struct RemoteCallTests {
  typealias Cache = ProcessName<Store.Message>

  /// The monitor and the request of the call that has just been sent.
  private static func request(_ rig: Rig) throws -> (
    from: Term.Pid, ref: Term.Reference, caller: GenMessage.Caller, request: Term
  ) {
    let sent = rig.peer.takeSent()
    guard sent.count == 2, case .monitor(let from, _, let ref) = sent[0], case .sendToName(_, _, let payload) = sent[1],
      case .call(let request, let caller) = GenMessage(try payload.term())
    else { throw TestNodeError.unexpected(sent.map(\.text)) }
    return (from, ref, caller, request)
  }

  private static func answer(_ rig: Rig, _ caller: GenMessage.Caller, _ value: Term) throws {
    let alias = try #require(caller.alias)
    rig.receive(.sendToAlias(from: rig.remotePid(), to: alias, try Payload(caller.reply(value))))
  }

  @Test("GEN-13: a request says who has asked: the caller, and a reference that is its monitor and its alias")
  func request() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        let value = try await Cache("cache", node: "b@h").call { .get(key: "tea", $0) }
        #expect(value == 7)
      }
      try await node.settle()
      let (from, ref, caller, request) = try Self.request(rig)
      #expect(request == .tuple([.atom("get"), "tea"]))
      #expect(caller.pid == rig.node.pid(of: process) && from == caller.pid && caller.alias == ref)
      try Self.answer(rig, caller, 7)
      #expect(await process.exited() == .normal)
      #expect(rig.peer.takeSent().map(\.text) == ["demonitor cache"])
    }
  }

  @Test("EXT-15, EXT-16: a name of another node is asked again where the message may be repeated, and not else")
  func retries() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        let cache = Cache("cache", node: "b@h")
        let value = try await cache.call(retrying: .atLeastOnce()) { .get(key: "tea", $0) }
        #expect(value == 7)
        let error = await #expect(throws: CallError.self) {
          _ = try await cache.call(retrying: .atMostOnce) { .get(key: "tea", $0) }
        }
        guard case .noProcess = error?.kind else { throw ExitReason.timeout }
      }
      func nobody() async throws {
        let (from, ref, _, _) = try Self.request(rig)
        rig.receive(.monitorExit(from: .name("cache"), to: from, ref, reason: .atom("noproc")))
        try await CurrentProcess.sleep(for: .milliseconds(100))
      }
      try await node.settle()
      for _ in 0..<4 { try await nobody() }
      try Self.answer(rig, try Self.request(rig).caller, 7)
      try await node.settle()
      // What the first call has left, and then the monitor and the request of the second.
      guard case .monitor(let from, _, let ref)? = rig.peer.takeSent().dropFirst().first else {
        throw ExitReason.timeout
      }
      rig.receive(.monitorExit(from: .name("cache"), to: from, ref, reason: .atom("noproc")))
      #expect(await process.exited() == .normal)
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("GEN-13: an answer that comes to the caller's pid, as net_kernel sends it, counts as well")
  func answerToPid() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        let isThere = await rig.node.ping("b@h")
        #expect(isThere)
      }
      try await node.settle()
      let (_, _, caller, request) = try Self.request(rig)
      #expect(request == .tuple([.atom("is_auth"), .atom("a@h")]))
      rig.receive(.send(from: nil, to: caller.pid, try Payload(caller.reply(.atom("yes")))))
      #expect(await process.exited() == .normal)
    }
  }

  @Test("GEN-30, GEN-31: a request to another node is answered later, given up, or ends with the connection")
  func requests() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        let cache = Cache("cache", node: "b@h")
        let answered: Request<Int> = cache.sendRequest { .get(key: "tea", $0) }
        try await CurrentProcess.sleep(for: .seconds(1))
        let value = try await answered.receiveResponse()
        #expect(value == 7)
        let givenUp: Request<Int> = cache.sendRequest { .get(key: "tea", $0) }
        givenUp.abandon()
        let lost: Request<Int> = cache.sendRequest { .get(key: "tea", $0) }
        guard case .failure(let error)? = try await lost.waitResponse() else { throw ExitReason.timeout }
        #expect("\(error)".contains("no connection"))
      }
      try await node.settle()
      let (_, _, caller, request) = try Self.request(rig)
      #expect(request == .tuple([.atom("get"), "tea"]))
      try Self.answer(rig, caller, 7)
      try await CurrentProcess.sleep(for: .seconds(2))
      let sent = rig.peer.takeSent().map(\.text)
      #expect(sent.count { $0 == "demonitor cache" } == 2)
      rig.lose()
      #expect(await process.exited() == .normal)
    }
  }

  @Test("SIG-7: what is sent to another node is accepted, whatever becomes of it there")
  func trySend() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let store = try #require(ProcessRef<Store.Message>(rig.remote()))
      #expect(store.trySend(.put(key: "tea", 3)) == .accepted)
      #expect(rig.peer.takeSent().count == 1)
    }
  }

  @Test("GEN-16: the reasons of a failed call", arguments: ["noproc", "oops", "lost"])
  func failures(kind: String) async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        do {
          let _: Int = try await Cache("cache", node: "b@h").call { .get(key: "tea", $0) }
          throw ExitReason.timeout
        } catch let error as CallError {
          switch (kind, error.kind) {
          case ("noproc", .noProcess): break
          case ("oops", .exited(let reason)) where reason == .failure(ErlangExit(.atom("oops"))): break
          case ("lost", .exited(.noConnection)): #expect("\(error)".contains("no connection"))
          default: throw error
          }
        }
      }
      try await node.settle()
      let (from, ref, _, _) = try Self.request(rig)
      if kind == "lost" {
        rig.lose()
      } else {
        rig.receive(.monitorExit(from: .name("cache"), to: from, ref, reason: .atom(Atom(kind))))
      }
      #expect(await process.exited() == .normal)
    }
  }

  @Test("GEN-16: a call to a node that cannot be reached fails with noConnection")
  func unreachable() async throws {
    try await withTestNode { _ in
      let rig = Rig(isConnected: false)
      do {
        let _: Int = try await Cache("cache", node: "b@h").call(timeout: nil) { .get(key: "tea", $0) }
        throw ExitReason.timeout
      } catch let error as CallError {
        #expect(error.reason == .noConnection)
      }
      #expect(rig.peer.takeSent().isEmpty)
    }
  }

  @Test("GEN-17: an answer that comes after the timeout is dropped, and the monitor is taken back")
  func late() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn(receiving: Int.self) { inbox in
        do {
          let _: Int = try await Cache("cache", node: "b@h").call(timeout: .seconds(1)) { .get(key: "tea", $0) }
        } catch let error as CallError {
          guard case .timeout = error.kind else { throw error }
        }
        do {
          _ = try await inbox.receive(within: .seconds(2))
          throw ExitReason.shutdown
        } catch MailboxError.timeout {}
      }
      try await node.settle()
      let (_, _, caller, _) = try Self.request(rig)
      try await CurrentProcess.sleep(for: .seconds(1.5))
      #expect(rig.peer.takeSent().map(\.text) == ["demonitor cache"])
      try Self.answer(rig, caller, 7)
      rig.receive(.send(from: nil, to: caller.pid, try Payload(caller.reply(7))))
      #expect(await process.exited() == .normal)
    }
  }

  @Test("GEN-14: whichever of answer, end and timeout comes first ends the call, and nothing is left")
  func race() async throws {
    try await withTestNodes(seeds: 1...100) { node in
      let rig = Rig()
      let process = spawn {
        let value = try? await Cache("cache", node: "b@h").call(timeout: .seconds(1)) { .get(key: "tea", $0) }
        #expect(value == nil || value == 7)
      }
      try await node.settle()
      let (from, ref, caller, _) = try Self.request(rig)
      spawn { try Self.answer(rig, caller, 7) }
      spawn { rig.receive(.monitorExit(from: .name("cache"), to: from, ref, reason: .atom("oops"))) }
      spawn { rig.lose() }
      #expect(await process.exited() == .normal)
    }
  }

  @Test("GEN-16: an answer of another type is an error of the call")
  func wrongAnswer() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let process = spawn {
        do {
          let _: Int = try await Cache("cache", node: "b@h").call { .get(key: "tea", $0) }
          throw ExitReason.timeout
        } catch let error as CallError {
          guard case .exited(let reason) = error.kind, reason.error is DecodingError else { throw error }
        }
      }
      try await node.settle()
      try Self.answer(rig, try Self.request(rig).caller, .atom("seven"))
      #expect(await process.exited() == .normal)
    }
  }

  @Test("GS-34: one request to the servers of many nodes: the answers, and who gave none")
  func multiCall() async throws {
    try await withTestNode { node in
      let rig = Rig()
      _ = try await Store.start("cache") { Store() }
      let process = spawn {
        let result = await Cache("cache").call(on: ["b@h", "a@h", "c@h"]) { (.get(key: "tea", $0)) as Store.Message }
        #expect(result.replies.map(\.node) == ["b@h", "a@h"] && result.replies.map(\.value) == [7, 0])
        #expect(result.failedNodes == ["c@h"])
        Cache("cache").send(.put(key: "tea", 1), on: ["b@h"])
      }
      try await node.settle()
      try Self.answer(rig, try Self.request(rig).caller, 7)
      #expect(await process.exited() == .normal)
      #expect(rig.peer.takeSent().map(\.text).last == "send cache {'$gen_cast',{put,<<\"tea\">>,1}}")
    }
  }

  @Test("SIG-1: what one process sends to another of some node is sent in order, also before there is a connection")
  func order() async throws {
    try await withTestNode { _ in
      let network = ScriptedPeer()
      let rig = Rig(network, isConnected: false)
      rig.node.distribution.network = WaitingNetwork()
      let remote = try #require(ProcessRef<ErlangMessage>(rig.remote()))
      for number in 1...3 { remote.send(.info(.integer(number))) }
      rig.remote().exit(.shutdown)
      rig.connect()
      remote.send(.cast(4))
      #expect(
        rig.peer.takeSent().map(\.text) == [
          "send 1 1", "send 1 2", "send 1 3", "signal 1 shutdown", "send 1 {'$gen_cast',4}",
        ])
    }
  }

  @Test("SIG-9: what cannot become a term is not sent, and reported")
  func notCodable() async throws {
    struct Secret: Sendable {}
    try await withTestNode { node in
      let rig = Rig()
      ProcessRef<Secret>(rig.remote())?.send(Secret())
      #expect(rig.peer.takeSent().isEmpty)
      try await node.settle()
      #expect(node.reports(of: DistributionReport.self).contains { $0.text.contains("not Codable") })
    }
  }
}

/// Keeps numbers.
struct Store: GenServer {
  enum Message: Codable, Sendable {
    case get(key: String, ReplyTo<Int>)
    case put(key: String, Int)
    case flush(ReplyTo<Void>)
    case keep(ReplyTo<Int>)
    case release
    case drop(ReplyTo<Int>)
    case fail(ReplyTo<Int>)
  }

  private var numbers: [String: Int] = [:]
  private var kept: ReplyTo<Int>?

  mutating func handle(_ message: Message) throws {
    switch message {
    case .get(let key, let reply): reply(numbers[key] ?? 0)
    case .put(let key, let number): numbers[key] = number
    case .flush(let reply):
      numbers = [:]
      reply()
    case .keep(let reply): kept = reply
    case .release:
      kept?(1)
      kept?(2)
    case .drop: break
    case .fail: throw ErlangExit(.tuple([.atom("boom"), 1]))
    }
  }
}

/// Never connects, and never says so.
final class WaitingNetwork: PeerNetwork {
  var local: NodeIdentity { NodeIdentity(name: "a@h", creation: 5) }
  func connection(to node: Atom) -> (any PeerConnection)? { nil }
  var connections: [any PeerConnection] { [] }
  func connect(to node: Atom) async throws(ConnectError) -> any PeerConnection {
    try? await Task.sleep(for: .seconds(60))
    throw .timeout
  }
}

struct Unexpected: Error, CustomStringConvertible { let description: String }

extension TestNodeError {
  static func unexpected(_ what: [String]) -> Unexpected { Unexpected(description: "\(what)") }
}
