/// How the pages look, in the light and in the dark.
enum StyleSheet {
  static var text: String { base + parts + tree + tables + small }

  private static let base = #"""
    :root {
      color-scheme: light dark;
      --paper: #f6f7f9; --card: #ffffff; --ink: #1b2230; --soft: #5a6478; --faint: #8993a6; --line: #e1e5ec; --rail: #e9ecf2;
      --accent: #3158c4; --tint: #eaf0fd; --good: #1a8f57; --warn: #b86a00; --bad: #c2362f; --odd: #7c4fc4; --calm: #3f7fb5;
      --glow: rgba(226, 135, 45, .28); --shade: 0 1px 2px rgba(20, 30, 60, .06), 0 4px 14px rgba(20, 30, 60, .04);
      --mono: ui-monospace, "SF Mono", SFMono-Regular, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #10141b; --card: #181d27; --ink: #e4e9f2; --soft: #a3adbf; --faint: #75809a; --line: #2a3140; --rail: #262d3b;
        --accent: #8aaaf8; --tint: #202b45; --good: #4cc38a; --warn: #eaa94a; --bad: #f07b72; --odd: #b595f2; --calm: #79b4e4;
        --glow: rgba(234, 169, 74, .24); --shade: 0 1px 2px rgba(0, 0, 0, .4);
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      font-variant-numeric: tabular-nums; }
    a { color: var(--accent); text-decoration: none; }
    a:hover { text-decoration: underline; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
    code, pre, .pid { font-family: var(--mono); font-size: .87em; }
    h1 { font-size: 1.35rem; font-weight: 650; letter-spacing: -.01em; margin: 0 0 .9rem; overflow-wrap: anywhere; }
    h2 { font-size: .98rem; font-weight: 620; margin: 0 0 .7rem; }
    h3 { font-size: .88rem; margin: .9rem 0 .4rem; }
    small { color: var(--soft); font-weight: 400; font-size: .72em; margin-left: .35em; letter-spacing: 0; }
    h2 small { font-size: .86em; }
    .skip { position: absolute; left: -99rem; top: 0; background: var(--card); padding: .6rem 1rem; z-index: 3; }
    .skip:focus { left: .5rem; }
    """#

  private static let parts = #"""
    .top { position: sticky; top: 0; z-index: 2; display: flex; align-items: center; gap: .4rem 1.4rem; flex-wrap: wrap;
      padding: .55rem 1.4rem; background: var(--card); border-bottom: 1px solid var(--line); }
    .brand { display: flex; align-items: center; gap: .55rem; font-weight: 650; color: var(--ink); }
    .brand:hover { text-decoration: none; }
    .mark { width: 1.5rem; height: 1.5rem; fill: var(--accent); stroke: var(--accent); stroke-width: 1.6; }
    .mark path { fill: none; }
    .mark .hot { fill: #e2872d; stroke: #e2872d; }
    nav { display: flex; gap: .2rem; }
    .top nav a { padding: .3rem .7rem; border-radius: 7px; color: var(--soft); }
    .top nav a:hover { background: var(--tint); text-decoration: none; }
    .top nav a[aria-current] { background: var(--tint); color: var(--accent); font-weight: 600; }
    .live { margin-left: auto; display: inline-flex; align-items: center; gap: .45rem; font-size: .82rem; color: var(--soft); }
    .live:not(:empty)::before { content: ""; width: .55rem; height: .55rem; border-radius: 50%; background: var(--faint); }
    .live[data-state=live]::before { background: var(--good); }
    .live[data-state=lost]::before { background: var(--bad); }
    #live { max-width: 84rem; margin: 0 auto; padding: 1.2rem 1.4rem 3rem; }
    .tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: .8rem; margin-bottom: 1.5rem; }
    .tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shade); }
    .tile { position: relative; overflow: hidden; padding: .7rem .9rem 2.1rem; display: flex; flex-direction: column; min-width: 0; }
    .tile .name { font-size: .76rem; color: var(--soft); }
    .tile .value { font-size: 1.4rem; font-weight: 640; letter-spacing: -.015em; line-height: 1.25; white-space: nowrap; }
    .tile .note { font-size: .74rem; color: var(--faint); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .tile .plot { position: absolute; left: 0; bottom: 0; width: 100%; height: 1.8rem; }
    .tile.busy .value { color: var(--warn); }
    .tile.alarm .value { color: var(--bad); }
    .plot { display: block; width: 100%; height: 5rem; color: var(--accent); }
    .plot polyline { fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linejoin: round; }
    .plot polygon { fill: currentColor; opacity: .12; }
    .busy .plot { color: var(--warn); }
    .card { padding: 1rem 1.15rem; margin-bottom: 1rem; min-width: 0; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 0 1rem; align-items: start; }
    dl { margin: 0; }
    dl > div { display: grid; grid-template-columns: 11rem 1fr; gap: .2rem 1rem; padding: .28rem 0; border-top: 1px solid var(--line); }
    dl > div:first-child { border-top: 0; }
    dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
    pre { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .85rem; margin: 0 0 .6rem;
      overflow: auto; max-height: 28rem; white-space: pre-wrap; overflow-wrap: anywhere; }
    .note, .empty, .path, .legend, .more { color: var(--soft); }
    .note { margin: .1rem 0; font-size: .85rem; } .path { font-size: .85rem; margin: 0 0 .35rem; }
    .empty { background: var(--card); border: 1px dashed var(--line); border-radius: 12px; padding: 1.2rem; }
    .big { font-size: 1.8rem; font-weight: 640; margin: 0; line-height: 1.2; }
    .plain { list-style: none; margin: 0; padding: 0; } .plain li { padding: .18rem 0; }
    .schedulers { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem 1.6rem;
      grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); }
    .schedulers .plot { height: 3.6rem; border-bottom: 1px solid var(--line); }
    .schedulers .name { color: var(--soft); font-size: .82rem; } .schedulers .value { float: right; font-weight: 600; }
    button { font: inherit; color: var(--accent); background: var(--tint); border: 1px solid transparent; border-radius: 7px;
      padding: .28rem .8rem; cursor: pointer; }
    button:hover { border-color: var(--accent); }
    .danger { color: var(--bad); background: transparent; border-color: var(--line); } .danger:hover { border-color: var(--bad); }
    .act { font-size: .78rem; padding: .05rem .55rem; } .actions .act { font-size: .9rem; padding: .28rem .9rem; margin-right: .5rem; }
    .actions:empty { display: none; }
    .leave button { background: none; color: var(--soft); padding: .1rem .4rem; font-size: .82rem; }
    input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: .34rem .7rem; }
    .narrow { max-width: 26rem; margin: 12vh auto 0; } .login { display: grid; gap: .8rem; } .login input { width: 100%; }
    .error { color: var(--bad); margin: 0; }
    #notice { position: fixed; left: 50%; bottom: 1.2rem; transform: translateX(-50%); margin: 0; padding: .5rem 1.1rem; z-index: 3;
      border-radius: 9px; background: var(--ink); color: var(--paper); max-width: 90vw; }
    #notice[hidden] { display: none; }
    """#

  private static let tree = #"""
    .tree, .tree ul { list-style: none; margin: 0; padding: 0; }
    .tree { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shade); padding: .7rem .9rem; }
    .tree:empty { display: none; }
    .tree ul { margin-left: .84rem; border-left: 1.5px solid var(--line); }
    .tree ul > li { position: relative; padding-left: 1.15rem; }
    .tree ul > li::before { content: ""; position: absolute; left: 0; top: 1.05rem; width: .95rem; border-top: 1.5px solid var(--line); }
    .tree ul > li:last-child::after { content: ""; position: absolute; left: -1.5px; top: calc(1.05rem + 1.5px); bottom: 0; width: 1.5px;
      background: var(--card); }
    .tree > li + li { margin-top: .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
    .tree .more { margin: .1rem 0 .3rem 1.9rem; font-size: .85rem; }
    summary { list-style: none; cursor: pointer; border-radius: 8px; } summary::-webkit-details-marker { display: none; }
    .row { display: flex; align-items: center; flex-wrap: wrap; gap: .12rem .6rem; padding: .26rem .5rem; border-radius: 8px; min-height: 2.1rem; }
    .row:hover { background: var(--tint); }
    .supervisor > details > summary .id { font-weight: 640; }
    .supervisor > details > summary > .row > .dot { border-radius: 3px; }
    .supervisor > details:not([open]) > summary > .row > .id::after { content: " …"; color: var(--faint); }
    .dot { display: inline-block; flex: none; width: .66rem; height: .66rem; border-radius: 50%; background: var(--good); }
    .dot.restarting { background: var(--warn); } .dot.quarantined { background: var(--odd); }
    .dot.stopped { background: transparent; border: 2px solid var(--faint); } .dot.busy { background: var(--calm); }
    .legend { font-size: .8rem; display: flex; flex-wrap: wrap; gap: .3rem .45rem; align-items: center; margin: .9rem .2rem; }
    .legend .dot:not(:first-child) { margin-left: .9rem; }
    .id { overflow-wrap: anywhere; } .type { color: var(--soft); font-size: .84em; overflow-wrap: anywhere; }
    td .type, li .type { margin-left: .5rem; } .row .type { margin-left: 0; }
    .chip { font-size: .75rem; color: var(--accent); background: var(--tint); border-radius: 99px; padding: .06rem .6rem; white-space: nowrap; }
    .row:hover .chip { background: var(--card); }
    .word { font-size: .8rem; font-weight: 600; color: var(--soft); } .word.restarting { color: var(--warn); }
    .word.quarantined { color: var(--odd); } .word.busy { color: var(--calm); }
    .intensity { display: inline-flex; align-items: center; gap: .4rem; font-size: .76rem; color: var(--soft); }
    .bar { width: 3.2rem; height: .42rem; border-radius: 99px; overflow: hidden; }
    .bar .rail { fill: var(--rail); } .bar .part { fill: var(--good); } .bar.low .part { fill: var(--bad); }
    .restarts { font-size: .82rem; color: var(--warn); font-weight: 600; white-space: nowrap; }
    .ago { color: var(--soft); font-weight: 400; font-size: .95em; } .mail { font-size: .8rem; color: var(--calm); }
    .end { margin-left: auto; display: inline-flex; align-items: center; gap: .5rem; white-space: nowrap; }
    .row .act { opacity: .75; } .row:hover .act, .act:focus-visible { opacity: 1; }
    .pulse { background: var(--glow); animation: pulse 1.1s ease-out infinite; }
    @keyframes pulse { from { box-shadow: 0 0 0 0 var(--glow); } to { box-shadow: 0 0 0 7px transparent; } }
    @media (prefers-reduced-motion: reduce) { .pulse { animation: none; } }
    """#

  private static let tables = #"""
    .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shade);
      margin-bottom: 1.2rem; }
    .list { width: 100%; border-collapse: collapse; font-size: .9rem; }
    .list th, .list td { text-align: left; padding: .42rem .9rem; border-top: 1px solid var(--line); font-weight: 400; vertical-align: top; }
    .list thead th { border-top: 0; color: var(--soft); font-size: .8rem; white-space: nowrap; }
    .list thead a { color: inherit; } .list thead [aria-sort] a { color: var(--accent); font-weight: 600; }
    .list tbody tr:hover { background: var(--tint); }
    .list .number { text-align: right; white-space: nowrap; } .list .alarm { color: var(--bad); font-weight: 600; }
    .list td code { overflow-wrap: anywhere; }
    .arrow { display: inline-block; min-width: .7em; }
    .state { font-size: .82rem; color: var(--soft); } .state.running { color: var(--good); font-weight: 600; } .state.runnable { color: var(--warn); }
    .search { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-bottom: .9rem; }
    .search input[type=search] { flex: 0 1 22rem; min-width: 0; }
    .pages { gap: 1.2rem; justify-content: center; color: var(--soft); }
    .crashes { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px;
      box-shadow: var(--shade); }
    .crashes > li { border-top: 1px solid var(--line); padding: .2rem .5rem; } .crashes > li:first-child { border-top: 0; }
    .crashes pre, .crashes dl { margin: .4rem .5rem; }
    .reason { color: var(--bad); overflow-wrap: anywhere; }
    """#

  private static let small = #"""
    @media (max-width: 64rem) { .tiles { grid-template-columns: repeat(3, 1fr); } }
    @media (max-width: 40rem) {
      .top { padding: .5rem .8rem; } .top nav { order: 3; width: 100%; } .top nav a { flex: 1; text-align: center; padding: .4rem .2rem; }
      #live { padding: .9rem .8rem 3rem; } .tiles { grid-template-columns: repeat(2, 1fr); gap: .5rem; }
      .tile .value { font-size: 1.15rem; } dl > div { grid-template-columns: 8.5rem 1fr; }
      .tree { padding: .4rem .35rem; } .tree ul { margin-left: .5rem; } .tree ul > li { padding-left: .55rem; }
      .tree ul > li::before { width: .5rem; } .row { padding: .3rem .35rem; } .row .act { display: none; }
    }
    """#
}
