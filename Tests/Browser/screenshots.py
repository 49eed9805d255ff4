"""Takes the pictures of the documentation: see Scripts/screenshots."""

import os
import sys
import time

from browser import Browser, BrowserError, Observed, find, post

LARGEST = 150_000


def take(page, folder, name):
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        time.sleep(0.4)
        path = os.path.join(folder, f"{name}-{scheme}.png")
        page.picture(path)
        size = os.path.getsize(path)
        print(f"{path}: {size} bytes")
        if size > LARGEST:
            raise BrowserError(f"{path} is larger than {LARGEST} bytes")


def take_football(browser, address, folder):
    """The page of the example football with goals in it, and the observer on it while matches crash."""
    page = browser.page(1240, 400)
    page.open(address + "/")
    page.wait("document.getElementById('status').dataset.live === 'true'", "the page is live")
    page.wait("document.querySelectorAll('article').length >= 7", "the feed's matches are there", limit=60)
    for number, (match, event, comment) in enumerate([
        (1, "home_goal", "Half volley into the far corner!"), (2, "away_goal", "A free kick over the wall."),
        (1, "home_goal", "And again, two minutes later."), (3, "away_goal", "An own goal, poor fellow."),
        (2, "home_goal", "A penalty, coolly taken."), (1, "away_goal", "Riverside are back in it."),
    ]):
        post(f"{address}/matches/{match}/events", {"id": f"p{number}", "event": event, "comment": comment})
    page.wait("document.querySelector('#match-1 b').textContent === '2 – 1'", "the goals are on the page")
    take(page, folder, "football-page")
    page.size(1240, 900)
    page.open(address + "/observer")
    page.wait("document.getElementById('status').dataset.state === 'live'", "the observer is live")
    time.sleep(3)  # so that its figures have something to go by
    for match in (1, 2, 3):
        post(f"{address}/chaos/trap?match={match}")
    post(f"{address}/chaos/kill-store")
    page.wait("document.querySelectorAll('.pulse').length >= 4", "matches and the store have just restarted", limit=30)
    take(page, folder, "football-observer")


def main():
    program, football, folder = sys.argv[1:4]
    os.makedirs(folder, exist_ok=True)
    browser = Browser(find())
    node = None
    try:
        node = Observed(program)
        page = browser.page(1240, 860)
        page.open(node.address + "/")
        page.wait("!!document.querySelector('.dot.quarantined')", "a child in quarantine")
        time.sleep(12)
        page.wait("document.querySelectorAll('.pulse').length >= 1", "something has just restarted", limit=30)
        take(page, folder, "observer-tree")
        page.open(node.address + "/processes?sort=reductions")
        time.sleep(4)
        take(page, folder, "observer-processes")
        page.open(node.address + "/processes?q=shelves&sort=name")
        page.click(".list tbody .pid")
        time.sleep(12)
        take(page, folder, "observer-process")
        page.open(node.address + "/crashes")
        page.wait("!![...document.querySelectorAll('.crashes code')].find(c => c.textContent.includes('(trap)'))", "a trap", 30)
        page.evaluate(
            "[...document.querySelectorAll('.crashes li')].find(l => l.textContent.includes('(trap)')).querySelector('details').open = true")
        time.sleep(1)
        take(page, folder, "observer-crashes")
        page.open(node.address + "/node")
        time.sleep(6)
        take(page, folder, "observer-node")
        page.size(390, 844, scale=1, mobile=True)
        page.open(node.address + "/")
        time.sleep(3)
        take(page, folder, "observer-phone")
        node.close()
        node = Observed(football, "--data", f"{browser.folder}/football", "--poll", "300", "--chaos", "--log", "critical")
        take_football(browser, node.address, folder)
    finally:
        if node:
            node.close()
        browser.close()


try:
    main()
except BrowserError as error:
    print(f"screenshots: {error}")
    sys.exit(1)
