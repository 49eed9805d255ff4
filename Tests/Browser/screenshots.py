"""Takes the pictures of the documentation: see Scripts/screenshots."""

import os
import sys
import time

from browser import Browser, BrowserError, Observed, find

LARGEST = 150_000


def take(page, folder, name):
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        time.sleep(0.4)
        path = os.path.join(folder, f"observer-{name}-{scheme}.png")
        page.picture(path)
        size = os.path.getsize(path)
        print(f"{path}: {size} bytes")
        if size > LARGEST:
            raise BrowserError(f"{path} is larger than {LARGEST} bytes")


def main():
    program, folder = sys.argv[1:3]
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
        take(page, folder, "tree")
        page.open(node.address + "/processes?sort=reductions")
        time.sleep(4)
        take(page, folder, "processes")
        page.open(node.address + "/processes?q=shelves&sort=name")
        page.click(".list tbody .pid")
        time.sleep(12)
        take(page, folder, "process")
        page.open(node.address + "/crashes")
        page.wait("!![...document.querySelectorAll('.crashes code')].find(c => c.textContent.includes('(trap)'))", "a trap", 30)
        page.evaluate(
            "[...document.querySelectorAll('.crashes li')].find(l => l.textContent.includes('(trap)')).querySelector('details').open = true")
        time.sleep(1)
        take(page, folder, "crashes")
        page.open(node.address + "/node")
        time.sleep(6)
        take(page, folder, "node")
        page.size(390, 844, scale=1, mobile=True)
        page.open(node.address + "/")
        time.sleep(3)
        take(page, folder, "phone")
    finally:
        if node:
            node.close()
        browser.close()


try:
    main()
except BrowserError as error:
    print(f"screenshots: {error}")
    sys.exit(1)
