/// Lines that nobody should send.
struct Hostile {
  private var chance: Seeded

  init(seed: UInt64) { chance = Seeded(seed) }

  private static let good = [
    #"{"v":1,"do":"tree"}"#, #"{"v":1,"do":"ps","search":"a","order":"memory","limit":3}"#,
    #"{"v":1,"do":"info","target":"hostile-shelf"}"#, #"{"v":1,"do":"state","target":"hostile-shelf"}"#,
    #"{"v":1,"do":"call","target":"hostile-shelf","term":":count","seconds":1}"#,
    #"{"v":1,"do":"cast","target":"hostile-shelf","term":"{:put, \"x\"}"}"#,
    #"{"v":1,"do":"trace","target":"hostile-shelf","seconds":0}"#, #"{"v":1,"do":"crashes","follow":true,"seconds":0}"#,
    #"{"v":1,"do":"kill","target":"<0.0.0>"}"#, #"{"v":1,"do":"restart","target":"hostile/nobody"}"#,
  ]
  private static let words: [[UInt8]] = [
    "1e999", "-1", "18446744073709551616", "null", "[]", "{}", #""\ud800""#, "\"\u{0}\"", "<0.99999999999999999999.0>",
    "{:put, {:put, {:put", "%{", "<<1::", "~s(", "\\", "\"", "nan", "true", "\u{202E}", "0.1e-400", "{:put, 5}",
  ].map { Array($0.utf8) }

  mutating func line() -> [UInt8] {
    switch Int.random(in: 0..<10, using: &chance) {
    case 0: return (0..<Int.random(in: 0..<200, using: &chance)).map { _ in noNewline(chance.next()) }
    case 1:
      let deep = Int.random(in: 1..<20_000, using: &chance)
      return Array(repeating: UInt8(ascii: Bool.random(using: &chance) ? "[" : "{"), count: deep)
    case 2:
      let deep = Int.random(in: 1..<5_000, using: &chance)
      let term = String(repeating: "{:put, ", count: deep) + ":x" + String(repeating: "}", count: deep)
      return Array(#"{"v":1,"do":"cast","target":"hostile-shelf","term":"\#(term)"}"#.utf8)
    default: break
    }
    var line = Array((Self.good.randomElement(using: &chance) ?? "").utf8)
    for _ in 0..<Int.random(in: 0..<4, using: &chance) {
      let place = Int.random(in: 0..<max(1, line.count), using: &chance)
      switch Int.random(in: 0..<4, using: &chance) {
      case 0: line[place] = noNewline(chance.next())
      case 1: line.removeSubrange(place..<min(line.count, place + Int.random(in: 1..<9, using: &chance)))
      case 2: line.insert(contentsOf: Self.words.randomElement(using: &chance) ?? [], at: place)
      default: line.insert(contentsOf: line.suffix(Int.random(in: 0..<30, using: &chance)), at: place)
      }
      if line.isEmpty { return [UInt8(ascii: "x")] }
    }
    return line
  }

  private func noNewline(_ number: UInt64) -> UInt8 {
    let byte = UInt8(truncatingIfNeeded: number)
    return byte == UInt8(ascii: "\n") ? UInt8(ascii: " ") : byte
  }
}
