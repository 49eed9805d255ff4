@_spi(Runtime) import ProcessRuntime
import Supervision
import Testing

@Suite("ReportText", .timeLimit(.minutes(5)))
struct ReportTextTests {
  struct Point {
    var x = 1
    var name: String? = "a"
  }
  enum Shape {
    case none
    case circle(Int)
    case line(from: Point, to: Point)
    case nested([Shape])
  }
  final class Thing {}
  struct Secretive: CustomStringConvertible {
    let password = "secret"
    var description: String { "Secretive" }
  }

  @Test("values print as Swift prints them")
  func asSwift() {
    let values: [Any] = [
      3, "text", true, Point(), Shape.none, Shape.circle(4), Shape.line(from: Point(), to: Point(name: nil)),
      [1, 2, 3],
      ["a": Point()], Set([1]), (1, label: "x"), Optional("x") as Any, [Optional<Int>.none], [String: Int](), [Int](),
      Secretive(), [Secretive()], 1.5, Character("x"), Duration.seconds(1),
    ]
    for value in values { #expect(ReportText.describing(value) == nested(value)) }
    // Swift says `Shape.none` here.
    #expect(ReportText.describing(Shape.nested([.none, .circle(1)])) == "nested([none, circle(1)])")
  }

  /// Swift says `ReportTextTests.Point` within containers; a report does not.
  private func nested(_ value: Any) -> String {
    "\(value)".replacing("SupervisionTests.ReportTextTests.", with: "")
  }

  @Test("LOG-14: long values are cut, also at the middle of a character")
  func cut() {
    #expect(ReportText.describing(String(repeating: "x", count: 10_000)).utf8.count <= ReportText.limit + 3)
    #expect(ReportText.describing(String(repeating: "é🙂", count: 5_000)).hasSuffix("…"))
    #expect(ReportText.limited("short") == "short")
    let large = Array(0..<1_000_000)
    #expect(ReportText.describing(large).hasSuffix("63, … 1000000 in all]"))
    #expect(
      ReportText.describing([String](repeating: String(repeating: "y", count: 1_000), count: 60)).utf8.count < 5_000)
    var deep: Shape = .none
    for _ in 0..<10_000 { deep = .nested([deep]) }
    #expect(ReportText.describing(deep).contains("…"))
    let wide = Dictionary(uniqueKeysWithValues: (0..<100_000).map { ($0, $0) })
    #expect(ReportText.describing(wide).contains("100000 in all"))
  }

  @Test("GS-50: a type that prints itself decides what is shown")
  func ownWords() {
    #expect(ReportText.describing(Secretive()) == "Secretive")
    #expect(ReportText.describing(["a": Secretive()]) == "[\"a\": Secretive]")
    #expect(!ReportText.describing([Secretive(), Secretive()]).contains("secret"))
  }
}
