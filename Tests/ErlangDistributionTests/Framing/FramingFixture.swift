import ErlangTerms

@testable import ErlangDistribution

/// A connection between `peer@h` and `own@h`, as the reader at `own@h` sees it.
enum FramingFixture {
  static let peer: Atom = "peer@h"
  static let own: Atom = "own@h"
  static let peerPid = Term.Pid(node: peer, id: 1, serial: 2, creation: 5)
  static let ownPid = Term.Pid(node: own, id: 3, serial: 4, creation: 6)
  static let foreignPid = Term.Pid(node: "third@h", id: 1, serial: 2, creation: 5)
  static let reference = Term.Reference(node: peer, creation: 5, words: [1, 2, 3])

  static let passThrough = DistributionFlags.hidden.subtracting([.atomCache, .fragments])

  static func reader(_ flags: DistributionFlags = .hidden, limits: WireLimits = WireLimits()) -> MessageReader {
    let identity = PeerIdentity(node: NodeIdentity(name: peer, creation: 5), flags: flags, isHidden: true)
    return MessageReader(peer: identity, local: own, limits: limits)
  }

  static func encoded(_ term: Term) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try TermEncoder().encode(term, into: &bytes)
    return bytes
  }

  /// A frame with a header that refers to nothing.
  static func frame(_ control: [Term], _ payload: [UInt8] = []) throws -> [UInt8] {
    [131, 68, 0] + (try encoded(.tuple(control))) + payload
  }

  static func fragment(_ sequence: UInt64, _ number: UInt64, _ rest: [UInt8], isFirst: Bool) -> [UInt8] {
    var bytes: [UInt8] = [131, isFirst ? 69 : 70]
    bytes.appendInteger(sequence)
    bytes.appendInteger(number)
    return bytes + rest
  }

  /// What a reader says to one frame.
  static func error(_ frame: [UInt8], _ flags: DistributionFlags = .hidden) -> CloseReason? {
    var reader = reader(flags)
    do {
      _ = try reader.message(frame)
      return nil
    } catch {
      return error
    }
  }

  /// The bodies of frames that have their lengths before them.
  static func bodies(_ frames: [[UInt8]]) -> [[UInt8]] { frames.map { Array($0.dropFirst(4)) } }

  static func text(_ message: ControlMessage?) -> String {
    guard let message else { return "nothing" }
    // Payloads by their terms: what they are encoded as depends on how they came.
    switch message {
    case .send(let from, let to, let payload): return "send \(text(from)) \(to) \(text(payload))"
    case .sendToName(let from, let name, let payload): return "sendToName \(from) \(name) \(text(payload))"
    case .sendToAlias(let from, let alias, let payload): return "sendToAlias \(from) \(alias) \(text(payload))"
    case .spawnRequest(let request):
      return """
        spawn \(request.id) \(request.from) \(request.groupLeader) \(request.module) \(request.function) \
        \(request.arity) \(request.options) \(text(request.arguments))
        """
    default: return "\(message)"
    }
  }

  private static func text(_ pid: Term.Pid?) -> String { pid.map { "\($0)" } ?? "nobody" }

  private static func text(_ payload: Payload) -> String { (try? payload.term()).map { "\($0)" } ?? "undecodable" }
}
