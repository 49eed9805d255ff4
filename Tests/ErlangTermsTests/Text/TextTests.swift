import Testing

@testable import ErlangTerms
@testable import TermFuzz

@Suite("Terms as text")
struct TextTests {
  /// The same term in both languages, as it is printed.
  private static let same: [(erlang: String, elixir: String)] = [
    (#"{save,<<"hola">>}"#, #"{:save, "hola"}"#),
    (#"[1,2.5,-3]"#, #"[1, 2.5, -3]"#),
    (#""hola""#, #"~c"hola""#),
    (#"[]"#, #"[]"#),
    (#"[a|b]"#, #"[:a | :b]"#),
    (#"[{a,1},{b,[]}]"#, #"[a: 1, b: []]"#),
    (#"#{a => 1,b => nil}"#, #"%{a: 1, b: nil}"#),
    (#"#{1 => a,<<"k">> => true}"#, #"%{1 => :a, "k" => true}"#),
    (#"#{'__struct__' => 'Elixir.User',name => <<"ana">>}"#, #"%User{name: "ana"}"#),
    (#"'Elixir.My.Mod'"#, #"My.Mod"#),
    (#"'two words'"#, #":"two words""#),
    (#"'don\'t'"#, #":"don't""#),
    (#"<<1,2,255>>"#, #"<<1, 2, 255>>"#),
    (#"<<5:3>>"#, #"<<5::size(3)>>"#),
    (#"<<1,2,3:2>>"#, #"<<1, 2, 3::size(2)>>"#),
    (#"<<"a\"b\\\n">>"#, #""a\"b\\\n""#),
    (##"<<"#{x}">>"##, ##""\#{x}""##),
    (#"<<"日本"/utf8>>"#, #""日本""#),
    (#"fun lists:map/2"#, #"&:lists.map/2"#),
    (#"fun 'Elixir.Enum':map/2"#, #"&Enum.map/2"#),
    (#"{}"#, #"{}"#),
    (#"123456789012345678901234567890"#, #"123456789012345678901234567890"#),
    (#"1.0e22"#, #"1.0e22"#),
    (#"'when'"#, #":when"#),
    (#"''"#, #":"""#),
  ]

  @Test("ETF-11, ETF-12, ETF-13: a term prints in both syntaxes, and both are read", arguments: same.indices)
  func both(index: Int) throws {
    let (erlang, elixir) = Self.same[index]
    let term = try Term(erlang, syntax: .erlang)
    #expect(term.description == erlang)
    #expect(term.text(in: .elixir) == elixir)
    let read = try Term(elixir, syntax: .elixir)
    #expect(read == term)
  }

  @Test("ETF-11, ETF-12: what has no text that can be read is printed so that one sees what it is")
  func opaque() {
    let pid = Term.pid(Term.Pid(node: "a@b", id: 113, serial: 0, creation: 5))
    #expect(pid.description == "<a@b.113.0>")
    #expect(pid.text(in: .elixir) == "#PID<a@b.113.0>")
    #expect(Term.reference(Term.Reference(node: "a@b", creation: 5, words: [1, 2])).description == "#Ref<a@b.2.1>")
    #expect(Term.port(Term.Port(node: "a@b", id: 6, creation: 5)).text(in: .elixir) == "#Port<a@b.6>")
    for text in ["<a@b.113.0>", "#Ref<a@b.2.1>", "{#Port<a@b.6>}"] {
      let error = #expect(throws: TermError.self) { try Term(text, syntax: .erlang) }
      #expect(error?.problem == .unsupported)
    }
  }

  /// Other ways to write a term.
  private static let variants: [(text: String, syntax: TermSyntax, term: Term)] = [
    ("  % comment\n {ok , 16#ff , $a , \"a\" \"b\"} . ", .erlang, .tuple([.atom("ok"), 255, 97, [97, 98]])),
    ("1_000_000", .erlang, 1_000_000), ("+5", .erlang, 5), ("$\\n", .erlang, 10), ("$\\^A", .erlang, 1),
    ("\"\\x41\\x{42}\\103\"", .erlang, .charlist("ABC")), ("-36#ZZ", .erlang, -1295), ("1.5E-3", .erlang, 0.0015),
    ("<<1:16, -1:4, \"ab\">>", .erlang, .bitstring(Bitstring([0, 1, 0xf6, 0x16, 0x20], bitsInLastByte: 4)!)),
    ("\u{e9}t\u{e9}", .erlang, .atom("\u{e9}t\u{e9}")),
    ("# c\n{:ok, 0xFF, 0b11, 0o17, ?a, ?\\n}", .elixir, .tuple([.atom("ok"), 255, 3, 15, 97, 10])),
    ("'abc'", .elixir, .charlist("abc")), ("[1, a: 2]", .elixir, .list([1, .tuple([.atom("a"), 2])])),
    ("{:x, a: 1, b: 2}", .elixir, .tuple([.atom("x"), .list([.tuple([.atom("a"), 1]), .tuple([.atom("b"), 2])])])),
    (
      "[\"a b\": 1, +: 2, ok?: 3]", .elixir,
      .list([.tuple([.atom("a b"), 1]), .tuple([.atom("+"), 2]), .tuple([.atom("ok?"), 3])])
    ),
    ("%{\"a\" => 1, b: 2,}", .elixir, ["a": 1, .atom("b"): 2]),
    ("\"\\u00e9\\x41\\u{1F600}\"", .elixir, "\u{e9}A\u{1F600}"),
    ("<<1::4, 2::size(4), \"x\">>", .elixir, .binary([0x12, 120])),
    ("&:erlang.+/2", .elixir, .export(Term.Export(module: "erlang", function: "+", arity: 2))),
    ("[1 | [2]]", .elixir, [1, 2]), (":'quoted atom'", .elixir, .atom("quoted atom")),
    (":<<>>", .elixir, .atom("<<>>")),
  ]

  @Test("ETF-13: the many ways to write a term are read", arguments: variants.indices)
  func variant(index: Int) throws {
    let (text, syntax, term) = Self.variants[index]
    let read = try Term(text, syntax: syntax)
    #expect(read == term)
  }

  @Test(
    "ETF-14: a text that is no term throws, and says where",
    arguments: [
      ("", 0), ("{ok", 3), ("{ok,", 4), ("{ok 1}", 4), ("Variable", 0), ("1 + 1", 2), ("[1|2|3]", 4), ("\"open", 1),
      ("'open", 1),
      ("#{a => 1, a => 2}", 0), ("#{a}", 3), ("<<1:0>>", 4), ("<<1:65>>", 4), ("fun m:f/256", 8), ("\"\\x{d800}\"", 2),
      ("37#1", 2), ("1.5e999", 0),
      ("\u{0}", 0), ("fun m", 5),
    ])
  func badErlang(text: String, offset: Int) {
    let error = #expect(throws: TermError.self) { try Term(text, syntax: .erlang) }
    #expect(error?.offset == offset, "\(String(describing: error))")
  }

  @Test(
    "ETF-14: a text that is no term of Elixir throws, and says where",
    arguments: [
      ("", 0), ("{:ok", 4), ("word", 0), ("1 + 1", 2), ("\"a#{x}\"", 2), ("%{a: 1, a: 2}", 1), ("%{1, 2}", 3),
      ("&&&&&&&", 1), ("[a: 1, 2]", 7), (":", 1),
      ("~r/x/", 0), ("&m.f/1", 1), ("[a:1]", 1),
    ])
  func badElixir(text: String, offset: Int) {
    let error = #expect(throws: TermError.self) { try Term(text, syntax: .elixir) }
    #expect(error?.offset == offset, "\(String(describing: error))")
  }

  @Test(
    "ETF-5: a text of many levels throws and does not overflow the stack",
    arguments: ["{", "[", "#{", "[[1|", "%{", "{&"])
  func deep(open: String) {
    let text = String(repeating: open, count: 500_000)
    for syntax in [TermSyntax.erlang, .elixir] {
      #expect(throws: TermError.self) { try Term(text, syntax: syntax) }
    }
  }

  @Test("ETF-13: random terms are the same after being printed and read", arguments: 0..<200 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var generator = TermGenerator(seed: seed, isTextOnly: true)
    for _ in 0..<10 {
      let term = generator.term()
      for syntax in [TermSyntax.erlang, .elixir] {
        let text = term.text(in: syntax)
        let read = try Term(text, syntax: syntax)
        #expect(read == term, "seed \(seed), \(text)")
      }
    }
  }

  @Test("ETF-14: mutated text throws, or is a term", arguments: 0..<50 as Range<UInt64>)
  func mutated(seed: UInt64) {
    var generator = TermGenerator(seed: seed, isTextOnly: true)
    for syntax in [TermSyntax.erlang, .elixir] {
      var scalars = Array(generator.term().text(in: syntax).unicodeScalars.prefix(300))
      for _ in 0..<40 where scalars.count > 1 {
        let index = Int.random(in: 0..<scalars.count, using: &generator.random)
        let other = Int.random(in: 0..<scalars.count, using: &generator.random)
        if generator.chance(2) { scalars.swapAt(index, other) } else { scalars.remove(at: index) }
        if let term = try? Term(String(text: scalars), syntax: syntax) {
          let again = try? Term(term.text(in: syntax), syntax: syntax)
          #expect(again == term, "seed \(seed)")
        }
      }
    }
  }
}
