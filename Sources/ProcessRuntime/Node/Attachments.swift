import Synchronization

/// What the layers above keep for a node: one value of each type.
///
/// It goes with the node.
final class Attachments: Sendable {
  private let values = Mutex<[ObjectIdentifier: any Sendable]>([:])

  func value<Value: Sendable>(_ make: () -> Value) -> Value {
    values.withLock { values in
      if let known = values[ObjectIdentifier(Value.self)] as? Value { return known }
      let new = make()
      values[ObjectIdentifier(Value.self)] = new
      return new
    }
  }
}

extension Node {
  /// What is kept for this node under that type.
  ///
  /// Made when it is asked for the first time, under a lock: making it must not ask for another one.
  package func attachment<Value: Sendable>(_: Value.Type, _ make: () -> Value) -> Value {
    attachments.value(make)
  }
}
