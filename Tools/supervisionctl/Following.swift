#if ControlSocket
  import Foundation
  import SupervisionControl
  import SupervisionInspection

  extension Client {
    /// Prints what comes until there is no more.
    func follow<Value: Codable & Sendable>(
      _ request: ControlRequest, _ type: Value.Type, json: Bool, _ text: (Value) -> [String]
    ) throws {
      try send(request)
      while let line = try line() {
        if let lost = try? Self.decode(TraceEvent.self, line), lost.value.kind == .lost {
          json ? print(JSON.text(lost.value)) : print(lost.value.text)
        } else if let end = try? Self.decode(Done.self, line), !end.more {
          return
        } else {
          let value = try Self.decode(type, line).value
          if json { print(JSON.text(value)) } else { for line in text(value) { print(line) } }
        }
        // Somebody may read it as it comes.
        fflush(nil)
      }
    }
  }
#endif
