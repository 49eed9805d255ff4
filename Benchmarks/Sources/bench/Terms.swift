import ErlangTerms
import Harness
import Supervision

extension Benchmark {
  static var terms: [Benchmark] {
    [
      Benchmark("term_encode_message", 1_000_000, receiving: Nothing.self) { n, _ in try await encode(n, message) },
      Benchmark("term_decode_message", 1_000_000, receiving: Nothing.self) { n, _ in try await decode(n, message) },
      Benchmark("term_encode_table", 1_000, receiving: Nothing.self) { n, _ in try await encode(n, table) },
      Benchmark("term_decode_table", 1_000, receiving: Nothing.self) { n, _ in try await decode(n, table) },
    ]
  }

  /// `Codable` to terms and back: nothing on the BEAM is like it.
  static var coding: [Benchmark] {
    [
      Benchmark("coding_encode", 500_000, receiving: Nothing.self) { n, _ in
        try await rate(n) { for _ in 0..<n { try check(try Term(encoding: request) == requestTerm, "another term") } }
      },
      Benchmark("coding_decode", 500_000, receiving: Nothing.self) { n, _ in
        try await rate(n) {
          for _ in 0..<n { try check(try requestTerm.decode(Request.self) == request, "another value") }
        }
      },
    ]
  }
}

/// A call as it stands in a frame: `{'$gen_call', {Pid, [alias | Ref]}, {save, <<"hola">>, 42}}`.
private let message = Term.tuple([
  .atom("$gen_call"),
  .tuple([
    .pid(Term.Pid(node: "bench@localhost", id: 113, serial: 0, creation: 1_700_000_000)),
    .list(
      [.atom("alias")],
      tail: .reference(Term.Reference(node: "bench@localhost", creation: 1_700_000_000, words: [1, 2, 3]))),
  ]),
  .tuple([.atom("save"), "hola", 42]),
])

/// A thousand rows of `{I, <<"name">>, Float, #{status => ok, tags => [a, b]}}`.
private let table = Term.list(
  (1...1_000).map { index in
    .tuple([
      .integer(index), .string("name-\(index)"), .float(Double(index) * 1.5),
      [.atom("status"): .atom("ok"), .atom("tags"): [.atom("a"), .atom("b")]],
    ])
  })

private enum Request: Codable, Equatable {
  case save(String, count: Int)
}

private let request = Request.save("hola", count: 42)
private let requestTerm = Term.tuple([.atom("save"), "hola", 42])

/// One operation is one term, written to bytes.
private func encode(_ n: Int, _ term: Term) async throws -> Metrics {
  let encoder = TermEncoder()
  let count = try encoder.encode(term).count
  return try await rate(n) {
    for _ in 0..<n { try check(try encoder.encode(term).count == count, "another number of bytes") }
  }
}

/// One operation is one term, read from bytes.
private func decode(_ n: Int, _ term: Term) async throws -> Metrics {
  let bytes = try TermEncoder().encode(term)
  let decoder = TermDecoder()
  return try await rate(n) {
    for _ in 0..<n { _ = try decoder.decode(bytes) }
  }
}
