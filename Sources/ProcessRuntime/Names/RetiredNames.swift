/// What was taken out of a table of names while somebody looked, oldest first.
///
/// Nobody waits for a look to end: its thread may have lost its core in the middle, and all who change a name would stand
/// still with it.
struct RetiredNames: Sendable {
  struct Item: Sendable {
    let shard: Int
    let retired: NameIndex.Retired
  }

  private var items: [(item: Item, looks: NameReaders.Looks)] = []

  mutating func append(_ item: Item, until looks: NameReaders.Looks) {
    items.append((item, looks))
  }

  /// Those whose looks are over.
  ///
  /// They end in the order in which they were taken out: one that waits holds up the later ones.
  mutating func takeFree(_ readers: NameReaders) -> [Item] {
    let count = items.firstIndex { !readers.areOver($0.looks) } ?? items.count
    defer { items.removeFirst(count) }
    return items.prefix(count).map(\.item)
  }

  mutating func takeAll() -> [Item] {
    defer { items = [] }
    return items.map(\.item)
  }
}
