import SupervisionInspection

/// The latest crashes, and the reasons of all.
struct CrashesPage: Sendable {
  let layout: Layout
  let crashes: CrashSnapshot

  var html: HTML {
    """
    <main id="main">
    <h1>Crashes <small>\(Words.count(crashes.total)) since the observer began</small></h1>
    \(crashes.total == 0 ? "<p class=\"empty\">Nothing has crashed so far.</p>" as HTML : body)
    </main>
    """
  }

  private var body: HTML {
    """
    <h2>By reason</h2>
    <div class="scroll"><table class="list"><thead><tr><th scope="col" class="number">Crashes</th><th scope="col">Type</th>\
    <th scope="col">Reason</th><th scope="col" class="number">Last</th></tr></thead>
    <tbody>\(crashes.groups.map(group))</tbody></table></div>
    <h2>The last \(Words.count(crashes.reports.count))</h2>
    <ol class="crashes">\(crashes.reports.map(report))</ol>
    """
  }

  private func group(_ group: CrashGroup) -> HTML {
    """
    <tr><td class="number">\(Words.count(group.count))</td><td>\(group.kind)</td><td><code>\(group.reason)</code></td>\
    <td class="number">\(Words.ago(group.ago))</td></tr>
    """
  }

  private func report(_ crash: CrashEntry) -> HTML {
    """
    <li id="c\(crash.number)"><details><summary><span class="row"><span class="id">\(crash.title)</span>\
    <span class="type">\(crash.process)</span><code class="reason">\(crash.reason)</code>\
    <span class="end ago">\(Words.ago(crash.ago))</span></span></summary>
    <pre>\(crash.explanation)</pre><dl>
    \(crash.lastMessage.map { fact("Last message", "<code>\($0)</code>") })\
    \(crash.state.map { fact("State", "<pre>\($0)</pre>") })\
    \(fact("Left in its mailbox", "\(Words.plural(crash.mailbox, "message", "messages"))"))\
    \(crash.ancestors.isEmpty ? .empty : fact("Ancestors", "\(crash.ancestors.joined(separator: " › "))"))\
    \(crash.details.isEmpty ? .empty : fact("Details", "<pre>\(crash.details.joined(separator: "\n"))</pre>"))\
    </dl></details></li>
    """
  }

  private func fact(_ name: String, _ value: HTML) -> HTML { "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
}
