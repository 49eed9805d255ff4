import Supervision

/// A scenario as the term that the Erlang side reads.
extension Scenario {
  var term: String {
    let starts = given.map { "{\($0.0),[\(Self.list($0.1.map(\.rawValue)))]}" }
    return "{scenario,\(seed),[\(Self.list(starts))],\(tree.term),[\(Self.list(events.map(\.term)))]}"
  }

  fileprivate static func list(_ terms: [String]) -> String { terms.joined(separator: ",") }
}

extension Scenario.Tree {
  var term: String {
    let children = Scenario.list(children.map(\.term))
    switch kind {
    case .fixed(let strategy, let autoShutdown):
      return "{tree,\(strategy.atom),{\(restarts),\(period)},\(autoShutdown.atom),[\(children)]}"
    case .dynamic(let most):
      return "{tree,dynamic,{\(restarts),\(period)},\(most.map { "\($0)" } ?? "infinity"),[\(children)]}"
    }
  }
}

extension Scenario.Child {
  var term: String {
    "{child,\(id),\(restart),\(shutdown.term),\(significant),\(body.term)}"
  }
}

extension Scenario.Body {
  var term: String {
    switch self {
    case .obey: "obey"
    case .trap(let reason): "{trap,\(reason.rawValue)}"
    case .ignore: "ignore"
    case .drag(let id, let reason): "{drag,\(id),\(reason.rawValue)}"
    case .tree(let tree): tree.term
    }
  }
}

extension Scenario.Event {
  var term: String {
    switch self {
    case .exit(let id, let reason): "{exit,\(id),\(reason.rawValue)}"
    case .signal(let id, let reason): "{signal,\(id),\(reason.rawValue)}"
    case .next(let id, let starts): "{next,\(id),[\(Scenario.list(starts.map(\.rawValue)))]}"
    case .advance(let seconds): "{advance,\(seconds)}"
    case .stranger(let id, let reason): "{stranger,\(id),\(reason.rawValue)}"
    case .call(let id, let request): "{call,\(id),\(request.term)}"
    case .busy(let id, let events): "{busy,\(id),[\(Scenario.list(events.map(\.term)))]}"
    case .stop(let reason): "{stop,\(reason.rawValue)}"
    case .owner(let reason): "{owner,\(reason.rawValue)}"
    }
  }
}

extension Scenario.Request {
  var term: String {
    switch self {
    case .startChild(let child): "{start_child,\(child.term)}"
    case .terminateChild(let id): "{terminate_child,\(id)}"
    case .restartChild(let id): "{restart_child,\(id)}"
    case .deleteChild(let id): "{delete_child,\(id)}"
    case .childSpec(let id): "{get_childspec,\(id)}"
    }
  }
}

extension ChildSpec.Shutdown {
  /// Limits are milliseconds.
  var term: String {
    switch self {
    case .brutalKill: "brutal_kill"
    case .infinity: "infinity"
    case .timeout(let time): "\(time / .milliseconds(1))".replacing(/\.0$/, with: "")
    }
  }
}

extension Supervisor.Strategy {
  fileprivate var atom: String { description.replacing(" ", with: "_") }
}

extension Supervisor.AutoShutdown {
  fileprivate var atom: String { description.replacing(" ", with: "_") }
}
