import Testing

@testable import ErlangTerms

@Suite("Values of Swift as terms")
struct CodingTests {
  enum Message: Codable, Equatable {
    case get
    case save(String)
    case move(x: Int, y: Int)
    case setUserName(String?, isAdmin: Bool)
    case nested(Inner)
    case optional(Int?, Int)

    enum Inner: Codable, Equatable { case one, two(Double) }
  }

  static let messages: [(Message, String)] = [
    (.get, "get"), (.save("hola"), #"{save,<<"hola">>}"#), (.move(x: 1, y: -2), "{move,1,-2}"),
    (.setUserName("ana", isAdmin: true), #"{set_user_name,<<"ana">>,true}"#),
    (.setUserName(nil, isAdmin: false), "{set_user_name,nil,false}"), (.nested(.one), "{nested,one}"),
    (.nested(.two(1.5)), "{nested,{two,1.5}}"), (.optional(nil, 5), "{optional,nil,5}"),
    (.optional(4, 5), "{optional,4,5}"),
  ]

  @Test(
    "ETF-15, ETF-17, ETF-18: a case is an atom or a tuple, its labels are dropped, and nil keeps its place",
    arguments: messages.indices)
  func enumerations(index: Int) throws {
    let (message, text) = Self.messages[index]
    let term = try Term(encoding: message)
    #expect(term.description == text)
    let read = try Term(text, syntax: .erlang).decode(Message.self)
    #expect(read == message)
  }

  struct User: Codable, Equatable {
    var userName: String
    var userID: Int
    var nickName: String?
    var tags: [String] = []
    var scores: [String: Double] = [:]
  }

  @Test("ETF-15, ETF-16, ETF-17: a structure is a map of atoms in snake case")
  func structures() throws {
    let user = User(userName: "ana", userID: 7, tags: ["a"], scores: ["x": 1])
    let term = try Term(encoding: user)
    let text = #"#{nick_name => nil,scores => #{<<"x">> => 1.0},tags => [<<"a">>],user_id => 7,user_name => <<"ana">>}"#
    #expect(term.description == text)
    let read = try term.decode(User.self)
    #expect(read == user)
    // As Elixir might have it: keys of text, undefined, an integer for a float, unknown keys, a struct.
    let odd = try Term(
      #"%User{"user_name" => 'ana', user_id: 7, nick_name: :undefined, tags: [:a], scores: %{x: 1}, more: 5}"#,
      syntax: .elixir)
    #expect(try odd.decode(User.self) == user)
    let without = try Term(
      #"#{userName => <<"ana">>,user_id => 7,tags => [<<"a">>],scores => #{<<"x">> => 1}}"#, syntax: .erlang)
    #expect(try without.decode(User.self) == user)
  }

  @Test("ETF-16: names change between the two cases, acronyms included")
  func names() throws {
    let names = TermCoding.Names.snakeCase
    for (swift, atom) in [
      ("userName", "user_name"), ("userID", "user_id"), ("URLPath", "url_path"), ("utf8Text", "utf8_text"),
      ("get", "get"),
      ("aB", "a_b"), ("x", "x"), ("_private", "_private"), ("isHTTPServer", "is_http_server"),
    ] {
      #expect(names.atom(for: swift) == atom)
      #expect(names.candidates(for: atom).contains(swift), "\(atom): \(names.candidates(for: atom))")
    }
    #expect(TermCoding.Names.asWritten.atom(for: "userName") == "userName")
    #expect(names.candidates(for: String(repeating: "a_", count: 10_000)).count <= 20)

    enum Event: Codable, Equatable { case userID(Int), httpURL, already_snake }
    for (event, atom) in [(Event.userID(5), "{user_id,5}"), (.httpURL, "http_url"), (.already_snake, "already_snake")] {
      let term = try Term(encoding: event)
      #expect(term.description == atom)
      #expect(try term.decode(Event.self) == event)
    }
    var coding = TermCoding()
    coding.names = .asWritten
    #expect(
      try Term(encoding: Message.setUserName("a", isAdmin: true), coding).description == #"{setUserName,<<"a">>,true}"#)
  }

  private static func same<Value: Codable & Equatable>(_ value: Value, _ text: String) throws {
    let term = try Term(encoding: value)
    #expect(term.description == text)
    let read = try Term(text, syntax: .erlang).decode(Value.self)
    #expect(read == value, "\(text)")
  }

  @Test("ETF-15: values of the standard library have the terms of the table")
  func scalars() throws {
    try Self.same(true, "true")
    try Self.same(5 as UInt8, "5")
    try Self.same(UInt64.max, "18446744073709551615")
    try Self.same(Int128.min, "-170141183460469231731687303715884105728")
    try Self.same(1.5 as Float, "1.5")
    try Self.same("hol\u{e1}", "<<\"hol\u{e1}\"/utf8>>")
    try Self.same(Atom("ok"), "ok")
    try Self.same([1, 2, 3], "[1,2,3]")
    try Self.same([] as [Int], "[]")
    try Self.same([1, 2, 3] as [UInt8], "<<1,2,3>>")
    try Self.same([] as [UInt8], "<<>>")
    try Self.same([[1], []] as [[UInt8]], "[<<1>>,<<>>]")
    try Self.same([1: "a"], "#{1 => <<\"a\">>}")
    try Self.same(["k": [1]], "#{<<\"k\">> => [1]}")
    try Self.same([Atom("k"): true], "#{k => true}")
    try Self.same(Set([1]), "[1]")
    try Self.same(nil as Int?, "nil")
    try Self.same(5 as Int?, "5")
    try Self.same([1, nil] as [Int?], "[1,nil]")
    try Self.same(Term.tuple([1, .atom("x")]), "{1,x}")
    try Self.same([Term.list([1], tail: 2)], "[[1|2]]")
    let pid = Term.Pid(node: "a@b", id: 1, serial: 0, creation: 2)
    let term = try Term(encoding: ["pid": pid])
    #expect(term == ["pid": .pid(pid)])
    #expect(try term.decode([String: Term.Pid].self) == ["pid": pid])
    var coding = TermCoding()
    coding.dictionariesHaveAtomKeys = true
    #expect(try Term(encoding: ["k": 1], coding).description == "#{k => 1}")
    #expect(try Term("\"hola\"", syntax: .erlang).decode(String.self) == "hola")
    #expect(try Term("5", syntax: .erlang).decode(Double.self) == 5)
  }

  enum Colour: String, AtomCodable { case red, lightBlue }
  enum Plain: String, Codable { case red }

  struct Point: ErlangRecord, Equatable {
    static var recordName: Atom { "point" }
    var x: Int
    var label: String?
    var y: Int
  }

  struct Account: ElixirStruct, Equatable {
    static var moduleName: Atom { "Elixir.Bank.Account" }
    var balance: Int
  }

  struct Seconds: Codable, TermConvertible, Equatable {
    var count: Int
    init(count: Int) { self.count = count }
    init(term: Term) throws {
      guard case .tuple(let parts) = term, parts.count == 2, let count = parts[1].int else {
        throw TermError(.malformed, at: 0, "no seconds")
      }
      self.count = count
    }
    var term: Term { .tuple([.atom("seconds"), .integer(count)]) }
  }

  /// Whose record is read by its superclass.
  final class Labelled: Base, ErlangRecord {
    static var recordName: Atom { "labelled" }
    required init(from decoder: any Decoder) throws {
      let parts = try decoder.container(keyedBy: Key.self)
      try super.init(from: parts.superDecoder())
    }
  }

  class Base: Codable {
    enum Key: CodingKey { case number, text }
    let (number, text): (Int, String)
    required init(from decoder: any Decoder) throws {
      let parts = try decoder.container(keyedBy: Key.self)
      number = try parts.decode(Int.self, forKey: .number)
      text = try parts.decode(String.self, forKey: .text)
    }
    func encode(to encoder: any Encoder) throws {}
  }

  @Test("ETF-15: a superclass reads the record of its class")
  func superclass() throws {
    let labelled = try Term.tuple([.atom("labelled"), 7, "seven"]).decode(Labelled.self)
    #expect(labelled.number == 7 && labelled.text == "seven")
  }

  @Test("ETF-15: types choose other shapes")
  func shapes() throws {
    try Self.same(Colour.lightBlue, "lightBlue")
    try Self.same(Plain.red, "<<\"red\">>")
    #expect(try Term.atom("red").decode(Plain.self) == .red)
    #expect(try Term.string("red").decode(Colour.self) == .red)
    try Self.same(Point(x: 1, label: nil, y: 2), "{point,1,nil,2}")
    try Self.same([Point(x: 1, label: "a", y: 2)], "[{point,1,<<\"a\">>,2}]")
    try Self.same(Account(balance: 5), "#{'__struct__' => 'Elixir.Bank.Account',balance => 5}")
    try Self.same(["t": Seconds(count: 5)], "#{<<\"t\">> => {seconds,5}}")
  }

  /// As the distribution's reply handle will be: it is found beside the message.
  struct Reply: CarriedBeside, Equatable {
    static let key = CodingUserInfoKey(rawValue: "caller")
    var caller: String
    init(caller: String) { self.caller = caller }
    init(from decoder: any Decoder) throws {
      caller = Self.key.flatMap { decoder.userInfo[$0] as? String } ?? "nobody"
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(caller)
    }
  }

  enum Request: Codable, Equatable {
    case get(Reply)
    case deposit(Int, Reply)
    case between(Int, reply: Reply, Int?)
    case cast(Int)
  }

  @Test("ETF-20: what is carried beside a message takes no place in it")
  func beside() throws {
    var coding = TermCoding()
    coding.userInfo[try #require(Reply.key)] = "ana"
    let reply = Reply(caller: "ana")
    for (request, text) in [
      (.get(reply), "get"), (.deposit(10, reply), "{deposit,10}"), (.between(1, reply: reply, nil), "{between,1,nil}"),
      (.cast(1), "{cast,1}"),
    ] as [(Request, String)] {
      let term = try Term(encoding: request, coding)
      #expect(term.description == text)
      #expect(try term.decode(Request.self, coding) == request)
    }
  }
}
