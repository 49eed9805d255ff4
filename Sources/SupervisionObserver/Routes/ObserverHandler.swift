import Supervision
import SupervisionInspection

/// Answers requests: nothing in it knows of a web server.
struct ObserverHandler: Sendable {
  let configuration: ObserverConfiguration
  /// Where it is mounted: `/observer`, or nothing.
  let base: String
  let sampler: Sampler
  let crashes: CrashLog
  let access: Access

  func respond(to request: ObserverRequest) async -> ObserverResponse {
    if let asset = Assets.response(to: request.path), !request.isPost { return asset }
    let verdict = access.verdict(on: request)
    let visitor: Visitor
    switch verdict {
    case .refused(let why): return problem(403, "Refused", why, request)
    case .mustLogIn:
      if request.path == ["login"] { return logIn(request) }
      if request.isPost || request.path.first == "api" || request.path.first == "events" {
        return problem(401, "Log in", "This observer wants its token.", request)
      }
      let wanted = View(request.path, request.query)?.address ?? "/"
      return .elsewhere("\(base)/login?return=\(Address.encode(wanted))")
    case .welcome(let known): visitor = known
    }
    if request.isPost { return await post(request, visitor) }
    switch request.path.first {
    case "api": return await api(Array(request.path.dropFirst()), request)
    case "events":
      guard let view = View(address: request.query["view"] ?? "/") else { return missing(request) }
      if await sampler.watchers >= Sampler.mostWatchers {
        return problem(503, "Too many", "So many watch already that there is no place for one more.", request)
      }
      return ObserverResponse(events: EventStream(handler: self, view: view, visitor: visitor))
    case "login": return .elsewhere("\(base)/")
    default:
      guard let view = View(request.path, request.query) else { return missing(request) }
      return await page(view, visitor)
    }
  }

  // MARK: Pages

  func layout(_ visitor: Visitor) -> Layout { Layout(base: base, title: configuration.title, visitor: visitor) }

  private func page(_ view: View, _ visitor: Visitor) async -> ObserverResponse {
    let layout = layout(visitor)
    let (html, isThere) = await content(view, visitor)
    let page = layout.page(view.tab, heading: view.tab.rawValue, view: view.address, html)
    return ObserverResponse(page, status: isThere ? 200 : 404)
  }

  /// What is in a page, without its frame.
  func content(_ view: View, _ visitor: Visitor) async -> (html: HTML, isThere: Bool) {
    let layout = layout(visitor)
    let node = await sampler.node()
    let tiles = layout.tiles(node, crashes: crashes.total)
    let main: HTML
    var isThere = true
    switch view {
    case .tree: main = TreePage(layout: layout, tree: await sampler.tree()).html
    case .processes(let query): main = ProcessesPage(layout: layout, list: await sampler.processes(query)).html
    case .process(let number):
      let process = await sampler.process(number)
      isThere = process != nil
      main = process.map { ProcessPage(layout: layout, process: $0).html } ?? ProcessPage.gone(number, layout)
    case .crashes: main = CrashesPage(layout: layout, crashes: crashes.snapshot()).html
    case .node: main = NodePage(layout: layout, node: node).html
    }
    return ("\(tiles)\(main)", isThere)
  }

  // MARK: What is no page

  func problem(_ status: Int, _ title: String, _ text: String, _ request: ObserverRequest) -> ObserverResponse {
    if request.isFromScript || request.path.first == "api" {
      return ObserverResponse(JSON.text(["error": text]), type: JSON.type, status: status)
    }
    let visitor = Visitor(secret: "", mayAct: false)
    return ObserverResponse(PlainPages(layout: layout(visitor)).message(title, text), status: status)
  }

  private func missing(_ request: ObserverRequest) -> ObserverResponse {
    problem(404, "Not found", "The observer has no such page.", request)
  }

  private func api(_ path: [String], _ request: ObserverRequest) async -> ObserverResponse {
    switch (path.first, path.count) {
    case ("tree", 1): return JSON.response(await sampler.tree())
    case ("processes", 1): return JSON.response(await sampler.processes(ProcessQuery(request.query)))
    case ("processes", 2):
      guard let number = UInt64(path[1]), let process = await sampler.process(number) else { return missing(request) }
      return JSON.response(process)
    case ("crashes", 1): return JSON.response(crashes.snapshot())
    case ("node", 1): return JSON.response(await sampler.node())
    default: return missing(request)
    }
  }
}
