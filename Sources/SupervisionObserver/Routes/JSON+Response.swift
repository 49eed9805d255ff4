import SupervisionInspection

extension JSON {
  static var type: String { "application/json; charset=utf-8" }

  static func response(_ value: some Encodable) -> ObserverResponse { ObserverResponse(text(value), type: type) }
}
