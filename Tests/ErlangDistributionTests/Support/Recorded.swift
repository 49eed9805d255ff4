import Foundation

/// What an OTP 25 node has sent, out of Data/otp25.txt.
struct Recorded {
  var handshake: [(isFromHiddenNode: Bool, bytes: [UInt8])] = []
  var frames: [[UInt8]] = []

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Data/otp25.txt")
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 1, let bytes = [UInt8](hex: words[1]) else { continue }
      switch words[0] {
      case ">": handshake.append((true, bytes))
      case "<": handshake.append((false, bytes))
      case "=":
        let more = words.count > 2 ? Int(words[2].dropFirst()) ?? 0 : 0
        frames.append(bytes + [UInt8](repeating: UInt8(ascii: "z"), count: more))
      default: break
      }
    }
  }
}

extension [UInt8] {
  /// The bytes of hexadecimal digits, two each.
  init?(hex: some StringProtocol) {
    var bytes: [UInt8] = []
    var rest = Substring(hex)
    while !rest.isEmpty {
      guard rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    self = bytes
  }
}
