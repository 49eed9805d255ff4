/// Lines that come as something happens.
package struct ControlStream: Sendable {
  package let lines: AsyncStream<String>
  /// Ends the lines, from wherever.
  package let cancel: @Sendable () -> Void
  /// To be called once, when nobody reads them any more.
  package let end: @Sendable () async -> Void
}
