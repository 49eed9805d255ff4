"""Looks at the example `football` with a real browser: see Scripts/check-browser."""

import sys
import urllib.request

from browser import Browser, BrowserError, Observed, complaints, find, post

LIVE = "document.getElementById('status').dataset.live === 'true'"


def score(match):
    return f"document.querySelector('#match-{match} b')?.textContent"


def page_lives(page, node):
    page.open(node.address + "/")
    page.wait(LIVE, "the page is live")
    page.wait(f"{score(1)} === '0 – 0'", "a match that was seeded is there")
    goal = {"id": "g1", "event": "home_goal", "comment": "<i>What</i> a goal!"}
    post(f"{node.address}/matches/1/events", goal)
    took = page.wait(f"{score(1)} === '1 – 0'", "a goal appears by itself")
    page.wait("document.querySelector('#match-1').classList.contains('goal')", "it is marked")
    page.wait("document.querySelector('#match-1 p').textContent === '<i>What</i> a goal!'", "the comment is text, and no code")
    post(f"{node.address}/matches/1/events", goal)
    post(f"{node.address}/chaos/trap?match=1")
    post(f"{node.address}/chaos/kill-store")
    post(f"{node.address}/matches/1/events", {"id": "g2", "event": "away_goal"})
    page.wait(f"{score(1)} === '1 – 1'", "the match goes on after a trap, and counted once what was said twice")
    post(f"{node.address}/matches", {"id": "new", "home": "A & B", "away": "C"})
    page.wait("document.querySelector('#match-new .home')?.textContent === 'A & B'", "a new match appears")
    post(f"{node.address}/matches/new/events", {"id": "e", "event": "end"})
    page.wait("document.querySelector('#match-new').dataset.over === 'true'", "its end too")
    return took


def page_without_scripts(page, node):
    page.scripts(False)
    page.open(node.address + "/")
    text = urllib.request.urlopen(node.address + "/", timeout=10).read().decode()
    if "<b>1 – 1</b>" not in text or "&lt;i&gt;What" not in text or "A &amp; B" not in text:
        raise BrowserError("wrong: the page as it is sent has not all that it shows")
    page.scripts(True)


def main():
    browser = Browser(find())
    node = None
    try:
        node = Observed(sys.argv[1], "--data", f"{browser.folder}/football", "--poll", "0", "--chaos", "--log", "critical")
        page = browser.page()
        took = page_lives(page, node)
        page_without_scripts(page, node)
        found = complaints(browser, node.address)
        if found:
            raise BrowserError("the browser complains: " + "; ".join(found))
        print(f"football: a goal is on the page after {took * 1_000:.0f} ms, and nothing was loaded from elsewhere")
    finally:
        if node:
            node.close()
        browser.close()


try:
    main()
except BrowserError as error:
    print(f"browser: {error}")
    sys.exit(1)
