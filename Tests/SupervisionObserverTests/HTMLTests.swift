import Testing

@testable import SupervisionInspection
@testable import SupervisionObserver

@Suite("Markup")
struct HTMLTests {
  @Test("OBS-1: what comes from processes is escaped, in text and in attributes")
  func escaping() {
    let evil = "<script>alert('x')</script>\" onload=\"&\u{202E}\u{0}"
    let html: HTML = "<b title=\"\(evil)\">\(evil)</b>"
    #expect(!html.text.contains("<script>"))
    #expect(!html.text.contains("onload=\"&"))
    #expect(
      html.text
        == "<b title=\"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;&amp;\u{FFFD}\u{FFFD}\">"
        + "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;&amp;\u{FFFD}\u{FFFD}</b>")
    let inner: HTML = "<i>\("<")</i>"
    let outer: HTML = "\(inner)\([inner, inner])"
    #expect(outer.text == "<i>&lt;</i><i>&lt;</i><i>&lt;</i>")
  }

  @Test(
    "OBS-1: addresses are encoded, and read again as they were",
    arguments: ["a b", "ä/?&=%", "", "<0.1.0>", "+", "%zz"])
  func addresses(_ text: String) {
    #expect(Address.decode(Address.encode(text)) == text)
    #expect(Address.fields("x=\(Address.encode(text))&y=1") == ["x": text, "y": "1"])
  }
}
