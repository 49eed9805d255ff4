@_spi(Runtime) package import ProcessRuntime
import Supervision

/// Looks at the processes of a node: one after the other, each for a moment, and at those of one page in full.
package struct ProcessReader: Sendable {
  package let node: Node

  package init(node: Node) { self.node = node }

  package func list(_ query: ProcessQuery) -> ProcessList {
    let all = node.unsortedProcesses
    let word = SearchWord(query.search)
    let matching = all.filter { query.matches($0, word) }
    var query = query
    query.page = min(query.page, max(1, (matching.count + query.size - 1) / query.size))
    let wanted = query.page * query.size
    let page = query.first(wanted, of: matching).dropFirst(wanted - query.size)
    return ProcessList(
      query: query, rows: page.compactMap { $0.summary.map(ProcessRow.init) }, total: all.count,
      matching: matching.count)
  }
}

extension ProcessQuery {
  fileprivate func matches(_ process: ProcessID, _ word: SearchWord) -> Bool {
    if let parent, process.parent?.number != parent { return false }
    if search.isEmpty, !registered { return process.isAlive }
    guard let summary = process.summary, !registered || summary.name != nil else { return false }
    if search.isEmpty { return true }
    return summary.name.map(word.isIn) == true || summary.label.map(word.isIn) == true || word.isIn(summary.kind)
      || (search.first.map { $0 == "<" || $0.isNumber } == true && word.isIn("\(process)"))
  }

  /// The first so many in this order, without sorting the others.
  fileprivate func first(_ count: Int, of processes: [ProcessID]) -> [ProcessID] {
    switch order {
    case .id: first(count, of: processes, by: \.number)
    case .reductions: first(count, of: processes, by: \.reductions)
    case .mailbox: first(count, of: processes) { $0.mailboxLength ?? 0 }
    case .memory: first(count, of: processes, by: \.memory)
    case .links: first(count, of: processes) { $0.summary?.links ?? 0 }
    case .name: first(count, of: processes) { $0.summary.map { ProcessRow($0).title } ?? "" }
    case .status: first(count, of: processes) { $0.summary?.status.rawValue ?? "" }
    }
  }

  private func first<Key: Comparable>(
    _ count: Int, of processes: [ProcessID], by key: (ProcessID) -> Key
  ) -> [ProcessID] {
    // Each is asked once: what it answers changes.
    var best = Best<Key>(count, ascending: ascending)
    for process in processes { best.take(key(process), process) }
    return best.sorted
  }
}

/// The best so many of a long list: a heap with the worst of them at its top.
struct Best<Key: Comparable> {
  private var heap: [(key: Key, process: ProcessID)] = []
  private let most: Int
  private let ascending: Bool

  init(_ most: Int, ascending: Bool) {
    self.most = most
    self.ascending = ascending
  }

  private func comesBefore(_ a: (key: Key, process: ProcessID), _ b: (key: Key, process: ProcessID)) -> Bool {
    if a.key == b.key { return a.process.number < b.process.number }
    return ascending ? a.key < b.key : b.key < a.key
  }

  mutating func take(_ key: Key, _ process: ProcessID) {
    let entry = (key, process)
    if heap.count < most {
      heap.append(entry)
      var index = heap.count - 1
      while index > 0, comesBefore(heap[(index - 1) / 2], heap[index]) {
        heap.swapAt(index, (index - 1) / 2)
        index = (index - 1) / 2
      }
      return
    }
    guard let worst = heap.first, comesBefore(entry, worst) else { return }
    heap[0] = entry
    var index = 0
    while true {
      var last = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && comesBefore(heap[last], heap[child]) {
        last = child
      }
      if last == index { return }
      heap.swapAt(index, last)
      index = last
    }
  }

  var sorted: [ProcessID] { heap.sorted(by: comesBefore).map(\.process) }
}

extension ProcessRow {
  package init(_ summary: ProcessSummary) {
    self.init(
      number: summary.id.number, id: "\(summary.id)", kind: summary.id.supervisorKind ?? summary.kind,
      name: summary.name, label: summary.label,
      status: summary.status.rawValue, mailbox: summary.mailboxLength, reductions: summary.reductions,
      memory: summary.memory, currentMessage: summary.currentMessage, links: summary.links)
  }
}

/// What is searched for: the case of ASCII letters is ignored.
struct SearchWord {
  private let bytes: [UInt8]

  init(_ text: String) { bytes = text.utf8.map(Self.lower) }

  private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }

  func isIn(_ text: String) -> Bool {
    guard let first = bytes.first else { return true }
    var text = text
    return text.withUTF8 { text in
      var start = 0
      while start + bytes.count <= text.count {
        if Self.lower(text[start]) == first {
          var length = 1
          while length < bytes.count, Self.lower(text[start + length]) == bytes[length] { length += 1 }
          if length == bytes.count { return true }
        }
        start += 1
      }
      return false
    }
  }
}
