import Harness
import Supervision

extension Benchmark {
  static var rings: [Benchmark] {
    [
      Benchmark("ring_503", 5_000_000, receiving: Done.self) { n, inbox in try await ring(n, 503, inbox) },
      Benchmark("ring_10000", 5_000_000, receiving: Done.self) { n, inbox in try await ring(n, 10_000, inbox) },
      Benchmark("skynet", 1_000_000, receiving: Int.self, skynet),
    ]
  }
}

private enum RingMessage: Sendable {
  case next(ProcessRef<RingMessage>)
  case token(hops: Int)
}

/// A token is passed N times around a ring of processes, built beforehand.
private func ring(_ n: Int, _ size: Int, _ inbox: Mailbox<Done>) async throws -> Metrics {
  let main = inbox.ref
  let last = try spawnLink(receiving: RingMessage.self) { inbox in
    guard case .next(let next) = try await inbox.next() else { throw BenchmarkFailure("an early token") }
    try await passTokens(inbox, to: next, main)
  }
  var nodes = [last]
  for _ in 1..<size {
    let next = nodes[nodes.count - 1]
    nodes.append(try spawnLink(receiving: RingMessage.self) { try await passTokens($0, to: next, main) })
  }
  let first = nodes[nodes.count - 1]
  last.send(.next(first))
  let result = try await rate(n) {
    first.send(.token(hops: n))
    _ = try await inbox.next()
  }
  try await killAll(nodes.map(\.id), inbox)
  return result
}

private func passTokens(
  _ inbox: Mailbox<RingMessage>, to next: ProcessRef<RingMessage>, _ main: ProcessRef<Done>
) async throws {
  while case .token(let hops) = try await inbox.next() {
    if hops == 0 { main.send(.done) } else { next.send(.token(hops: hops - 1)) }
  }
}

/// A ten-way tree of processes with N leaves; each parent sums its children.
private func skynet(_ n: Int, _ inbox: Mailbox<Int>) async throws -> Metrics {
  var leaves = 1
  while leaves * 10 <= n { leaves *= 10 }
  let (size, me) = (leaves, inbox.ref)
  return try await rate(size) {
    spawnSkynet(under: me, 0, size)
    let sum = try await inbox.next()
    try check(sum == size * (size - 1) / 2, "the sum of \(size) leaves is \(sum)")
  }
}

private func spawnSkynet(under parent: ProcessRef<Int>, _ number: Int, _ size: Int) {
  spawn(receiving: Int.self) { inbox in
    if size == 1 { return parent.send(number) }
    let part = size / 10
    for index in 0..<10 { spawnSkynet(under: inbox.ref, number + index * part, part) }
    var sum = 0
    for _ in 0..<10 { sum += try await inbox.next() }
    parent.send(sum)
  }
}
