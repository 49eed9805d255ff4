import Testing

@testable import ErlangTerms
@testable import TermFuzz

/// Against a real Erlang: one `escript` for all, over thousands of random terms.
@Suite("Terms beside Erlang's own", .enabled(if: Script.terms.canRun), .timeLimit(.minutes(5)))
struct ErlangTests {
  /// What Erlang said, once for all tests.
  private static let conversation = Result { try Conversation() }

  private struct Conversation {
    var terms: [Term] = []
    var written: [[UInt8]] = []
    var texts: [(pretty: String, plain: String)] = []
    var order: [Int] = []
    var isSameAsNext: [Bool] = []
    /// Erlang's own terms, and the same compressed.
    var own: [(plain: [UInt8], compressed: [UInt8])] = []

    init() throws {
      for seed in 0..<4_000 as Range<UInt64> {
        var generator = TermGenerator(seed: seed, isTextOnly: seed % 2 == 0)
        generator.hasASCIIText = seed % 2 == 0
        terms.append(generator.term())
      }
      // Erlang orders by what is equal in value; its own sort decides by the index then.
      let said = try Script.terms.run(try terms.map { try TermEncoder().encode($0) })
      let count = terms.count
      for index in 0..<count {
        written.append(said[3 * index])
        texts.append(
          (String(decoding: said[3 * index + 1], as: UTF8.self), String(decoding: said[3 * index + 2], as: UTF8.self)))
      }
      order = try TermDecoder().decode(said[3 * count]).list?.compactMap(\.int) ?? []
      let same = try TermDecoder().decode(said[3 * count + 1])
      isSameAsNext = (same.list ?? []).compactMap(\.int).map { $0 == 1 }
      for index in stride(from: 3 * count + 2, to: said.count - 1, by: 2) {
        own.append((said[index], said[index + 1]))
      }
    }
  }

  @Test("ETF-3: what Erlang reads of our bytes and writes again is the same term")
  func roundTrip() throws {
    let conversation = try Self.conversation.get()
    for (term, bytes) in zip(conversation.terms, conversation.written) {
      let read = try TermDecoder().decode(bytes)
      #expect(read == term)
    }
  }

  @Test("ETF-2: our bytes are those of Erlang, but for the order in maps")
  func sameBytes() throws {
    let conversation = try Self.conversation.get()
    var count = 0
    for (term, bytes) in zip(conversation.terms, conversation.written) where !term.hasMap() {
      let ours = try TermEncoder().encode(term)
      #expect(ours == bytes, "\(term)")
      count += 1
    }
    #expect(count > 2_000)
  }

  @Test("ETF-8: the order of thousands of terms is Erlang's")
  func order() throws {
    let conversation = try Self.conversation.get()
    let sorted = conversation.order.map { conversation.terms[$0] }
    #expect(sorted.count == conversation.terms.count)
    for (index, (a, b)) in zip(sorted, sorted.dropFirst()).enumerated() {
      let isSame = conversation.isSameAsNext[index]
      #expect(Term.compare(a, b) == (isSame ? .same : .ascending), "\(a) and \(b)")
      #expect(Term.compare(b, a) == (isSame ? .same : .descending), "\(b) and \(a)")
    }
  }

  @Test("ETF-11: terms print as io_lib:format prints them")
  func texts() throws {
    let conversation = try Self.conversation.get()
    var count = 0
    var different: [(ours: String, theirs: String)] = []
    var misread: [String] = []
    for (index, term) in conversation.terms.enumerated() where index % 2 == 0 {
      let text = conversation.texts[index]
      // In the names of functions Erlang leaves out quotes that its own parser needs.
      if term.description.contains("fun ") { continue }
      count += 1
      if term.description != text.pretty { different.append((term.description, text.pretty)) }
      if (try? Term(text.plain, syntax: .erlang)) != term { misread.append(text.plain) }
    }
    #expect(count > 1_200)
    let shortest = different.min { $0.ours.count < $1.ours.count }
    #expect(shortest == nil, "\(different.count) of \(count) differ")
    #expect(misread.min { $0.count < $1.count } == nil, "\(misread.count) of \(count) are not read back")
  }

  @Test("ETF-1, ETF-2: pids, references, ports, closures and exports of Erlang's own pass through unchanged")
  func ownTerms() throws {
    let conversation = try Self.conversation.get()
    #expect(conversation.own.count > 15)
    var decoder = TermDecoder()
    for (bytes, _) in conversation.own {
      let term = try decoder.decode(bytes)
      let ours = try TermEncoder().encode(term)
      if term.hasMap() {
        let again = try decoder.decode(ours)
        #expect(again == term)
      } else {
        #expect(ours == bytes, "\(term.description.prefix(200))")
      }
    }
    decoder.acceptsCompressed = true
    var inflated = 0
    for (bytes, compressed) in conversation.own {
      let plain = try decoder.decode(bytes)
      let term = try decoder.decode(compressed)
      #expect(term == plain)
      if compressed[1] == FormatTag.compressed { inflated += 1 }
    }
    #expect(inflated > 5)
  }
}

@Suite("Terms beside Elixir's", .enabled(if: Script.inspect.canRun), .timeLimit(.minutes(5)))
struct ElixirTests {
  @Test("ETF-12, ETF-13: terms print as inspect/1 prints them, and its text is read back")
  func texts() throws {
    var terms: [Term] = []
    for seed in 10_000..<12_000 as Range<UInt64> {
      var generator = TermGenerator(seed: seed, isTextOnly: true)
      generator.hasASCIIText = true
      terms.append(generator.term())
    }
    let texts = try Script.inspect.run(try terms.map { try TermEncoder().encode($0) })
    #expect(texts.count == terms.count)
    var different: [(ours: String, theirs: String)] = []
    var misread: [String] = []
    // Elixir prints `undefined` in a function's name as `nil`, and large maps in no order.
    for (term, bytes) in zip(terms, texts) where !term.hasUndefinedFunction && !term.hasMap(ofMoreThan: 32) {
      let text = String(decoding: bytes, as: UTF8.self)
      var printer = ElixirPrinter()
      printer.showsCharlists = false
      printer.print(term)
      if printer.text != text { different.append((printer.text, text)) }
      if (try? Term(text, syntax: .elixir)) != term { misread.append(text) }
    }
    let shortest = different.min { $0.ours.count < $1.ours.count }
    #expect(shortest == nil, "\(different.count) of \(terms.count) differ")
    #expect(misread.min { $0.count < $1.count } == nil, "\(misread.count) of \(terms.count) are not read back")
  }
}

extension Term {
  fileprivate var hasUndefinedFunction: Bool {
    description.contains("fun undefined:") || description.contains(":undefined/")
  }

  /// Whether there is a map of more keys than these in it.
  ///
  /// With more than one, the order of bytes is not ours.
  func hasMap(ofMoreThan count: Int = 1) -> Bool {
    switch self {
    case .map(let map):
      map.count > count || map.contains { $0.key.hasMap(ofMoreThan: count) || $0.value.hasMap(ofMoreThan: count) }
    case .list(let elements), .tuple(let elements): elements.contains { $0.hasMap(ofMoreThan: count) }
    case .improperList(let elements, let tail): Term.list(elements + [tail]).hasMap(ofMoreThan: count)
    case .function(let function): Term.list(function.freeVariables).hasMap(ofMoreThan: count)
    default: false
    }
  }
}
