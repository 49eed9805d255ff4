import ErlangTerms
@_spi(Runtime) public import ProcessRuntime

/// In a message to another node an alias is a reference, which that node's processes send to.
extension ProcessAlias: Codable {
  /// The alias of a reference, of whatever node.
  ///
  /// - Throws: `DecodingError` outside of messages between nodes.
  public init(from decoder: any Decoder) throws {
    let context = try TransferContext.sure(TransferContext.of(decoder), decoder.codingPath)
    self = context.node.alias(of: try decoder.singleValueContainer().decode(Term.Reference.self))
  }

  /// Its reference.
  public func encode(to encoder: any Encoder) throws {
    let context = try TransferContext.sure(TransferContext.of(encoder), encoder.codingPath)
    var container = encoder.singleValueContainer()
    try container.encode(context.node.reference(of: self))
  }
}

extension Distribution {
  /// A reference that says whose alias it is: nothing needs to be kept for those that were given away.
  func reference<Message>(of alias: ProcessAlias<Message>) -> Term.Reference {
    if let remote = alias.remote as? WireAlias { return remote.reference }
    guard let (owner, number) = alias.local else { return reference(0) }
    var reference = reference(number)
    reference.words += [UInt32(truncatingIfNeeded: owner.number), UInt32(truncatingIfNeeded: owner.number >> 32)]
    return reference
  }

  func alias<Message>(of reference: Term.Reference) -> ProcessAlias<Message> {
    if let (owner, number) = localAlias(reference) { return ProcessAlias(owner: owner, number: number) }
    return ProcessAlias(WireAlias(reference, self))
  }

  /// Whose alias a reference of this node is, and its number, as long as the process lives.
  func localAlias(_ reference: Term.Reference) -> (owner: ProcessCell, number: UInt64)? {
    guard reference.words.count == 5 else { return nil }
    var plain = reference
    plain.words.removeLast(2)
    guard let number = number(of: plain) else { return nil }
    let owner = UInt64(reference.words[4]) << 32 | UInt64(reference.words[3])
    return core.process(owner).map { ($0, number) }
  }
}

/// The alias of a process of another node, or of one that is dead.
final class WireAlias: RemoteAlias {
  let reference: Term.Reference
  private let node: Distribution

  init(_ reference: Term.Reference, _ node: Distribution) {
    self.reference = reference
    self.node = node
  }

  var text: String { "\(reference.node.name).\(reference.words.map { String($0) }.joined(separator: "."))" }

  func isSame(as other: any RemoteAlias) -> Bool { (other as? WireAlias)?.reference == reference }

  func send<Message: Sendable>(_ message: Message) {
    // One of this node: its process is dead.
    if reference.node == node.identity.name { return }
    node.peer(reference.node).send(message, toAlias: reference)
  }
}
