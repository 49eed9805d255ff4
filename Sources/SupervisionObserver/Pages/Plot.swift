/// Small drawings, as SVG without a style of their own: the style sheet colours them.
enum Plot {
  /// At the beginning a plot has room for so many values, and grows to those that there are.
  private static var fewest: Int { 30 }

  /// A line over time, the newest at the right; `top` is the value at the upper edge, at least.
  static func line(_ values: [Double], title: String, top least: Double = 0) -> HTML {
    let (width, height) = (240.0, 56.0)
    let top = max(least, values.max() ?? 0, 0.000_001)
    let step = width / Double(max(fewest, values.count) - 1)
    let first = width - step * Double(max(0, values.count - 1))
    var line = ""
    for (index, value) in values.enumerated() {
      let x = first + step * Double(index)
      let y = height - 1 - max(0, value) / top * (height - 4)
      line += "\(index == 0 ? "" : " ")\(tenths(x)),\(tenths(y))"
    }
    guard values.count > 1 else {
      return """
        <svg class="plot" viewBox="0 0 240 56" preserveAspectRatio="none" role="img" aria-label="\(title): no values yet"></svg>
        """
    }
    return """
      <svg class="plot" viewBox="0 0 240 56" preserveAspectRatio="none" role="img" aria-label="\(title)">\
      <polygon points="\(tenths(first)),56 \(line) \(tenths(width)),56"/>\
      <polyline points="\(line)" vector-effect="non-scaling-stroke"/></svg>
      """
  }

  /// How much is left, or used: a bar from 0 to 1.
  static func bar(_ part: Double, title: String, kind: String = "") -> HTML {
    let width = Int((min(1, max(0, part)) * 100).rounded())
    return """
      <svg class="bar \(kind)" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="\(title)">\
      <rect class="rail" width="100" height="8"/><rect class="part" width="\(width)" height="8"/></svg>
      """
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths % 10))"
  }
}
