import Harness
import Supervision

extension Benchmark {
  /// Those with `_1p` use a registry of one partition, those with `_2p` of two (Elixir: one for each scheduler).
  static var registries: [Benchmark] {
    [1, 2].flatMap { partitions in
      [
        registry("registry_cycle", 500_000, partitions) { n, registry, _, inbox in
          try await registryCycle(n, registry)
        },
        registry("registry_lookup_1", 2_000_000, partitions) { n, registry, keys, inbox in
          try await registryLookup(n, 1, registry, keys, inbox)
        },
        registry("registry_lookup_2", 2_000_000, partitions) { n, registry, keys, inbox in
          try await registryLookup(n, 2, registry, keys, inbox)
        },
        registry("registry_via_call", 500_000, partitions) { n, registry, keys, inbox in
          try await registryViaCall(n, registry, keys)
        },
      ]
    }
  }

  /// A benchmark with 10 000 servers under keys of a registry; `keys` are as many of them, by chance.
  private static func registry(
    _ name: String, _ n: Int, _ partitions: Int,
    _ body: @escaping @Sendable (Int, Registry, [Key], Mailbox<Nothing>) async throws -> Metrics
  ) -> Benchmark {
    Benchmark("\(name)_\(partitions)p", n, receiving: Nothing.self) { n, inbox in
      let registry = Registry(partitions: partitions)
      var servers: [ProcessRef<Counter.Message>] = []
      for index in 0..<entries {
        servers.append(try await Counter.start(.via(registry, .user(index))) { Counter() })
      }
      let keys = (0..<entries).map { _ in Key.user(Int.random(in: 0..<entries)) }
      let result = try await body(n, registry, keys, inbox)
      for server in servers { try await server.stop() }
      return result
    }
  }
}

private typealias Registry = ProcessRegistry<Key, Void>

private enum Key: Hashable {
  case user(Int)
  case own(Int)
}

private let entries = 10_000

/// Register, look up and unregister this process.
private func registryCycle(_ n: Int, _ registry: Registry) async throws -> Metrics {
  try await rate(n) {
    for index in 0..<n {
      try registry.register(.own(index))
      try check(registry.lookup(.own(index)) != nil, "the key \(index) is not registered")
      registry.unregister(.own(index))
    }
  }
}

private func registryLookup(
  _ n: Int, _ readers: Int, _ registry: Registry, _ keys: [Key], _ inbox: Mailbox<Nothing>
) async throws -> Metrics {
  let rounds = max(1, n / readers / keys.count)
  return try await rate(rounds * readers * keys.count) {
    try await parallel(readers, inbox) { _ in
      for _ in 0..<rounds {
        for key in keys { try check(registry.lookup(key) != nil, "nobody has the key \(key)") }
      }
    }
  }
}

/// A call to a server by its key.
private func registryViaCall(_ n: Int, _ registry: Registry, _ keys: [Key]) async throws -> Metrics {
  let rounds = max(1, n / keys.count)
  return try await rate(rounds * keys.count) {
    for _ in 0..<rounds {
      for key in keys { _ = try await ProcessName<Counter.Message>.via(registry, key).call { .ping($0) } }
    }
  }
}
