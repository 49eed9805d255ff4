@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionInspection

extension ObserverConfiguration {
  /// What of it says how the node is looked at.
  var inspection: InspectionSettings {
    var settings = InspectionSettings(
      title: title, label: "observer", interval: seconds, showsStates: showsStates)
    if let clusterNodes {
      settings.neighbours = { await clusterNodes().map { Neighbour(name: $0.name, note: $0.note) } }
    }
    return settings
  }
}

extension Sampler {
  init(node: Node, _ configuration: ObserverConfiguration) { self.init(node: node, configuration.inspection) }
}
