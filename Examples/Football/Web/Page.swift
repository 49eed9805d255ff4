#if GRDB
  import Foundation
  import HTTPTypes
  import Hummingbird
  import NIOCore

  /// The page that people look at: complete as it is sent, and kept up to date by `/live`.
  struct Page: Sendable {
    static let mostMatches = 24

    let matches: [MatchSummary]

    var response: Response {
      Response(
        status: .ok,
        headers: [
          .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
          .contentSecurityPolicy:
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
        ], body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    var html: String {
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Football</title>
      <style>\(PageAssets.style)</style>
      <header><h1>Football</h1><p id="status">as of now</p>
      <nav><a href="/matches">JSON</a> <a href="/metrics">metrics</a> <a href="/observer">observer</a></nav></header>
      <main id="matches">
      \(matches.map(\.card).joined(separator: "\n"))
      </main>
      <script>\(PageAssets.script)</script>
      </html>
      """
    }
  }

  extension MatchSummary {
    /// In step with `card` in the page's script.
    fileprivate var card: String {
      """
      <article id="match-\(id)" data-over="\(isOver)" data-events="\(events)">\
      <span class="home">\(home.escaped)</span><b>\(score.home) – \(score.away)</b>\
      <span class="away">\(away.escaped)</span><p>\((comment ?? "").escaped)</p></article>
      """
    }
  }

  extension String {
    /// For text in HTML.
    var escaped: String {
      var result = ""
      for character in self {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        default: result.append(character)
        }
      }
      return result
    }
  }

  private enum PageAssets {
    static let style = """
      :root { color-scheme: light dark; --ink: #1c2a1f; --paper: #f4f7f2; --card: #fff; --line: #d7e0d4; --quiet: #5d6b60;
        --goal: #1b7f3b; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e4ede5; --paper: #101712; --card: #19231c; --line: #2c3a30;
        --quiet: #93a397; --goal: #5fd388; } }
      * { box-sizing: border-box; margin: 0; }
      body { background: var(--paper); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; padding: 2rem 1rem; }
      header, main { max-width: 62rem; margin: 0 auto; }
      header { display: flex; align-items: baseline; gap: 1rem; margin-bottom: 1.2rem; }
      h1 { font-size: 1.5rem; }
      #status { color: var(--quiet); flex: 1; }
      #status[data-live=true]::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%;
        background: var(--goal); margin-right: .4em; }
      a { color: inherit; margin-left: .6rem; }
      main { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); }
      article { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem;
        display: grid; grid-template-columns: 1fr auto 1fr; align-items: baseline; gap: 0 .8rem; min-height: 5.2rem; }
      article b { font-size: 1.4rem; font-variant-numeric: tabular-nums; }
      .away { text-align: right; }
      article p { grid-column: 1 / -1; color: var(--quiet); font-size: .9rem; overflow-wrap: anywhere; }
      article[data-over=true] { opacity: .6; }
      article[data-over=true] p::after { content: " Full time."; }
      article.goal { animation: goal 2.5s ease-out; }
      @keyframes goal { from { border-color: var(--goal); box-shadow: 0 0 0 3px var(--goal); } }
      """

    static let script = """
      const list = document.getElementById('matches'), state = document.getElementById('status');
      const text = (card, name, value) => { card.querySelector(name).textContent = value; };
      function card(match) {
        const made = document.createElement('article');
        made.id = 'match-' + match.id;
        for (const [tag, name] of [['span', 'home'], ['b', ''], ['span', 'away'], ['p', '']]) {
          const part = document.createElement(tag);
          if (name) part.className = name;
          made.append(part);
        }
        made.dataset.events = -1;
        list.prepend(made);
        while (list.children.length > \(Page.mostMatches)) list.lastElementChild.remove();
        return made;
      }
      function show(match) {
        const found = document.getElementById('match-' + match.id) ?? card(match);
        if (Number(found.dataset.events) > match.events) return;
        const score = match.score.home + ' – ' + match.score.away;
        const isGoal = found.dataset.events >= 0 && found.querySelector('b').textContent !== score;
        text(found, '.home', match.home); text(found, 'b', score); text(found, '.away', match.away);
        text(found, 'p', match.comment ?? '');
        found.dataset.over = match.isOver; found.dataset.events = match.events;
        if (isGoal) { found.classList.remove('goal'); void found.offsetWidth; found.classList.add('goal'); }
      }
      const live = new EventSource('/live');
      live.addEventListener('match', event => show(JSON.parse(event.data)));
      live.onopen = () => { state.textContent = 'live'; state.dataset.live = true; };
      live.onerror = () => { state.textContent = 'trying to get back …'; state.dataset.live = false; };
      """
  }
#endif
