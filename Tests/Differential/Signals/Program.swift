/// What up to five processes do to each other, one step at a time.
struct Program: DifferentialCase {
  /// Why a process ends, or is asked to.
  enum Reason: String, CaseIterable, Sendable {
    case normal, shutdown, crash, kill, killed, noproc
  }

  /// How long the alias of a monitor lives.
  enum Mode: String, CaseIterable, Sendable {
    case explicit = "explicit_unalias"
    case withMonitor = "demonitor"
    case untilReply = "reply_demonitor"
  }

  /// What one process does; processes, monitors and aliases have numbers, names are letters.
  enum Operation: Sendable {
    case spawn(Int, link: Bool, monitor: Int?)
    case link(Int)
    case unlink(Int, flush: Bool)
    case monitor(Int, Int)
    case monitorName(String, Int)
    case monitorAlias(Int, Int, alias: Int, Mode)
    case demonitor(Int, flush: Bool)
    case exit(Int, Reason)
    case end(Reason)
    case trap(Bool)
    case send(Int, Int)
    case sendName(String, Int)
    case sendAlias(Int, Int)
    case register(Int, String)
    case unregister(String)
    case whereis(String)
    case alias(Int, reply: Bool)
    case unalias(Int)
    case alive(Int)
    case links
    /// It looks at its mail: until then that stays where it is.
    case drain
  }

  struct Step: Sendable {
    var process: Int
    /// Done without a pause.
    var operations: [Operation]
  }

  var seed: UInt64
  var steps: [Step]
}

extension Program {
  var term: String {
    let steps = steps.map { "{p\($0.process),[\($0.operations.map(\.term).joined(separator: ","))]}" }
    return "{program,\(seed),[\(steps.joined(separator: ","))]}"
  }

  var smaller: [Program] {
    steps.indices.map { index in
      var smaller = self
      smaller.steps.remove(at: index)
      return smaller
    }
  }

  /// OTP leaves open how far a process comes that ends in its own step, and whether a monitor of a dead process has fired
  /// when it is taken back at once.
  func canonical(_ lines: [String]) -> [String] {
    var sections: [[String]] = []
    for line in lines {
      if line.hasPrefix("-- ") || sections.isEmpty { sections.append([]) }
      sections[sections.count - 1].append(line)
    }
    return sections.enumerated().flatMap { number, section in
      guard number < steps.count else { return section }
      let process = "p\(steps[number].process)"
      let isDead = section.contains { $0.hasPrefix("dead \(process) ") }
      let isBurst = steps[number].operations.count > 1
      let known = section.filter { !isDead || !$0.hasPrefix("\(process) {") }
      return Self.withMailSorted(
        known.map { isBurst && $0.hasPrefix("\(process) {demonitor") ? "\(process) demonitor" : $0 })
    }
  }

  /// What one process gets from several has no order between them; nor have the end of a link and that of a monitor.
  private static func withMailSorted(_ lines: [String]) -> [String] {
    var result: [String] = []
    var mail: [[Substring]] = []
    func sort() {
      for sender in Set(mail.map { $0[2] }).sorted() {
        var run: [[Substring]] = []
        for words in mail where words[2] == sender {
          if words[3] == "msg" {
            result += inOrder(run) + [words.joined(separator: " ")]
            run = []
          } else {
            run.append(words)
          }
        }
        result += inOrder(run)
      }
      mail = []
    }
    for line in lines {
      let words = line.split(separator: " ")
      if words.count > 3, words[1] == "got" {
        mail.append(words)
      } else {
        sort()
        result.append(line)
      }
    }
    sort()
    return result
  }

  private static func inOrder(_ run: [[Substring]]) -> [String] {
    let texts = { (kind: Substring) in run.filter { $0[3] == kind }.map { $0.joined(separator: " ") } }
    return texts("exit") + texts("down").sorted()
  }
}

extension Program.Operation {
  var term: String {
    switch self {
    case .spawn(let slot, let link, let monitor):
      "{spawn,p\(slot),[\(((link ? ["link"] : []) + (monitor.map { ["{monitor,\($0)}"] } ?? [])).joined(separator: ","))]}"
    case .link(let other): "{link,p\(other)}"
    case .unlink(let other, let flush): flush ? "{unlink,p\(other),flush}" : "{unlink,p\(other)}"
    case .monitor(let other, let ref): "{monitor,p\(other),\(ref)}"
    case .monitorName(let name, let ref): "{monitor_name,\(name),\(ref)}"
    case .monitorAlias(let other, let ref, let alias, let mode):
      "{monitor_alias,p\(other),\(ref),\(alias),\(mode.rawValue)}"
    case .demonitor(let ref, let flush): "{demonitor,\(ref),[\(flush ? "flush" : "")]}"
    case .exit(let other, let reason): "{exit,p\(other),\(reason.rawValue)}"
    case .end(let reason): "{'end',\(reason.rawValue)}"
    case .trap(let flag): "{trap,\(flag)}"
    case .send(let other, let number): "{send,p\(other),\(number)}"
    case .sendName(let name, let number): "{send_name,\(name),\(number)}"
    case .sendAlias(let alias, let number): "{send_alias,\(alias),\(number)}"
    case .register(let other, let name): "{register,p\(other),\(name)}"
    case .unregister(let name): "{unregister,\(name)}"
    case .whereis(let name): "{whereis,\(name)}"
    case .alias(let number, let reply): "{alias,\(number),[\(reply ? "reply" : "")]}"
    case .unalias(let number): "{unalias,\(number)}"
    case .alive(let other): "{alive,p\(other)}"
    case .links: "{links}"
    case .drain: "{drain}"
    }
  }
}
