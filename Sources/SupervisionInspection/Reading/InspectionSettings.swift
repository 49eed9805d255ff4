/// How a node is looked at.
package struct InspectionSettings: Sendable {
  /// What the node is called.
  package var title: String
  /// Who looks, for the one process that listens for restarts while somebody watches.
  package var label: String
  /// In seconds: what was looked at within it is used again.
  package var interval: Double
  /// Whether a server is asked for its state when it is looked at in detail.
  package var showsStates: Bool
  /// Where the other nodes of the cluster come from; nil: there is no list of them.
  package var neighbours: (@Sendable () async -> [Neighbour])?

  package init(
    title: String, label: String, interval: Double, showsStates: Bool,
    neighbours: (@Sendable () async -> [Neighbour])? = nil
  ) {
    self.title = title
    self.label = label
    self.interval = interval
    self.showsStates = showsStates
    self.neighbours = neighbours
  }
}
