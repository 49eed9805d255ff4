@_spi(Runtime) public import ProcessRuntime

/// A pool of workers of one kind, lent to one client at a time (as Erlang's poolboy): for what there is only a limited number
/// of, such as connections.
///
///     let connections = try await ProcessPool.start(PoolSettings(size: 4, maxOverflow: 2)) { Connection() }
///     let rows = try await connections.withWorker { connection in
///       try await connection.call { .query("select 1", $0) }
///     }
///
/// The workers run under a supervisor of the pool's own. One that ends is replaced; a client that ends gives its worker back.
/// Their label, unless they give themselves one, says whose they are: `worker of connections`.
/// The value is a handle to a process, or to whoever has a name.
public struct ProcessPool<Message: Sendable>: Sendable {
  private enum Target: Sendable {
    case process(ProcessRef<PoolProcess.Message>)
    case name(ProcessName<PoolProcess.Message>)
  }

  private let target: Target

  private init(_ target: Target) { self.target = target }

  /// The pool's process; nil if nobody has its name now.
  public var process: ProcessID? {
    switch target {
    case .process(let process): process.id
    case .name(let name): name.whereis
    }
  }

  /// The pool that has the name, looked up each time.
  public static func named(_ name: String) -> ProcessPool { ProcessPool(.name(ProcessName(name))) }

  /// Starts a pool and its workers; linked to nobody.
  ///
  /// Suspends until the last worker is ready.
  ///
  /// - Parameters:
  ///   - settings: how many workers, and how they are lent.
  ///   - name: a name to register the pool under.
  ///   - make: makes a worker, inside its process; again for each that is replaced.
  /// - Returns: the pool, its workers running.
  /// - Throws: ``StartError``: the name is taken, the settings make no sense, or a worker does not start.
  public static func start<Worker: GenServer>(
    _ settings: PoolSettings, name: String? = nil, _ make: @escaping @Sendable () async throws -> Worker
  ) async throws(StartError) -> ProcessPool where Worker.Message == Message {
    let spec = Self.worker(make)
    return ProcessPool(
      .process(try await PoolProcess.start(name.map { ProcessName($0) }) { try await PoolProcess(settings, spec) }))
  }

  /// Starts a pool that is linked to the calling process, its parent.
  public static func startLink<Worker: GenServer>(
    _ settings: PoolSettings, name: String? = nil, _ make: @escaping @Sendable () async throws -> Worker
  ) async throws(StartError) -> ProcessPool where Worker.Message == Message {
    let spec = Self.worker(make)
    return ProcessPool(
      .process(try await PoolProcess.startLink(name.map { ProcessName($0) }) { try await PoolProcess(settings, spec) }))
  }

  /// A pool as a child of a supervisor; its id is its name.
  ///
  /// At its end it waits for what is lent, ``PoolSettings/drain``, and then for its workers; its supervisor sets no other limit.
  public static func child<Worker: GenServer>(
    _ settings: PoolSettings, name: String, restart: ChildSpec.Restart = .permanent,
    _ make: @escaping @Sendable () async throws -> Worker
  ) -> ChildSpec where Worker.Message == Message {
    let spec = Self.worker(make)
    return ChildSpec(id: ChildSpec.ID(name), restart: restart, kind: .supervisor) {
      try await PoolProcess.startLink(ProcessName(name)) { try await PoolProcess(settings, spec) }.id
    }.of(.pool)
  }

  /// The pool replaces them, not their supervisor: so that it knows of each.
  private static func worker<Worker: GenServer>(_ make: @escaping @Sendable () async throws -> Worker) -> ChildSpec {
    ChildSpec(restart: .temporary, make)
  }
}

extension ProcessPool {
  /// A worker that is lent.
  public struct Lease: Sendable, Hashable {
    /// The worker.
    public let worker: ProcessRef<Message>
    /// The client's monitor on the worker: if that ends before it is given back, the client gets a down signal of it.
    public let monitor: MonitorRef
    fileprivate let number: UInt64
  }

  /// Runs `body` with a worker, and gives the worker back, whatever becomes of `body` (`poolboy:transaction/3`).
  ///
  /// Suspends until a worker is free. If the worker ends meanwhile, calls to it fail at once; it is replaced. Works outside of
  /// processes too.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait for a worker; nil for ever.
  ///   - body: the work. The worker is the caller's until it returns.
  /// - Returns: what `body` returns.
  /// - Throws: ``PoolError``, and what `body` throws.
  public func withWorker<Result>(
    timeout: Duration? = .seconds(5), _ body: (ProcessRef<Message>) async throws -> Result
  ) async throws -> Result {
    let (number, worker) = try await borrow(timeout)
    defer { send(.release(number)) }
    return try await body(worker)
  }

  /// Asks any worker, the first that is free, and waits for the answer: ``withWorker(timeout:_:)`` with one call.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait for a worker, and then for the answer; nil for ever.
  ///   - make: makes the message around the reply token.
  /// - Returns: the worker's answer.
  /// - Throws: ``PoolError``, ``CallError``.
  public func call<Value: Sendable>(
    timeout: Duration? = .seconds(5), _ make: (ReplyTo<Value>) -> Message
  ) async throws -> Value {
    try await withWorker(timeout: timeout) { worker in try await worker.call(timeout: timeout, make) }
  }

  /// Lends the calling process a worker, until it gives that back or ends (`poolboy:checkout/3`).
  ///
  /// Suspends until a worker is free.
  ///
  /// - Parameter timeout: how long to wait; nil for ever.
  /// - Returns: the worker, and the caller's monitor on it; to be given back with ``checkin(_:)``.
  /// - Throws: ``PoolError``. Whatever it is, nothing is lent.
  public func checkout(timeout: Duration? = .seconds(5)) async throws(PoolError) -> Lease {
    guard ProcessCell.current != nil else { throw PoolError(.outsideProcess) }
    let (number, worker) = try await borrow(timeout)
    do {
      return Lease(worker: worker, monitor: try CurrentProcess.monitor(worker.id), number: number)
    } catch {
      throw PoolError(.outsideProcess)
    }
  }

  /// Gives a worker back (`poolboy:checkin/2`).
  ///
  /// Does not suspend. Nothing happens if it was given back before, or has ended. The monitor is taken back too.
  public func checkin(_ lease: Lease) {
    CurrentProcess.demonitor(lease.monitor, flush: true)
    send(.release(lease.number))
  }

  /// How many workers are free and lent, how many clients wait (`poolboy:status/1`).
  ///
  /// - Throws: ``PoolError``.
  public func status() async throws(PoolError) -> PoolStatus {
    do {
      return try await ask(.seconds(5)) { .status($0) }
    } catch {
      throw PoolError(error)
    }
  }

  /// Ends the pool: clients that wait are told, what is lent may come back, ``PoolSettings/drain`` long, then the workers end.
  ///
  /// Suspends until it is gone.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(PoolError) {
    guard let process else { throw PoolError(.noProcess) }
    do {
      try await process.stop(reason: reason, timeout: timeout)
    } catch {
      throw PoolError(error)
    }
  }
}

extension ProcessPool {
  private func borrow(
    _ timeout: Duration?
  ) async throws(PoolError) -> (number: UInt64, worker: ProcessRef<Message>) {
    let number = PoolLeases.next()
    let client = CurrentProcess.id
    let result: Result<ProcessID, PoolError>
    do {
      result = try await ask(timeout) { .checkout(number, PoolProcess.Client(process: client, reply: $0)) }
    } catch {
      // It may have been lent in the same moment: the pool must not wait for its return.
      send(.release(number))
      throw PoolError(error)
    }
    return (number, ProcessRef(unsafelyTyped: try result.get()))
  }

  private func ask<Value: Sendable>(
    _ timeout: Duration?, _ make: (ReplyTo<Value>) -> PoolProcess.Message
  ) async throws(CallError) -> Value {
    switch target {
    case .process(let process): try await process.call(timeout: timeout, make)
    case .name(let name): try await name.call(timeout: timeout, make)
    }
  }

  private func send(_ message: PoolProcess.Message) {
    switch target {
    case .process(let process): process.send(message)
    case .name(let name): name.send(message)
    }
  }
}

extension ProcessPool: CustomStringConvertible {
  /// `ProcessPool(<0.119.0>)`, or `ProcessPool("connections")` for one that is looked up.
  public var description: String {
    switch target {
    case .process(let process): "ProcessPool(\(process))"
    case .name(let name): "ProcessPool(\"\(name)\")"
    }
  }
}
