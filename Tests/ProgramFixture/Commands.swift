import Supervision
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the program is told on its standard input, a line at a time.
enum Commands {
  private static let stubborn = Atomic<Bool>(false)

  static var isStubborn: Bool { stubborn.load(ordering: .relaxed) }

  static func run() {
    while let line = nextLine() {
      let words = line.split(separator: " ").map(String.init)
      perform(words.first ?? "", words.dropFirst().first ?? "")
    }
  }

  private static func perform(_ command: String, _ argument: String) {
    switch command {
    case "exit": exit(Int32(argument) ?? 98)
    case "abort": abort()
    case "say": say(argument)
    case "variable": say("\(argument)=\(getenv(argument).map { String(cString: $0) } ?? "none")")
    case "be-stubborn":
      stubborn.store(true, ordering: .relaxed)
      say("stubborn")
    case "hear":
      _ = signal(Int32(argument) ?? 0) { number in say("heard \(number)") }
      say("hearing")
    case "trap":
      // One fault more than is allowed.
      FaultBudget.program = FaultBudget(total: 0)
      spawn { fatalError("trap") }
    case "leave-orphan":
      // The shell ends at once, and what it has started is left to whoever adopts it.
      system("sleep 600 > /dev/null 2>&1 & echo orphan $!")
    default: say("unknown command \(command)")
    }
  }

  /// Not a byte more than the line: the rest is for the program that comes after this one.
  private static func nextLine() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = read(0, &byte, 1)
      if count == -1, errno == EINTR { continue }
      if count != 1 { return nil }
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }
}
