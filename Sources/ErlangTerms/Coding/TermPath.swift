/// The way to a value that is being coded: an array is made of it only when somebody asks.
final class TermPath {
  private let outer: TermPath?
  private let key: any CodingKey
  let count: Int

  private init(_ outer: TermPath?, _ key: any CodingKey) {
    self.outer = outer
    self.key = key
    count = (outer?.count ?? 0) + 1
  }

  fileprivate static func inner(_ outer: TermPath?, _ key: any CodingKey) -> TermPath { TermPath(outer, key) }

  fileprivate var keys: [any CodingKey] {
    var keys: [any CodingKey] = []
    var next: TermPath? = self
    while let path = next {
      keys.append(path.key)
      next = path.outer
    }
    return keys.reversed()
  }
}

extension TermPath? {
  var keys: [any CodingKey] { self?.keys ?? [] }
  var count: Int { self?.count ?? 0 }

  static func + (outer: Self, key: some CodingKey) -> Self { TermPath.inner(outer, key) }
}
