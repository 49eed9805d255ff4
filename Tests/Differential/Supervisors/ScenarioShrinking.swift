/// What can be left out of a scenario.
extension Scenario {
  var smaller: [Scenario] {
    var result: [Scenario] = []
    func add(_ change: (inout Scenario) -> Void) {
      var smaller = self
      change(&smaller)
      result.append(smaller)
    }
    if events.count > 3 { add { $0.events.removeLast(events.count / 2) } }
    for index in events.indices { add { $0.events.remove(at: index) } }
    for index in given.indices { add { $0.given.remove(at: index) } }
    for index in tree.children.indices { add { $0.tree.children.remove(at: index) } }
    for (index, child) in tree.children.enumerated() {
      switch child.body {
      case .obey: break
      case .tree(let tree):
        add { $0.tree.children[index].body = .obey }
        for inner in tree.children.indices {
          var fewer = tree
          fewer.children.remove(at: inner)
          add { $0.tree.children[index].body = .tree(fewer) }
        }
      case .trap, .ignore, .drag: add { $0.tree.children[index].body = .obey }
      }
    }
    return result
  }
}
