/// A registered name and what may be sent to whoever has it (OTP's registered name, typed).
///
///     extension ProcessName where Message == Cache.Message {
///       static var cache: Self { "cache" }
///     }
///
/// A name is looked up at each send, so it goes on working when a supervisor has restarted the process.
public struct ProcessName<Message: Sendable>: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// Who is meant, without the type of the messages.
  package let target: NameTarget

  /// The name as text; unique within a node, whatever the type of the messages.
  ///
  /// Of a name that is kept by a ``NameRegistry``: its key, as it prints.
  public var rawValue: String { target.text }

  /// A name for processes that take such messages.
  public init(_ rawValue: String) { target = .local(rawValue) }
  /// A name, written as a string literal.
  public init(stringLiteral value: String) { target = .local(value) }

  package init(target: NameTarget) { self.target = target }

  /// A name that a registry keeps.
  @usableFromInline
  package init(via name: any ViaName) { target = .via(name) }

  public var description: String { rawValue }

  /// The process that has the name now, or nil (`Process.whereis/1`).
  ///
  /// Never a dead one. Does not suspend.
  public var whereis: ProcessID? {
    target.whereis()?.id
  }

  /// Sends a message to whoever has the name (`GenServer.cast/2`).
  ///
  /// Does not suspend. Nothing happens if nobody has it; ``trySend(_:)`` tells.
  public func send(_ message: Message) {
    guard let process = try? resolve() else { return noteNobody(message) }
    process.send(message)
  }

  /// Sends a message to whoever has the name (`send/2` to a registered name).
  ///
  /// Does not suspend.
  ///
  /// - Returns: what became of the message: see ``ProcessRef/trySend(_:)``.
  /// - Throws: ``NameError`` if nobody has the name, or a process that receives messages of another type.
  @discardableResult
  public func trySend(_ message: Message) throws(NameError) -> SendResult {
    let process: ProcessRef<Message>
    do {
      process = try resolve()
    } catch {
      noteNobody(message)
      throw error
    }
    return process.trySend(message)
  }

  /// Asks whoever has the name, and waits for the answer: see ``ProcessRef/call(timeout:_:)``.
  ///
  /// Nobody having the name is the error `noProcess`, at once; ``call(timeout:retrying:_:)`` waits for the next one.
  public func call<Value: Sendable>(
    timeout: Duration? = .seconds(5), _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> Value {
    let target: ProcessRef<Message>
    do { target = try resolve() } catch { throw CallError(naming: error, target: rawValue) }
    return try await target.call(timeout: timeout, make)
  }

  private func resolve() throws(NameError) -> ProcessRef<Message> {
    try resolved(target.whereis())
  }

  /// A reference to whoever has been found, if he takes such messages.
  func resolved(_ cell: ProcessCell?) throws(NameError) -> ProcessRef<Message> {
    guard let cell else { throw NameError(.notRegistered, name: rawValue) }
    guard cell.messageType == Message.self || cell.remote != nil else {
      throw NameError(.wrongMessageType("\(cell.messageType)"), name: rawValue)
    }
    return ProcessRef(unchecked: cell)
  }
}

extension ProcessName {
  /// Gives the name to a process (`Process.register/2`).
  ///
  /// Released by itself when the process ends, before its links and monitors hear of it. Does not suspend.
  ///
  /// - Throws: ``NameError`` if somebody has the name, the process has a name already, or is dead.
  public func register(_ process: ProcessRef<Message>) throws(NameError) {
    if let dead = ProcessCell.fenced { throw NameError(.noProcess(dead), name: rawValue) }
    try target.register(process.cell)
  }

  /// Takes the name away from whoever has it (`Process.unregister/1`).
  ///
  /// Does not suspend.
  ///
  /// - Throws: ``NameError`` if nobody has it.
  public func unregister() throws(NameError) {
    if let dead = ProcessCell.fenced { throw NameError(.noProcess(dead), name: rawValue) }
    try target.unregister()
  }

  /// Suspends until some process has the name: another than `otherThan`, if that is given.
  ///
  /// - Throws: ``NameError`` (`timeout`) after `within`.
  @discardableResult
  public func registered(otherThan: ProcessID? = nil, within: Duration) async throws -> ProcessID {
    try await change(within: within) { node, target in
      guard let process = target.whereis(on: node)?.id, process != otherThan else { return nil }
      return process
    }
  }

  /// Suspends until nobody has the name.
  ///
  /// If its process has ended, the links and monitors of that have their signals then: a supervisor that is called next
  /// knows of it.
  ///
  /// - Throws: ``NameError`` (`timeout`) after `within`.
  public func unregistered(within: Duration) async throws {
    try await change(within: within) { node, target in target.isReleased(on: node) ? () : nil }
  }

  private func change<Result: Sendable>(
    within: Duration, _ wanted: @escaping @Sendable (Node, NameTarget) -> Result?
  ) async throws -> Result {
    let node = Node.current
    do {
      return try await change(until: node.clock.now().after(within), on: node, wanted)
    } catch is WaitTimeout {
      throw NameError(.timeout, name: rawValue)
    }
  }

  /// Suspends until `wanted` finds something, which is asked now and at each change of the name.
  ///
  /// - Throws: ``WaitTimeout`` at the deadline.
  func change<Result: Sendable>(
    until deadline: Int64, on node: Node, _ wanted: @escaping @Sendable (Node, NameTarget) -> Result?
  ) async throws -> Result {
    let key = node.nextReference()
    let target = target
    let watched = target.watchedName
    defer { node.names.unwatch(watched, key) }
    return try await suspend(until: deadline, on: node) { ticket in
      let look: @Sendable () -> Void = {
        if let result = wanted(node, target) { ticket.resume(returning: result) }
      }
      node.names.watch(watched, key, look)
      look()
    }
  }
}

/// What is wrong with a name.
public struct NameError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable, Equatable {
    /// Nobody has the name.
    case notRegistered
    /// This process has it.
    case taken(ProcessID)
    /// The process has this name already, and can have but one.
    case processHasName(String)
    /// The process is dead: the one that was to have the name, or the one that runs the code that asks.
    case noProcess(ProcessID)
    /// Whoever has it receives messages of this type.
    case wrongMessageType(String)
    /// Such names are given by who keeps them, and by nobody else.
    case reserved
    /// What was waited for did not happen in time.
    case timeout
  }

  /// What went wrong.
  public let kind: Kind
  /// The name that was meant.
  public let name: String

  /// What a ``NameRegistry`` throws.
  public init(_ kind: Kind, name: String) {
    self.kind = kind
    self.name = name
  }

  public var description: String {
    switch kind {
    case .notRegistered: "nobody has the name \"\(name)\"; start the process that registers it first"
    case .taken(let holder): "the name \"\(name)\" belongs to \(holder); unregister it or choose another"
    case .processHasName(let other): "the process has the name \"\(other)\" already, and can have but one"
    case .noProcess(let process): "\(process) is dead and cannot have the name \"\(name)\""
    case .wrongMessageType(let type):
      "the process named \"\(name)\" receives \(type); use a ProcessName of that message type"
    case .reserved: "the name \"\(name)\" is given by its supervisor alone; start the server under a name of its own"
    case .timeout: "the name \"\(name)\" did not change in time"
    }
  }
}
