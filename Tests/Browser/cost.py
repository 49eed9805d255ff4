"""What it costs to look at 100 000 processes: `python3 Tests/Browser/cost.py .build/release/observed`.

Without a browser: times of single answers, their sizes, and the processor time of the program while somebody watches.
"""

import json
import os
import sys
import time
import urllib.request

from browser import Observed

COUNT = 100_000


def get(address):
    """(milliseconds, bytes, text)"""
    began = time.monotonic()
    with urllib.request.urlopen(address, timeout=60) as answer:
        body = answer.read()
    return (time.monotonic() - began) * 1000, len(body), body


def processor_time(node):
    """In seconds, of all threads."""
    with open(f"/proc/{node.process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(node, path, seconds):
    """Reads the events of a page for so long: (processor time a second, events, bytes of the largest)."""
    used, began, events, largest = processor_time(node), time.monotonic(), 0, 0
    if path is None:
        time.sleep(seconds)
        return (processor_time(node) - used) / (time.monotonic() - began), 0, 0
    size = 0
    with urllib.request.urlopen(f"{node.address}/events?view={path}", timeout=30) as stream:
        while time.monotonic() - began < seconds:
            line = stream.readline()
            size += len(line)
            if line == b"\n":
                events, largest, size = events + 1, max(largest, size), 0
    return (processor_time(node) - used) / (time.monotonic() - began), events, largest


def main():
    node = Observed(sys.argv[1], "--processes", str(COUNT))
    try:
        end = time.monotonic() + 120
        while json.loads(get(node.address + "/api/node")[2])["processes"] < COUNT:
            if time.monotonic() > end:
                sys.exit("cost: the processes are not there")
            time.sleep(1)
        time.sleep(3)
        before = node.resident()
        print("| asked for | first, ms | bytes |\n|---|--:|--:|")
        for name, path in (
            ("the tree", "/"), ("the first page by mailbox", "/processes"),
            ("the first page by reductions", "/processes?sort=reductions"), ("by memory", "/processes?sort=memory"),
            ("a search in all names", "/processes?q=sensor-7"), ("the page in the middle, by id", "/processes?sort=id&page=1000"),
            ("the node", "/node"),
        ):
            took, size, _ = get(node.address + path)
            print(f"| {name} | {took:.1f} | {size:,} |")
        print(f"\nmemory for it: {(node.resident() - before) / 1e6:+.1f} MB of {before / 1e6:.0f} MB")
        for name, path in (("nobody", None), ("the tree", "/"), ("the list", "/processes?sort=reductions")):
            load, events, largest = watch(node, None if path is None else urllib.request.quote(path, safe=""), 8)
            print(f"watching {name}: {load * 100:.1f} % of one processor, {events} events, {largest:,} bytes at most")
    finally:
        node.close()


main()
