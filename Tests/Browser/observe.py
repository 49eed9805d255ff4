"""Looks at the example `observed` with a real browser: see Scripts/check-browser."""

import json
import sys
import time
import urllib.error
import urllib.request

from browser import Browser, BrowserError, Observed, complaints, find

LIVE = "document.getElementById('status').dataset.state === 'live'"


def row(name):
    """The row of a child in the tree, as an expression."""
    return f"[...document.querySelectorAll('.tree .row')].find(r => r.querySelector('.id')?.textContent === '{name}')"


def restarts(name):
    return f"Number({row(name)}?.dataset.restarts ?? -1)"


def check(condition, what):
    if not condition:
        raise BrowserError(f"wrong: {what}")


def fetch(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)


def tree_lives(page, node):
    page.open(node.address + "/")
    page.wait(LIVE, "the page is live")
    for name in ("shop", "warehouse", "checkout", "feeds", "shelves", "till", "carts"):
        page.wait(f"!!({row(name)})", f"{name} is in the tree")
    check(page.evaluate(f"({row('warehouse')}).textContent.includes('rest for one')"), "the strategy is shown")
    before = page.evaluate(restarts("weather"))
    took = page.wait(f"{restarts('weather')} > {max(before, 0)}", "a restart appears by itself")
    page.wait(f"({row('weather')}).classList.contains('pulse')", "it is marked")
    page.wait(f"!!document.querySelector('.dot.quarantined')", "the oracle is in quarantine")
    print(f"browser: the tree is there; a restart appeared after {took:.1f} s")


def kills(page):
    before = page.evaluate(restarts("till"))
    page.click("button[aria-label='Kill till']")
    took = page.wait(f"{restarts('till')} > {before}", "the child that was killed runs again")
    page.wait(f"{restarts('receipts')} > 0", "its sibling is started again too: one for all")
    page.wait("document.getElementById('notice').textContent.includes('is killed')", "the page says so")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    print(f"browser: a child was killed from the page, and its successor was seen after {took:.1f} s")


def other_pages(page, node):
    page.open(node.address + "/processes")
    page.wait(LIVE, "the list is live")
    page.evaluate("document.querySelector('input[type=search]').value = 'SHELVES'")
    page.click(".search button")
    page.wait(f"document.querySelectorAll('.list tbody tr').length === 1 && {LIVE}", "the search finds one")
    page.click(".list tbody .pid")
    page.wait("document.querySelector('main h1')?.textContent.startsWith('shelves')", "one process in detail")
    page.wait("document.querySelector('pre')?.textContent.includes('Counter')", "its state is shown")
    page.wait("document.querySelectorAll('.columns .plot polyline').length > 0", "its plot is drawn")
    page.open(node.address + "/crashes")
    page.wait("document.querySelectorAll('.crashes li').length > 1", "crashes are listed")
    page.evaluate("document.querySelector('.crashes details').open = true; window.mark = document.querySelector('.crashes li')")
    views = page.evaluate("Number(document.getElementById('live').dataset.views || 0)")
    page.wait(f"Number(document.getElementById('live').dataset.views || 0) > {views} + 1", "the list is brought up to date")
    check(page.evaluate("window.mark.isConnected && window.mark.querySelector('details').open"), "what is open stays open")
    page.open(node.address + "/node")
    page.wait("document.querySelectorAll('.schedulers .plot polyline').length > 0", "the load of each scheduler is drawn")
    page.key("Tab")
    check(page.evaluate("document.activeElement.classList.contains('skip')"), "the keyboard begins at the top")
    print("browser: the other pages are there, and stay as the reader has them")


def without_scripts(page, node):
    page.scripts(False)
    page.open(node.address + "/")
    check(page.evaluate("document.querySelectorAll('.tree .row').length") > 10, "the tree is there without scripts")
    before = page.evaluate(restarts("search"))
    page.click("button[aria-label='Kill search']")
    page.wait(f"document.readyState === 'complete' && location.pathname === '/' && !!({row('search')})", "the tree is back")
    deadline = time.monotonic() + 30
    while page.evaluate(restarts("search")) <= before:
        check(time.monotonic() < deadline, "the form works without scripts")
        time.sleep(0.3)
        page.open(node.address + "/")
    page.scripts(True)
    print("browser: reading and killing work without scripts")


def nothing_foreign(browser, page, node):
    found = complaints(browser, node.address)
    check(not found, "; ".join(found[:5]))
    page.open(node.address + "/node")
    page.evaluate(
        "window.violations = []; document.addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective));"
        "const s = document.createElement('script'); s.textContent = 'window.intruder = 1'; document.body.append(s);"
        "const i = document.createElement('img'); i.src = 'http://127.0.0.2:9/x.png'; document.body.append(i);")
    page.wait("window.violations.length >= 2", "the policy forbids an inline script and a foreign picture")
    check(page.evaluate("window.intruder === undefined"), "the inline script did not run")
    request = urllib.request.Request(node.address + "/", headers={"host": "evil.example"})
    try:
        urllib.request.urlopen(request, timeout=10)
        check(False, "another name for this machine is refused")
    except urllib.error.HTTPError as error:
        check(error.code == 403, "another name for this machine is refused")
    print("browser: no complaint, no request elsewhere; the policy holds")


def storm(browser, program, seconds):
    """What was slower than it should be, or None."""
    late = None
    node = Observed(program, "--restarts", "1000")
    try:
        page = browser.page()
        browser.events.clear()
        page.open(node.address + "/")
        page.wait(LIVE, "the page is live")
        page.wait(f"{restarts('storm')} > 500", "the storm has begun")
        time.sleep(1.5)
        page.send("HeapProfiler.collectGarbage")
        heap, elements, resident = page.metric("JSHeapUsedSize"), page.metric("Nodes"), node.resident()
        views = page.evaluate("Number(document.getElementById('live').dataset.views)")
        count, began, slowest = page.evaluate(restarts("storm")), time.monotonic(), 0.0
        while time.monotonic() - began < seconds:
            asked = time.monotonic()
            page.evaluate("new Promise(done => requestAnimationFrame(() => done(1)))")
            slowest = max(slowest, time.monotonic() - asked)
            time.sleep(0.1)
        passed = time.monotonic() - began
        rate = (page.evaluate(restarts("storm")) - count) / passed
        drawn = page.evaluate("Number(document.getElementById('live').dataset.views)") - views
        page.send("HeapProfiler.collectGarbage")
        grown = page.metric("JSHeapUsedSize") - heap
        more = page.metric("Nodes") - elements
        kept = node.resident() - resident
        print(
            f"browser: {rate:.0f} restarts a second for {passed:.0f} s: {drawn} updates, slowest frame {slowest * 1000:.0f} ms, "
            f"page {grown / 1e6:+.1f} MB and {more:+.0f} nodes, program {kept / 1e6:+.1f} MB")
        if rate <= 600:
            late = f"{rate:.0f} restarts a second, where 1 000 were ordered"
        elif drawn < seconds * 0.4:
            late = f"{drawn} updates in {seconds} s"
        elif slowest >= 1.5:
            late = f"a frame took {slowest:.1f} s"
        check(grown < 4e6 and more < 3000, "the page's memory grows")
        check(kept < 40e6, "the program's memory grows")
        found = complaints(browser, node.address)
        check(not found, "; ".join(found[:5]))
    finally:
        node.close()
    return late


def main():
    program = sys.argv[1]
    browser = Browser(find())
    try:
        node = Observed(program)
        try:
            page = browser.page()
            tree_lives(page, node)
            kills(page)
            other_pages(page, node)
            without_scripts(page, node)
            nothing_foreign(browser, page, node)
        finally:
            node.close()
        # A machine that was busy with something else for a moment is asked again.
        for attempt in range(3):
            late = storm(browser, program, 6)
            if not late:
                break
            print(f"browser: slower than it should be: {late}")
        check(not late, late)
    finally:
        browser.close()


try:
    main()
except BrowserError as error:
    print(f"browser: {error}")
    sys.exit(1)
