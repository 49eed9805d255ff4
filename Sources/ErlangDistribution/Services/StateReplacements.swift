import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import Synchronization

/// The changes of states that this node has asked servers of others for, and that those have not made yet.
///
/// A state is changed by whoever asks, while the server waits: its node has this one apply the function that it was sent
/// (`erlang:apply/2` by `erpc`). That "function" is a word that no one else knows.
final class StateReplacements: Sendable {
  private struct Entry {
    let peer: ErlangPeer
    let change: @Sendable (Term) throws -> Term
    var hasBegun = false
  }

  private let entries = Mutex<[Term: Entry]>([:])

  /// What stands for the function that `change` is.
  func begin(of peer: ErlangPeer, _ change: @escaping @Sendable (Term) throws -> Term) -> Term {
    let word = Term.tuple([
      .atom("swift_replace_state"), .binary((0..<16).map { _ in UInt8.random(in: .min ... .max) }),
    ])
    entries.withLock { $0[word] = Entry(peer: peer, change: change) }
    return word
  }

  /// Whether it was applied.
  @discardableResult
  func end(_ word: Term) -> Bool { entries.withLock { $0.removeValue(forKey: word)?.hasBegun ?? false } }

  func hasBegun(_ word: Term) -> Bool { entries.withLock { $0[word]?.hasBegun ?? false } }

  /// What a new process does for a peer that has such a word applied; nil for all else.
  ///
  /// The peer needs no permission: it was asked to.
  func work(_ request: SpawnRequest, for peer: ErlangPeer) -> (@Sendable () async -> Void)? {
    guard request.module == "erpc", request.function == "execute_call", request.arity == 4,
      !entries.withLock({ $0.isEmpty }),
      let parts = try? request.arguments.term(limits: peer.node.options.limits).list, parts.count == 4,
      parts[1] == .atom("erlang"), parts[2] == .atom("apply"), let arguments = parts[3].list, arguments.count == 2,
      let values = arguments[1].list, values.count == 1, let change = apply(arguments[0], for: peer)
    else { return nil }
    return {
      let result: Evaluation
      do {
        result = .returned(try change(values[0]))
      } catch {
        result = .failed(ExitTerm(error).term)
      }
      ProcessCell.current?.die(.failure(ErlangExit(result.erpc(parts[0]))))
    }
  }

  private func apply(_ word: Term, for peer: ErlangPeer) -> (@Sendable (Term) throws -> Term)? {
    entries.withLock { entries in
      guard let entry = entries[word], entry.peer === peer, !entry.hasBegun else { return nil }
      entries[word]?.hasBegun = true
      return entry.change
    }
  }
}
