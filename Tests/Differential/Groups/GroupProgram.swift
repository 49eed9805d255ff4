import Supervision
import SupervisionTesting
import Synchronization

/// Processes that join groups, leave them and end; and what is seen of it after each step.
struct GroupProgram: DifferentialCase {
  enum Step: Sendable {
    case join(String, [Int])
    case leave(String, Int)
    case exit(Int)

    var term: String {
      switch self {
      case .join(let group, let numbers): "{join,\(group),\(list(numbers.map(String.init)))}"
      case .leave(let group, let number): "{leave,\(group),\(number)}"
      case .exit(let number): "{exit,\(number)}"
      }
    }
  }

  /// How many processes there are.
  private static let count = 4
  private static let groups = ["a", "b", "c"]

  let seed: UInt64
  var steps: [Step]

  var term: String { "{groups,\(seed),\(Self.count),\(list(steps.map(\.term)))}" }

  func canonical(_ lines: [String]) -> [String] { lines }

  var smaller: [GroupProgram] {
    steps.indices.map { index in
      var smaller = self
      smaller.steps.remove(at: index)
      return smaller
    }
  }

  /// The program of that number; always the same.
  init(seed: UInt64) {
    var random = SplitMix(state: seed &* 0x9E37_79B9 &+ 5)
    func number(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(random.next() % UInt64(range.count)) }
    self.seed = seed
    steps = []
    var living = Array(0..<Self.count)
    for _ in 0..<number(5...25) {
      let group = Self.groups[number(0...2)]
      switch number(0...9) {
      case ..<5:
        // OTP tells of a dead process that joins, and at once that it leaves: here nobody hears of it.
        if !living.isEmpty {
          steps.append(.join(group, (0..<number(1...3)).map { _ in living[number(0...living.count - 1)] }))
        }
      case ..<9: steps.append(.leave(group, number(0...Self.count - 1)))
      default: if !living.isEmpty { steps.append(.exit(living.remove(at: number(0...living.count - 1)))) }
      }
    }
  }

  func run() async throws -> [String] {
    try await withTestNode(seed: seed) { node in
      let scope = ProcessGroups<String>()
      let processes = (0..<Self.count).map { _ in spawn { try await suspendForever() } }
      @Sendable func named(_ process: ProcessID) -> Int { processes.firstIndex(of: process) ?? -1 }
      let events = Mutex<[String]>([])
      _ = scope.monitorScope { event in
        let text =
          switch event {
          case .joined(let group, let process): "{join,\(group),\(named(process))}"
          case .left(let group, let process): "{leave,\(group),\(named(process))}"
          }
        events.withLock { $0.append(text) }
      }
      var lines: [String] = []
      for step in steps {
        var result = "ok"
        switch step {
        case .join(let group, let numbers): scope.join(group, numbers.map { processes[$0] })
        case .leave(let group, let number): if !scope.leave(group, [processes[number]]) { result = "not_joined" }
        case .exit(let number):
          processes[number].exit(.kill)
          _ = await processes[number].exited()
        }
        try await node.settle()
        lines += ["-- \(step.term)", result]
        lines += Self.groups.map { "\($0): \(list(scope.members($0).map(named).sorted().map(String.init)))" }
        let heard = events.withLock { heard in
          defer { heard = [] }
          return heard
        }
        lines += ["groups \(list(scope.groups.sorted()))", "events \(list(heard.sorted()))"]
      }
      return lines
    }
  }
}

/// As Erlang prints it.
private func list(_ parts: [String]) -> String { "[\(parts.joined(separator: ","))]" }
