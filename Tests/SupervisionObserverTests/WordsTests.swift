import Testing

@testable import SupervisionInspection

@Suite("Numbers as people read them")
struct WordsTests {
  @Test(
    "OBS-14: times have one unit",
    arguments: [
      (-1, "0 ms"), (0, "0 ms"), (0.0204, "20 ms"), (1, "1 s"), (119.9, "119 s"), (120, "2 min"), (7_199, "119 min"),
      (7_200, "2 h"), (172_799, "47 h"), (172_800, "2 d"), (1e300, "–"), (.infinity, "–"), (-.infinity, "0 ms"),
      (.nan, "–"),
    ])
  func times(seconds: Double, text: String) {
    #expect(Words.time(seconds) == text)
    #expect(Words.ago(seconds) == (seconds < 1 ? "just now" : "\(text) ago"))
  }

  @Test(
    "OBS-14: sizes have three digits or so",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (12_345, "12.3 kB"), (123_456, "123 kB"), (4_560_000, "4.6 MB"),
      (2_000_000_000, "2 GB"), (7_500_000_000_000, "7.5 TB"),
    ])
  func sizes(bytes: Int, text: String) {
    #expect(Words.bytes(bytes) == text)
  }

  @Test("OBS-14: large numbers are grouped, or not, and what is no number is a dash")
  func numbers() {
    let space = Words.thinSpace
    #expect(Words.count(1_234_567) == "1\(space)234\(space)567" && Words.count(-12) == "−12" && Words.count(0) == "0")
    #expect(Words.count(UInt64.max, separator: "") == "18446744073709551615")
    #expect(Words.short(1_234.5) == "1\(space)235" && Words.short(1_234.5, separator: "") == "1235")
    #expect(
      Words.short(0.04) == "0.0" && Words.short(-2.5) == "−2.5"
        && Words.short(-1e300, separator: "") == "−1000000000000000")
    #expect(Words.short(.nan) == "–" && Words.percent(.infinity) == "–" && Words.percent(0.256) == "26 %")
    #expect(Words.plural(1, "time", "times") == "1 time" && Words.plural(2, "time", "times") == "2 times")
  }
}
