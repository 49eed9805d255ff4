import ErlangTerms

/// Random numbers of a seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

/// Random terms of a seed: every kind, with a taste for boundaries.
struct TermGenerator {
  var random: SplitMix
  /// Whether pids, ports, references and closures are left out, which have no text that could be read back.
  var isTextOnly = false
  /// Whether texts are of ASCII only, or of bytes that nobody takes for characters.
  ///
  /// What else is printed as text, and which atoms have quotes, is for each language to say.
  var hasASCIIText = false
  private var left = 0

  init(seed: UInt64, isTextOnly: Bool = false) {
    random = SplitMix(state: seed)
    self.isTextOnly = isTextOnly
  }

  /// A term of at most some hundred terms.
  mutating func term() -> Term {
    left = Int.random(in: 1...60, using: &random)
    return term(0)
  }

  private mutating func term(_ depth: Int) -> Term {
    left -= 1
    if left > 0, depth < 6, chance(2) { return container(depth + 1) }
    switch Int.random(in: 0..<(isTextOnly ? 7 : 10), using: &random) {
    case 0, 1: return .atom(atom())
    case 2: return .integer(integer())
    case 3: return big()
    case 4: return .float(float())
    case 5: return .binary(bytes())
    case 6: return chance(2) ? bitstring() : export()
    case 7: return .pid(pid())
    case 8:
      let id = chance(2) ? UInt64(UInt32.random(in: 0...9, using: &random)) : random.next()
      return .port(Term.Port(node: node(), id: id, creation: word()))
    default:
      let words = (0..<Int.random(in: 1...5, using: &random)).map { _ in word() }
      return .reference(Term.Reference(node: node(), creation: word(), words: words))
    }
  }

  private mutating func container(_ depth: Int) -> Term {
    switch Int.random(in: 0..<(isTextOnly ? 6 : 7), using: &random) {
    case 0, 1: return .tuple(terms(depth))
    case 2, 3: return .list(terms(depth))
    case 4:
      return .list([term(depth)] + terms(depth), tail: term(depth))
    case 5:
      let pairs = terms(depth).map { ($0, term(depth)) }
      return .map(Dictionary(pairs) { first, _ in first })
    default:
      return .function(
        Term.Function(
          module: atom(), arity: UInt8.random(in: 0...250, using: &random),
          digest: (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }, index: word() >> 1,
          oldIndex: Int(Int32(truncatingIfNeeded: word()) & 0xffff), oldDigest: Int(word() >> 5), creator: pid(),
          freeVariables: Array(terms(depth).prefix(5))))
    }
  }

  private mutating func terms(_ depth: Int) -> [Term] {
    let count = chance(40) ? Int.random(in: 250...300, using: &random) : Int.random(in: 0...5, using: &random)
    if count > 5 { return (0..<count).map { .integer($0 & 0xff) } }
    return (0..<count).map { _ in term(depth) }
  }

  // MARK: Simple terms

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func word() -> UInt32 {
    chance(2) ? UInt32.random(in: 0...3, using: &random) : UInt32(truncatingIfNeeded: random.next())
  }

  private mutating func atom() -> Atom {
    while true {
      let atom = anyAtom()
      if !hasASCIIText || atom.name.utf8.allSatisfy({ $0 < 128 }) { return atom }
    }
  }

  private mutating func anyAtom() -> Atom {
    let known: [Atom] = [
      "ok", "error", "nil", "true", "false", "undefined", "", "a b", "Elixir.Enum", "Elixir.My.Mod", "Elixir.lower",
      "foo@bar", "don't", "\u{e9}t\u{e9}", "日本", "when", "fun", "Upper", "_under", "a?", "b!", "a-b", "+", "\n",
      "\u{7f}",
      "back\\slash", "e\u{301}", "\u{1b}", "\u{80}", "a\"b", "#{x}", "1a", "is_x", "%{}", "@", "\u{dc}ber", "\u{100}x",
    ]
    if !chance(8) { return known[Int.random(in: 0..<known.count, using: &random)] }
    let count = chance(6) ? 255 : Int.random(in: 1...40, using: &random)
    return Atom(String(text: (0..<count).map { _ in scalar() }))
  }

  private mutating func scalar() -> Unicode.Scalar {
    let range: ClosedRange<UInt32> =
      !hasASCIIText && chance(4) ? (chance(2) ? 0xa1...0x2ff : 0x1f600...0x1f64f) : 0x20...0x7e
    return Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "x"
  }

  private mutating func integer() -> Int {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return Int.random(in: -3...3, using: &random)
    case 1:
      return [
        255, 256, -1, 2_147_483_647, 2_147_483_648, -2_147_483_648, -2_147_483_649, .max, .min, 1 << 53, (1 << 53) + 1,
      ][
        Int.random(in: 0..<11, using: &random)]
    case 2: return Int.random(in: 0...300, using: &random)
    default: return Int(truncatingIfNeeded: random.next()) >> Int.random(in: 0..<63, using: &random)
    }
  }

  private mutating func big() -> Term {
    let bytes = chance(10) ? Int.random(in: 250...260, using: &random) : Int.random(in: 8...24, using: &random)
    var encoded: [UInt8] = [131, 111, 0, 0, UInt8(bytes >> 8), UInt8(bytes & 0xff), chance(2) ? 1 : 0]
    encoded += (0..<bytes).map { _ in chance(6) ? 0 : UInt8.random(in: 0...255, using: &random) }
    return (try? TermDecoder().decode(encoded)) ?? 0
  }

  private mutating func float() -> Double {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return Double(integer())
    case 1: return Double(Int.random(in: -99_999...99_999, using: &random)) / 1_000
    case 2:
      return [
        0.0, 1.0, -1.5, 1e22, 1e21, 1e-7, 0.1, 1e15, 1e16, 123456789012345680, 0x1p53, 0x1p63, -0x1p63, 0x1p-1074,
        1e308,
      ][
        Int.random(in: 0..<15, using: &random)]
    case 3: return Double(sign: .plus, exponent: Int.random(in: -70...70, using: &random), significand: 1)
    default:
      let value = Double(bitPattern: random.next())
      return value.isFinite ? value : 0.5
    }
  }

  private mutating func bytes() -> [UInt8] {
    let count = chance(20) ? 300 : Int.random(in: 0...12, using: &random)
    let highest: UInt8 = hasASCIIText ? 159 : 255
    if chance(2) { return (0..<count).map { _ in UInt8.random(in: 0...highest, using: &random) } }
    return Array(String(text: (0..<count).map { _ in scalar() }).utf8)
  }

  private mutating func bitstring() -> Term {
    let count = Int.random(in: 1...4, using: &random)
    let content = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    return Bitstring(content, bitsInLastByte: Int.random(in: 1...7, using: &random)).map { .bitstring($0) }
      ?? .binary(content)
  }

  private mutating func export() -> Term {
    .export(Term.Export(module: atom(), function: atom(), arity: UInt8.random(in: 0...255, using: &random)))
  }

  private mutating func node() -> Atom { chance(2) ? "a@localhost" : "b@host.example" }

  private mutating func pid() -> Term.Pid {
    Term.Pid(node: node(), id: word(), serial: word(), creation: word())
  }
}

extension String {
  init(text scalars: [Unicode.Scalar]) {
    self = ""
    unicodeScalars.append(contentsOf: scalars)
  }
}
