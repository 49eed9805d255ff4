@_spi(Runtime) import ProcessRuntime

/// A server that is suspended, or whose events somebody wants to see.
extension ServerProcess {
  /// The next envelope that is handled at present.
  func nextWatched() -> UnsafeMutablePointer<EnvelopeHeader>? {
    guard let system, system.isSuspended else { return nextEnvelope() }
    return nextEnvelope(after: &system.seen) { [unowned self] in isHandledWhileSuspended($0) }
  }

  /// System messages, and the parent's exit; all else waits (rule SYS-4).
  private func isHandledWhileSuspended(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> Bool {
    switch envelope.pointee.kind {
    // What comes from another node has become one of the others before it is looked at.
    case .message, .foreign: false
    case .signal: orderToEnd(Envelope<Signal>.peek(envelope) { $0 }) != nil
    case .system:
      switch Envelope<SystemMessage>.peek(envelope, { $0 }) {
      case .stop: true
      case .idle: false
      case .request(let request): (request as? any ServerRequest)?.isSystemMessage ?? true
      }
    }
  }

  /// Before something is handled.
  ///
  /// Answers with who waits for a reply to it.
  @discardableResult
  func noteReceived(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String? {
    guard let system else { return nil }
    system.counts?.messagesIn += 1
    guard envelope.pointee.call != nil || system.wantsEvents else { return nil }
    let client = currentClient ?? (envelope.pointee.call == nil ? nil : "outside of processes")
    if system.wantsEvents {
      let text = redaction == .none ? currentMessageText : currentMessageName
      system.note(SystemEvent(process: id, name: name, kind: .received(text ?? "", client: client)))
    }
    return client
  }

  /// After it.
  func noteHandled(_ envelope: UnsafeMutablePointer<EnvelopeHeader>, _ client: String?) {
    guard let system, !isDead else { return }
    let replied = client.flatMap { envelope.pointee.call?.isWaiting == false ? $0 : nil }
    if replied != nil { system.counts?.messagesOut += 1 }
    guard system.wantsEvents else { return }
    let state = stateText(redaction) ?? ""
    system.note(
      SystemEvent(
        process: id, name: name,
        kind: replied.map { .replied(client: $0, state: state) } ?? .handled(state: state)))
  }
}

/// What system operations want to know of a server whose type they do not.
protocol SystemServer: ServerCell {
  var parent: ProcessID? { get }
  /// A copy of the state, which prints when it is asked to.
  func makeStatusTexts(_ redaction: ReportRedaction) -> () -> (state: String, details: [ReportDetail])
  /// False if it is of another type than the server's.
  func replaceState(with new: Any) -> Bool
}

extension ServerProcess: SystemServer {
  func replaceState(with new: Any) -> Bool {
    guard hasState, !isDead, let new = new as? Server else { return false }
    setState(new)
    return true
  }

  func makeStatusTexts(_ redaction: ReportRedaction) -> () -> (state: String, details: [ReportDetail]) {
    guard hasState else { return { ("", []) } }
    let state = state.pointee
    let kind = kindName
    return {
      (
        redaction == .none ? ReportText.describing(state) : kind,
        (state as? any BehaviourServer)?.details(redaction) ?? []
      )
    }
  }
}
