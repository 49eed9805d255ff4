package import ErlangTerms
@_spi(Runtime) import ProcessRuntime
package import Supervision
import Synchronization

/// A child specification as Erlang and Elixir write it: a map, or a tuple.
struct RemoteChildSpec {
  private var id: Term?
  private var start: Term
  private var restart: Term?
  private var shutdown: Term?

  init(_ term: Term) throws {
    switch term {
    case .map(let map):
      guard let start = map[.atom("start")] else { throw Self.bad(term) }
      self.start = start
      id = map[.atom("id")]
      restart = map[.atom("restart")]
      shutdown = map[.atom("shutdown")]
    case .tuple(let parts) where parts.count == 6:
      (id, start, restart, shutdown) = (parts[0], parts[1], parts[2], parts[3])
    case .tuple(let parts) where parts.count == 5:
      (start, restart, shutdown) = (parts[0], parts[1], parts[2])
    default: throw Self.bad(term)
    }
  }

  private static func bad(_ term: Term) -> ErlangExit { ErlangExit(.tuple([.atom("bad_child_spec"), term])) }

  /// The specification that the exported factory of that name makes, with what this one says.
  func spec(_ node: Distribution) throws -> ChildSpec {
    guard let parts = start.elements, parts.count == 3, let module = parts[0].atom, let function = parts[1].atom,
      let arguments = parts[2].list
    else { throw Self.bad(start) }
    guard let factory = node.factory(FunctionName(module: module, function: function)) else {
      throw ErlangExit(.tuple([.atom("undef"), start]))
    }
    var spec: ChildSpec
    do {
      spec = try factory(arguments)
    } catch {
      throw ErlangExit(ExitTerm(error).term)
    }
    spec.id = id.map { ChildSpec.ID($0) } ?? ChildSpec.ID("\(spec.id.text)-\(node.core.nextReference())")
    switch restart?.atom {
    case "permanent": spec.restart = .permanent
    case "transient": spec.restart = .transient
    case "temporary": spec.restart = .temporary
    default: break
    }
    switch shutdown {
    case .integer(let milliseconds)?: spec.shutdown = .timeout(.milliseconds(max(0, milliseconds)))
    case .atom("brutal_kill")?: spec.shutdown = .brutalKill
    case .atom("infinity")?: spec.shutdown = .infinity
    default: break
    }
    return spec
  }
}

/// Makes children that supervisors of this node are asked for by others.
package typealias ChildFactory = @Sendable ([Term]) throws -> ChildSpec

/// A function of this node that others may call.
package typealias ExportedFunction = @Sendable ([Term]) async throws -> Term

/// A function as Erlang names it, of any number of arguments.
package struct FunctionName: Hashable, Sendable {
  package var module: Atom
  package var function: Atom

  package init(module: Atom, function: Atom) {
    self.module = module
    self.function = function
  }
}
