#if GRDB
  import Metrics

  /// What this program counts by itself, beside what Hummingbird and the telemetry of the tree do.
  enum FootballMetrics {
    static let followers = Meter(label: "football_followers")

    static func count(_ kind: MatchEvent.Kind, _ verdict: MatchState.Verdict) {
      Counter(label: "football_events_total", dimensions: [("event", kind.rawValue), ("verdict", verdict.rawValue)])
        .increment()
    }

    /// Counts how the feed has answered.
    static func poll<Result>(_ ask: () async throws -> Result) async throws -> Result {
      do {
        let result = try await ask()
        Counter(label: "football_feed_polls_total", dimensions: [("result", "item")]).increment()
        return result
      } catch {
        Counter(label: "football_feed_polls_total", dimensions: [("result", "failure")]).increment()
        throw error
      }
    }

    /// Measures one request to the database.
    static func storeDuration<Result>(_ ask: () async throws -> Result) async throws -> Result {
      let began = ContinuousClock.now
      defer { Timer(label: "football_store_duration").record(duration: ContinuousClock.now - began) }
      return try await ask()
    }
  }
#endif
