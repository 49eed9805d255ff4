import ErlangTerms
@_spi(Runtime) public import ProcessRuntime

/// In a message to another node an id is a pid.
extension ProcessID: Codable {
  /// The process of a pid; one of this node that is dead is nobody.
  public init(from decoder: any Decoder) throws {
    let context = try TransferContext.sure(TransferContext.of(decoder), decoder.codingPath)
    self = context.node.process(of: try decoder.singleValueContainer().decode(Term.Pid.self))
  }

  /// Its pid.
  public func encode(to encoder: any Encoder) throws {
    let context = try TransferContext.sure(TransferContext.of(encoder), encoder.codingPath)
    var container = encoder.singleValueContainer()
    try container.encode(context.node.pid(of: cell))
  }
}

/// In a message to another node a reference is a pid.
extension ProcessRef: Codable {
  /// The process of a pid.
  ///
  /// - Throws: `DecodingError` if it is one of this node that takes other messages.
  public init(from decoder: any Decoder) throws {
    let process = try ProcessID(from: decoder)
    guard let ref = Self(process) ?? (process.isAlive ? nil : Self(unsafelyTyped: process)) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "\(process) does not take \(Message.self)."))
    }
    self = ref
  }

  /// Its pid.
  public func encode(to encoder: any Encoder) throws { try id.encode(to: encoder) }
}

extension TransferContext {
  static func sure(
    _ context: TransferContext?, _ path: @autoclosure () -> [any CodingKey]
  ) throws -> TransferContext {
    if let context { return context }
    throw DecodingError.dataCorrupted(
      DecodingError.Context(
        codingPath: path(), debugDescription: "Ids of processes are read and written in messages to other nodes only."))
  }
}
