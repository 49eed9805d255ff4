#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Values for machines.
enum JSON {
  static var type: String { "application/json; charset=utf-8" }

  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  static func response(_ value: some Encodable) -> ObserverResponse { ObserverResponse(text(value), type: type) }
}
