/// In which order applications are started.
enum ApplicationOrder {
  /// These, and all that they need, each after what it needs; each once, by its name.
  ///
  /// Among those that do not need each other the order is that in which they are written.
  ///
  /// - Throws: ``ApplicationError``, `cycle`.
  static func of(
    _ applications: [any ApplicationBehaviour]
  ) throws(ApplicationError) -> [any ApplicationBehaviour] {
    var ordered: [any ApplicationBehaviour] = []
    var done: Set<ApplicationName> = []
    var path: [ApplicationName] = []
    func visit(_ application: any ApplicationBehaviour) throws(ApplicationError) {
      let name = application.name
      if done.contains(name) { return }
      if let start = path.firstIndex(of: name) { throw ApplicationError(.cycle(Array(path[start...]))) }
      path.append(name)
      for needed in application.applications { try visit(needed) }
      path.removeLast()
      done.insert(name)
      ordered.append(application)
    }
    for application in applications { try visit(application) }
    return ordered
  }
}
