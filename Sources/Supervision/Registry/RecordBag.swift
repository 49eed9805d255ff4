/// Entries of one key, or of one process, in no order: each knows its place, so that it is found and removed at once.
///
/// The first one has no array around it: nearly all keys, and most processes, have just one.
struct RecordBag {
  private(set) var first: RegistryRecord?
  private var rest: [RegistryRecord] = []

  var isEmpty: Bool { first == nil }

  var all: [RegistryRecord] { first.map { [$0] + rest } ?? [] }

  /// Puts a record last, and returns its place.
  mutating func append(_ record: RegistryRecord) -> Int {
    guard first != nil else {
      first = record
      return 0
    }
    rest.append(record)
    return rest.count
  }

  func has(_ record: RegistryRecord, at place: Int) -> Bool {
    if place == 0 { return first === record }
    return rest.indices.contains(place - 1) && rest[place - 1] === record
  }

  mutating func replace(at place: Int, with record: RegistryRecord) {
    if place == 0 { first = record } else { rest[place - 1] = record }
  }

  /// Removes the record at a place where there is one, and returns the one that has that place now, if any has.
  mutating func remove(at place: Int) -> RegistryRecord? {
    let last = rest.popLast()
    if place == rest.count + (last == nil ? 0 : 1) {
      if last == nil { first = nil }
      return nil
    }
    if let last { replace(at: place, with: last) }
    return last
  }
}
