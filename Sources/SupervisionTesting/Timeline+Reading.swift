import ProcessRuntime
import Supervision

/// Reading events.
extension Timeline.Event {
  init(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    self.init(Self.read(words)?.kind ?? .unreadable, text)
  }

  private static func read(_ words: [String]) -> Self? {
    let id = { (index: Int) -> ChildSpec.ID in ChildSpec.ID(words[index]) }
    switch (words.first, words.count) {
    case ("crash", 2): return .crash(id(1))
    case ("kill", 2): return .kill(id(1))
    case ("exit", 3): return .exit(id(1), reason(words[2]))
    case ("late", 3) where words[1] == "exit": return .lateExit(id(2))
    case ("stranger", 2) where words[1] == "exits": return .strangerExits
    case ("start", 3...): return readStart(words)
    case ("ignores", 3) where words[1] == "shutdown": return .ignoresShutdown(id(2))
    case ("stops", 3): return .stops(id(1), reason(words[2]))
    case ("advance", 2): return duration(words[1]).map { .advance($0) }
    case ("retry", 1): return .retry
    case ("terminate", 2): return .terminate(id(1))
    case ("restart", 2): return .restart(id(1))
    case ("delete", 2): return .delete(id(1))
    case ("count", 1): return .count
    case ("list", 1): return .list
    case ("stop", 2): return .stop(reason(words[1]))
    default: return nil
    }
  }

  private static func readStart(_ words: [String]) -> Self? {
    let id = ChildSpec.ID(words[2])
    switch (words[1], words.count) {
    case ("fails", 3): return .startFails(id)
    case ("fails", 4): return Int(words[3]).map { .startFails(id, times: $0) }
    case ("ignored", 3): return .startIgnored(id)
    case ("hangs", 3): return .startHangs(id)
    case ("returns", 3): return .startReturns(id)
    case ("child", _): return .startChild(Timeline.Child(words.dropFirst(2).joined(separator: " ")))
    default: return nil
    }
  }

  private static func reason(_ word: String) -> ExitReason {
    switch word {
    case "normal": .normal
    case "shutdown": .shutdown
    case "shutdown(detail)": .shutdown("detail")
    case "kill": .kill
    case "killed": .killed
    case "timeout": .timeout
    default: .failure(TimelineCrash())
    }
  }

  private static func duration(_ word: String) -> Duration? {
    let digits = word.prefix { $0.isNumber }
    guard let number = Int64(digits) else { return nil }
    switch word.dropFirst(digits.count) {
    case "s": return .seconds(number)
    case "ms": return .milliseconds(number)
    default: return nil
    }
  }
}
