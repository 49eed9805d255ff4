import Foundation
import Logging

/// What was said on the command line.
struct Settings: Sendable {
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  static let usage = """
    swift run football [--data FOLDER] [--port PORT] [--poll MILLISECONDS] [--seed NUMBER] [--log LEVEL] [--chaos]

      --data   where the database is, or will be; without it, a new temporary folder
      --port   where to listen on 127.0.0.1: 8080 if not given, 0 for any port that is free
      --poll   how long to wait between two items of the feed: 3000 if not given, 0 for no feed
      --seed   of the feed, which is simulated: 7 if not given
      --log    trace, debug, info, notice, warning, error, critical: notice if not given
      --chaos  lets POST /chaos/… break things on purpose
    """

  var data: URL?
  var port = 8_080
  var poll = Duration.seconds(3)
  var seed: UInt64 = 7
  var logLevel = Logger.Level.notice
  var allowsChaos = false

  init(_ arguments: [String]) throws(Mistake) {
    var words = Words(arguments)
    while let option = words.next() {
      switch option {
      case "--data": data = URL(filePath: try words.value(of: option) { $0 }, directoryHint: .isDirectory)
      case "--port": port = try words.value(of: option) { UInt16($0).map(Int.init) }
      case "--poll": poll = .milliseconds(try words.value(of: option) { UInt32($0) })
      case "--seed": seed = try words.value(of: option) { UInt64($0) }
      case "--log": logLevel = try words.value(of: option) { Logger.Level(rawValue: $0) }
      case "--chaos": allowsChaos = true
      default: throw Mistake(description: "there is no option \(option)")
      }
    }
  }

  /// What is left of the command line.
  private struct Words {
    private var rest: ArraySlice<String>

    init(_ arguments: [String]) { rest = arguments[...] }

    mutating func next() -> String? { rest.popFirst() }

    mutating func value<Value>(of option: String, _ read: (String) -> Value?) throws(Mistake) -> Value {
      guard let text = next() else { throw Mistake(description: "\(option) needs a value") }
      guard let value = read(text) else { throw Mistake(description: "\(text) makes no sense as \(option)") }
      return value
    }
  }
}
