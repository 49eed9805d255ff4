#if GRDB
  import Supervision

  /// All matches: finds the process of one, and says what is known of one that has none.
  enum Matches {
    enum Failure: Error, Hashable, Sendable {
      case unknown(Identifier)
      /// The match of that id is one of other teams.
      case idIsTaken(Identifier)
      case isRestarting(Identifier)
    }

    static let registry = ProcessRegistry<Identifier, Void>()
    static let supervisor = DynamicSupervisor.named("matches")

    /// How long an event waits for a match that is being restarted.
    private static let patience = Duration.seconds(5)

    static func name(_ id: Identifier) -> ProcessName<Match.Message> { .via(registry, id) }

    /// Starts the process of a match that is in the store; nothing if it runs.
    static func start(_ fixture: Fixture) async throws {
      let match = ChildSpec(name(fixture.id)) { Match(fixture) }
        .backoff(.exponential(from: .milliseconds(5), to: .seconds(1)))
        .budget(.restarts(20, within: .seconds(10), retryAfter: .seconds(5)))
      do {
        try await supervisor.startChild(match)
      } catch let error where error.existingProcess != nil {
        return
      }
    }

    /// Enters a match and starts it; once more changes nothing.
    ///
    /// - Returns: whether it is new.
    static func create(_ fixture: Fixture) async throws -> Bool {
      switch try await Store.ask({ .create(fixture, $0) }) {
      case .created:
        try await start(fixture)
        return true
      case .existed:
        // Whoever created it may have ended before it was started.
        try await start(fixture)
        return false
      case .taken:
        throw Failure.idIsTaken(fixture.id)
      }
    }

    /// A match as it stands: from its process, or, while there is none, from the store.
    static func state(of id: Identifier) async throws -> MatchState {
      do {
        return try await name(id).call { .state($0) }
      } catch {
        return try await stored(id)
      }
    }

    /// Enters an event; a second time it does not count.
    ///
    /// A match that ends before it has answered is asked again when it is back, for the event counts once in any case. Not so
    /// after a trap: then it may be just this event that it cannot take. Nor when it has ended well, for then it does not come
    /// back. The answer may be `repeated` then.
    static func record(_ event: MatchEvent, in id: Identifier) async throws -> Match.Receipt {
      let name = name(id)
      if name.whereis == nil, let receipt = try await receipt(for: event, ifOver: id) { return receipt }
      let result: Result<Match.Receipt, MatchState.Refusal>
      do {
        result = try await name.call(
          timeout: patience, retrying: .atLeastOnce { $0 == .normal || $0.fault != nil }
        ) { .record(event, $0) }
      } catch {
        if let receipt = try await receipt(for: event, ifOver: id) { return receipt }
        throw Failure.isRestarting(id)
      }
      return try result.get()
    }

    /// Of a match that has ended well: nothing can happen in it any more, but for what has happened before.
    private static func receipt(for event: MatchEvent, ifOver id: Identifier) async throws -> Match.Receipt? {
      var state = try await stored(id)
      guard state.isOver else { return nil }
      return Match.Receipt(verdict: try state.apply(event), match: state.summary)
    }

    private static func stored(_ id: Identifier) async throws -> MatchState {
      guard let state = try await Store.ask({ .match(id, $0) }) else {
        throw Failure.unknown(id)
      }
      return state
    }
  }

  extension Matches.Failure: CustomStringConvertible {
    var description: String {
      switch self {
      case .unknown(let id): "there is no match \(id); GET /matches lists them"
      case .idIsTaken(let id): "match \(id) is one of other teams; give this one another id"
      case .isRestarting(let id): "match \(id) is being restarted; repeat the event with the same id, it counts once"
      }
    }
  }
#endif
