public import ErlangTerms
@_spi(Runtime) public import ProcessRuntime
import Supervision

/// Ids and pids.
extension ErlangNode {
  /// The pid that other nodes know a process by.
  public func pid(of process: ProcessID) -> Term.Pid { distribution.pid(of: process.cell) }

  /// The process of a pid, of whatever node.
  ///
  /// A pid of this node whose process is dead gives the id of nobody.
  public func process(of pid: Term.Pid) -> ProcessID { distribution.process(of: pid) }

  /// The reason as other nodes see it.
  public func term(of reason: ExitReason) -> Term { distribution.term(of: reason) }

  /// The reason that a term is; one that stands for nothing here is the failure ``ErlangExit``.
  public func reason(of term: Term) -> ExitReason { distribution.reason(of: term) }

  /// The reference that other nodes know an alias by: what they send to it arrives as long as the alias is active.
  public func term<Message>(of alias: ProcessAlias<Message>) -> Term { .reference(distribution.reference(of: alias)) }

  /// The alias of a reference, of whatever node.
  ///
  ///     let alias: ProcessAlias<ErlangMessage> = node.alias(of: reference)
  ///     alias.send(.info("done"))
  ///
  /// What is sent to it goes to the process that has made it, and is dropped there when the alias is not active any more. It is a
  /// cast, or plain, by the rules of other messages: see ``SentPlainly``.
  public func alias<Message>(of reference: Term.Reference) -> ProcessAlias<Message> {
    distribution.alias(of: reference)
  }

  /// The reference that a monitor of this node is to others.
  public func term(of monitor: MonitorRef) -> Term { .reference(distribution.reference(monitor.number)) }
}

extension ProcessName {
  /// Whoever has the name on another node: `{name, node}`.
  ///
  ///     let cache = ProcessName<Cache.Message>("cache", node: "a@localhost")
  ///
  /// The name is looked up there, when something arrives. Sending and calling make a connection if there is none; what is sent
  /// to a name that nobody has there is dropped, and a call is the error `noProcess`. Monitoring works too; links and exits
  /// need a process. On the node itself it is the plain name.
  public init(_ name: String, node: String) {
    self.init(target: ErlangNode.current?.name == node ? .local(name) : .via(RemoteName(name: name, node: node)))
  }

  /// Asks the processes that have the name on each of these nodes (`gen_server:multi_call/4`).
  ///
  /// Suspends until all have answered, or cannot any more, or the timeout.
  ///
  /// - Parameters:
  ///   - nodes: on which nodes; this one's own name means the process here.
  ///   - timeout: how long to wait for each; nil for ever.
  ///   - make: makes each message around its reply token.
  /// - Returns: the answers, and the nodes from which none came, both in the order of `nodes`.
  public func call<Value: Sendable>(
    on nodes: [String], timeout: Duration? = .seconds(5), _ make: @escaping @Sendable (ReplyTo<Value>) -> Message
  ) async -> MultiCallResult<Value> {
    let name = rawValue
    let answers = await withTaskGroup(of: (Int, Value?).self) { group in
      for (index, node) in nodes.enumerated() {
        group.addTask {
          (index, try? await ProcessName(name, node: node).call(timeout: timeout, make))
        }
      }
      var answers: [Value?] = Array(repeating: nil, count: nodes.count)
      for await (index, answer) in group { answers[index] = answer }
      return answers
    }
    var result = MultiCallResult<Value>()
    for (node, answer) in zip(nodes, answers) {
      if let answer { result.replies.append((node, answer)) } else { result.failedNodes.append(node) }
    }
    return result
  }

  /// Sends to the processes that have the name on each of these nodes (`gen_server:abcast/3`).
  ///
  /// Does not suspend.
  public func send(_ message: Message, on nodes: [String]) {
    for node in nodes { ProcessName(rawValue, node: node).send(message) }
  }
}

/// The answers of many nodes.
public struct MultiCallResult<Value: Sendable>: Sendable {
  /// Who has answered, and what.
  public var replies: [(node: String, value: Value)] = []
  /// The nodes from which no answer came: out of reach, without such a process, or too slow.
  public var failedNodes: [String] = []
}

/// A name on another node.
private struct RemoteName: ViaName, Hashable {
  let name: String
  let node: String

  var text: String { name }

  func whereis(onNode number: UInt64) -> ProcessID? {
    ErlangNode.of(number).map { $0.distribution.peer(Atom(node)).process(.name(name)).id }
  }

  func isReleased(onNode node: UInt64) -> Bool { false }
  func register(_ process: ProcessID) throws(NameError) { throw NameError(.reserved, name: name) }
  func unregister() throws(NameError) { throw NameError(.reserved, name: name) }
  func isEqual(to other: any ViaName) -> Bool { (other as? Self) == self }
}
