import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// The answers of other nodes' servers, as ``Sys`` has them.
extension SystemStatus {
  /// `{status, Pid, {module, Module}, [Dictionary, Activity, Parent, Debug, Misc]}`; nil for another term.
  init?(_ term: Term, _ target: RemoteProcess, _ peer: ErlangPeer) {
    guard let parts = term.elements, parts.count == 4, parts[0] == .atom("status"), let pid = parts[1].pid,
      let module = parts[2].pair("module")?.atom, let items = parts[3].list, items.count >= 5,
      let activity = items[1].atom.flatMap({ Activity(rawValue: $0.name) })
    else { return nil }
    let node = peer.node
    let dictionary = items[0].list ?? []
    let misc = items[4].list ?? [items[4]]
    let facts = misc.compactMap { $0.pair("data")?.list }.joined().compactMap { fact in
      fact.elements.flatMap { parts in parts.count == 2 ? parts[0].text.map { ($0, parts[1]) } : nil }
    }
    func fact(_ name: String) -> Term? { facts.first { $0.0 == name }?.1 }
    let ancestors = dictionary.compactMap { $0.pair("$ancestors")?.list }.first ?? []
    self.init(
      process: node.process(of: pid), name: Self.name(target, misc),
      behaviour: module == "gen_server" ? "GenServer" : module == "gen_statem" ? "StateMachine" : module.name,
      kind: Self.kind(dictionary) ?? module.name, activity: activity,
      parent: items[2].pid.flatMap { $0 == pid ? nil : node.process(of: $0) },
      ancestors: ancestors.compactMap { ancestor in
        if let pid = ancestor.pid { return node.process(of: pid) }
        return ancestor.atom.map { peer.process(.name($0.name)).id }
      },
      installed: (items[3].list ?? []).compactMap(Self.installed), statistics: nil,
      log: (fact("Logged events")?.list ?? []).map { SystemEvent($0, target, node) },
      state: "\(fact("State") ?? items[4])", details: [])
  }

  /// As it was asked for, or as the header says: `Status for generic server cache`.
  private static func name(_ target: RemoteProcess, _ misc: [Term]) -> String? {
    if case .name(let name) = target.address { return name }
    let header = misc.compactMap { $0.pair("header")?.text }.first
    guard let word = header?.split(separator: " ").last, !word.hasPrefix("<"), !word.hasSuffix("}") else { return nil }
    return String(word)
  }

  /// The module of `$initial_call`, without the prefix of Elixir's; of a supervisor that of its specification.
  private static func kind(_ dictionary: [Term]) -> String? {
    guard let call = dictionary.compactMap({ $0.pair("$initial_call")?.elements }).first, call.count == 3,
      let module = call[0] == .atom("supervisor") ? call[1].atom : call[0].atom
    else { return nil }
    return module.name.hasPrefix("Elixir.") ? String(module.name.dropFirst(7)) : module.name
  }

  /// Neither the counts nor the log, which are no functions.
  private static func installed(_ entry: Term) -> String? {
    guard let id = entry.elements?.first else { return entry.text ?? "\(entry)" }
    return id == .atom("statistics") || id == .atom("log") ? nil : id.atom?.name ?? "\(id)"
  }
}

extension SystemStatistics {
  /// `[{start_time, …}, {current_time, …}, {reductions, …}, …]`, by this node's clock; nil for another term.
  init?(_ term: Term) {
    let counts = term.list ?? []
    func value(_ name: Atom) -> Term? { counts.compactMap { $0.pair(name) }.first }
    guard let start = value("start_time").flatMap({ CalendarTime($0) }),
      let current = value("current_time").flatMap({ CalendarTime($0) }),
      let reductions = value("reductions")?.int, let messagesIn = value("messages_in")?.int,
      let messagesOut = value("messages_out")?.int
    else { return nil }
    let now = ProcessClock.now
    self.init(
      start: now.advanced(by: .seconds(start.seconds - current.seconds)), current: now,
      reductions: UInt64(clamping: reductions), messagesIn: messagesIn, messagesOut: messagesOut)
  }
}

extension SystemEvent {
  /// `{in, Message}`, `{out, Reply, To, State}` and `{noreply, State}`; others, and the lines of a node of this library, as text.
  init(_ term: Term, _ target: RemoteProcess, _ node: Distribution) {
    func who(_ term: Term) -> String { term.pid.map { "\(node.process(of: $0))" } ?? "\(term)" }
    let kind: Kind
    let parts = term.elements ?? []
    switch (parts.first, parts.count) {
    case (.atom("in"), 2):
      kind =
        switch GenMessage(parts[1]) {
        case .call(let request, let caller): .received("\(request)", client: who(.pid(caller.pid)))
        case .cast(let request), .info(let request): .received("\(request)", client: nil)
        }
    case (.atom("out"), 4):
      kind = .replied(client: who(parts[2].elements?.first ?? parts[2]), state: "\(parts[3])")
    case (.atom("noreply"), 2): kind = .handled(state: "\(parts[1])")
    default: kind = .other(term.text ?? "\(term)")
    }
    let name: String? = if case .name(let name) = target.address { name } else { nil }
    self.init(process: target.id, name: name, kind: kind)
  }
}
