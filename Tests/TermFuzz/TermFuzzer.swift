import ErlangTerms

/// Decodes what no peer should send, and looks whether everything that is accepted is sound.
struct TermFuzzer {
  /// What has come of the inputs.
  struct Figures: Equatable {
    var inputs = 0
    var bytes = 0
    var accepted = 0
    /// Rejected, by the kind of the problem.
    var rejected: [String: Int] = [:]
  }

  /// Something accepted that is not the same after being written and read.
  struct Unsound: Error, CustomStringConvertible {
    let input: [UInt8]
    let why: String
    var description: String { "\(why): \(input.map { String($0, radix: 16) }.joined(separator: " "))" }
  }

  private var generator: TermGenerator
  private var corpus: [[UInt8]] = []
  private(set) var figures = Figures()

  init(seed: UInt64) throws {
    generator = TermGenerator(seed: seed)
    for _ in 0..<500 {
      corpus.append(try TermEncoder().encode(generator.term()))
    }
    corpus += TermFuzzer.seeds
  }

  /// Tags that the encoder does not write, and a compressed term.
  private static let seeds: [[UInt8]] = [
    [131, 100, 0, 1, 0xe9], [131, 115, 1, 0xe9], [131, 103, 115, 1, 97, 0, 0, 0, 1, 0, 0, 0, 0, 3],
    [131, 102, 115, 1, 97, 0, 0, 0, 1, 3], [131, 101, 115, 1, 97, 0, 0, 0, 1, 3],
    [131, 114, 0, 2, 115, 1, 97, 3, 0, 0, 0, 1, 0, 0, 0, 2], [131, 82, 0], [131, 108, 0, 0, 0, 0, 97, 1],
    [131, 99] + Array("1.50000000000000000000e+00".utf8) + [0, 0, 0, 0, 0],
    [131, 80, 0, 0, 0, 106, 120, 156, 203, 102, 96, 96, 0x1a, 0x05, 0xa3, 0x60, 0x14, 0x0c, 0x77, 0, 0, 1, 2, 3, 4],
  ]

  mutating func run(_ count: Int) throws {
    var decoder = TermDecoder()
    decoder.cachedAtoms = ["cached", "atoms"]
    decoder.acceptsCompressed = true
    decoder.limits.byteCount = 1 << 20
    for _ in 0..<count { try step(input(), decoder) }
  }

  private mutating func step(_ input: [UInt8], _ decoder: TermDecoder) throws {
    figures.inputs += 1
    figures.bytes += input.count
    let term: Term
    do {
      term = try decoder.decode(input)
    } catch {
      figures.rejected[error.problem.description, default: 0] += 1
      guard (0...input.count).contains(error.offset) || input[1] == 80 else {
        throw Unsound(input: input, why: "an offset of \(error.offset)")
      }
      return
    }
    figures.accepted += 1
    do {
      let again = try decoder.decode(try TermEncoder().encode(term))
      guard again == term, again.hashValue == term.hashValue, Term.compareKeys(again, term) == .same else {
        throw Unsound(input: input, why: "not the same after being written")
      }
    } catch let error as TermError {
      throw Unsound(input: input, why: "not written: \(error)")
    }
    // What costs more is done for some.
    if figures.accepted % 16 == 0 { try readText(term, input) }
  }

  private func readText(_ term: Term, _ input: [UInt8]) throws {
    for syntax in [TermSyntax.erlang, .elixir] {
      let text = term.text(in: syntax)
      do {
        let read = try Term(text, syntax: syntax)
        guard read == term else { throw Unsound(input: input, why: "another term from its text \(text)") }
      } catch let error as TermError {
        guard error.problem == .unsupported || text.contains("<") || text.contains("#") else {
          throw Unsound(input: input, why: "\(error) in its text \(text)")
        }
      }
    }
    _ = try? term.decode([String: [Int?]].self)
    _ = try? term.decode(Result.self)
  }

  private enum Result: Codable {
    case ok(String)
    case error(code: Int, Term)
    case nothing
  }

  // MARK: Inputs

  private mutating func input() -> [UInt8] {
    if generator.chance(10) {
      let count = Int.random(in: 0...40, using: &generator.random)
      return [131] + (0..<count).map { _ in generator.chance(2) ? tag() : byte() }
    }
    var bytes = pick()
    for _ in 0..<Int.random(in: 1...4, using: &generator.random) { mutate(&bytes) }
    return bytes
  }

  private mutating func pick() -> [UInt8] { corpus[Int.random(in: 0..<corpus.count, using: &generator.random)] }

  private mutating func byte() -> UInt8 { UInt8.random(in: 0...255, using: &generator.random) }

  private mutating func tag() -> UInt8 {
    let tags: [UInt8] = [70, 77, 80, 82, 88, 89, 90] + Array(97...116) + [118, 119, 120, 0, 1, 255]
    return tags[Int.random(in: 0..<tags.count, using: &generator.random)]
  }

  private mutating func place(_ bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &generator.random) }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    guard bytes.count > 1 else {
      bytes.append(byte())
      return
    }
    let index = Int.random(in: 1..<bytes.count, using: &generator.random)
    switch Int.random(in: 0..<9, using: &generator.random) {
    case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator.random)
    case 1: bytes[index] = byte()
    case 2: bytes[index] = tag()
    case 3: bytes.removeSubrange(index...)
    case 4: bytes.remove(at: index)
    case 5: bytes.insert(tag(), at: index)
    case 6:
      let other = pick()
      bytes.replaceSubrange(index..., with: other[place(other)...])
    case 7:
      let end = min(bytes.count, index + Int.random(in: 1...8, using: &generator.random))
      bytes.insert(contentsOf: bytes[index..<end], at: index)
    default:
      // A length that is far too large.
      for offset in index..<min(bytes.count, index + 4) { bytes[offset] = 0xff }
    }
  }
}
