import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// The state of a server of another node: the term that it is there.
struct RemoteServerState: RemoteState {
  let term: Term
  let node: Distribution

  init(_ term: Term, _ node: Distribution) {
    self.term = term
    self.node = node
  }

  func value<Value>(of type: Value.Type) throws -> Value {
    guard let decodable = type as? any Decodable.Type else {
      throw SysError(.wrongState("a \(type) cannot be made of a term: it is not Decodable"))
    }
    do {
      if let value = try node.coding(TransferContext(node)).value(decodable, from: term) as? Value { return value }
    } catch {
      throw SysError(.wrongState("the state is no \(type): \(error)"))
    }
    throw SysError(.wrongState("the state is no \(type)"))
  }

  func parts() throws -> (state: any RemoteState, data: any RemoteState) {
    guard let parts = term.elements, parts.count == 2 else {
      throw SysError(.wrongState("it is no {State, Data}, as a state machine's is"))
    }
    return (Self(parts[0], node), Self(parts[1], node))
  }

  func made(of values: [Any]) throws -> any RemoteState {
    let terms = try values.map { value in
      guard let value = value as? any Encodable else {
        throw SysError(.wrongState("a \(type(of: value)) cannot become a term: it is not Encodable"))
      }
      return try node.coding(TransferContext(node)).term(of: value)
    }
    return Self(terms.count == 1 ? terms[0] : .tuple(terms), node)
  }
}
