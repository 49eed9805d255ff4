@_spi(Runtime) import ProcessRuntime

/// A process that keeps state and handles messages one at a time (OTP's `gen_server`).
///
///     struct Cache: GenServer {
///       enum Message: Sendable {
///         case get(ReplyTo<String?>)
///         case save(String)
///       }
///
///       private var value: String?
///
///       mutating func handle(_ message: Message) {
///         switch message {
///         case .get(let reply): reply(value)
///         case .save(let value): self.value = value
///         }
///       }
///     }
///
///     let cache = try await Cache.start { Cache() }
///     cache.send(.save("hola"))
///     let value = try await cache.call { .get($0) }
///
/// Write each callback with or without `async` and `throws`, as the work needs. One without `async` costs no task: its
/// server, when at rest, is a few hundred bytes.
///
/// To stop, throw ``ExitReason/normal``. Any other error, and any trap, is an abnormal end: `terminate` runs for an
/// error (not for a trap: the thread is gone), a crash report is logged, links and monitors fire.
///
/// State need not be `Sendable`: it is made and used inside its process alone. A callback that throws leaves the state as
/// it was at that point; `terminate` and the crash report see it so. It stands in crash reports as it prints: to hide
/// parts of it, conform to `CustomStringConvertible` (OTP's `format_status`) or set ``redaction``.
///
/// A server that holds another one within and forwards to it must forward from `async` callbacks, with `await`.
public protocol GenServer: SendableMetatype {
  /// What can be sent to the server: an enum, so that the compiler sees to it that each message is handled.
  associatedtype Message: Sendable

  /// Handles one message (`handle_call/3`, `handle_cast/2` and `handle_info/2` in one).
  mutating func handle(_ message: Message) async throws

  /// Handles an exit, if the server traps exits, or the end of a process that it monitors (`handle_info/2`). The exit of the
  /// parent, who started the server with `startLink`, never comes here: it ends the server. What is not
  /// handled is logged.
  mutating func handle(_ signal: Signal) async throws

  /// Runs once, right after `start` has returned to the starter and before any message is handled
  /// (`handle_continue/2` after `init/1`).
  mutating func handleContinue() async throws

  /// Runs when no message has come for as long as ``CurrentProcess/timeout(after:)`` said (`handle_info(timeout, …)`).
  mutating func handleTimeout() async throws

  /// Cleans up (`terminate/2`): when a callback has thrown, on ``ProcessRef/stop(reason:timeout:)``, and, if the server traps exits, when its
  /// parent has ended. Not when it is killed, ends by an exit signal that it does not trap, traps, or never started.
  mutating func terminate(_ reason: ExitReason) async

  /// When a supervisor restarts it, unless its child specification says otherwise.
  static var restart: ChildSpec.Restart { get }

  /// How much of its messages and its state stands in crash reports. The node's setting (``Reports/redaction``) may be
  /// stricter.
  static var redaction: ReportRedaction { get }

  // The same once more, without `async`: what a server writes so satisfies both, and is called without a task.

  mutating func handle(_ message: Message) throws
  mutating func handle(_ signal: Signal) throws
  mutating func handleContinue() throws
  mutating func handleTimeout() throws
  mutating func terminate(_ reason: ExitReason)
}

extension GenServer {
  /// Always restarted.
  public static var restart: ChildSpec.Restart { .permanent }
  /// Nothing is left out of reports.
  public static var redaction: ReportRedaction { .none }

  /// Stands for the form that the server does not implement.
  @available(*, unavailable, message: "a GenServer handles its messages in handle(_:)")
  public mutating func handle(_ message: Message) async throws {}

  /// Stands for the form that the server does not implement.
  public mutating func handle(_ message: Message) throws {
    if !Inherited.note(Self.self) { throw ForwardingError(server: Self.self) }
  }

  /// Reports the signal and goes on.
  public mutating func handle(_ signal: Signal) async throws { Inherited.note(Self.self) }
  /// Reports the signal and goes on.
  public mutating func handle(_ signal: Signal) throws { Inherited.note(Self.self) }
  /// Does nothing.
  public mutating func handleContinue() async throws { Inherited.note(Self.self) }
  /// Does nothing.
  public mutating func handleContinue() throws { Inherited.note(Self.self) }
  /// Does nothing.
  public mutating func handleTimeout() async throws { Inherited.note(Self.self) }
  /// Does nothing.
  public mutating func handleTimeout() throws { Inherited.note(Self.self) }
  /// Does nothing.
  public mutating func terminate(_ reason: ExitReason) async { Inherited.note(Self.self) }
  /// Does nothing.
  public mutating func terminate(_ reason: ExitReason) { Inherited.note(Self.self) }
}
