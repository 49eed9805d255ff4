"""Drives the example `football` while things are broken in it: see Scripts/check-football."""

import collections
import http.client
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from service import Client, Service, ServiceError, events, free_port

MATCHES = [f"m{number}" for number in range(8)]
WRITERS, READERS = 4, 2
BEFORE_KILL, AFTER_KILL = 10, 6  # seconds of load before and after the whole program is killed
MOST_REQUESTS = 40_000
FAULT_EVERY = 0.12  # seconds
# So long after a fault of a match its requests may fail: its restart, with the backoff, and one request's patience.
MATCH_GRACE = 4.0
FAILURES = (OSError, http.client.HTTPException)


class Run:
    """Everything that the threads tell, each list appended to by many, which Python does in one piece."""

    def __init__(self, port):
        self.port = port
        self.is_over = threading.Event()
        self.is_quiet = threading.Event()  # no new goals, only those that are not acknowledged yet
        self.latencies = collections.defaultdict(list)  # of what: [seconds]
        self.sent = collections.defaultdict(dict)  # match: {event id: side}
        self.acknowledged = collections.defaultdict(dict)
        self.failures = []  # (began, ended, match or None, what)
        self.faults = []  # (when, kind, match or None)
        self.successes = collections.defaultdict(list)  # match: [when]
        self.outages = []  # (from, to) of the whole program
        self.wrong = []
        self.requests = 0
        self.repeats = 0
        self.news = 0

    def note(self, text):
        self.wrong.append(text)

    def timed(self, client, what, match, method, path, body=None, expected=(200, 201)):
        """The answer, or None for one that is no success, which is noted as a failure."""
        self.requests += 1
        began = time.monotonic()
        try:
            status, answer = client.ask(method, path, body)
        except FAILURES as error:
            self.failures.append((began, time.monotonic(), match, f"{method} {path}: {type(error).__name__}: {error}"))
            return None
        ended = time.monotonic()
        if status not in expected:
            self.failures.append((began, ended, match, f"{method} {path}: {status} {answer}"))
            return None
        self.latencies[what].append(ended - began)
        if match and method == "POST":
            self.successes[match].append(ended)
        return status, answer


def write(run, number):
    """Scores goals, each until it is acknowledged, and now and then says one twice."""
    chance = random.Random(number)
    client = Client(run.port)
    count = 0
    while not run.is_quiet.is_set() and run.requests < MOST_REQUESTS:
        match = chance.choice(MATCHES)
        event = f"w{number}-{count}"
        side = chance.choice(["home_goal", "away_goal"])
        body = {"id": event, "event": side}
        if chance.random() < 0.1:
            body["comment"] = f"  Goal number {count}  of   writer {number}!"
        count += 1
        run.sent[match][event] = side
        attempts = 0
        while not run.is_over.is_set():
            answer = run.timed(client, "a goal", match, "POST", f"/matches/{match}/events", body)
            attempts += 1
            if answer:
                break
            time.sleep(0.05)
        if not answer:
            run.note(f"goal {event} of {match} was not taken before the end")
            continue
        run.acknowledged[match][event] = side
        if chance.random() < 0.1:
            run.repeats += 1
            again = run.timed(client, "a repeated goal", match, "POST", f"/matches/{match}/events", body)
            if again and (again[0], again[1]["verdict"]) != (200, "repeated"):
                run.note(f"goal {event} of {match} was repeated, and answered as {again}")
        time.sleep(0.002)
    client.close()


def read(run, number):
    chance = random.Random(100 + number)
    client = Client(run.port)
    while not run.is_quiet.is_set():
        match = chance.choice(MATCHES)
        run.timed(client, "a score", None, "GET", f"/matches/{match}")
        if chance.random() < 0.1:
            run.timed(client, "the list", None, "GET", "/matches")
            run.timed(client, "the health", None, "GET", "/health")
        time.sleep(0.005)
    client.close()


def follow(run, path):
    """Reads the live scores, and comes back when the stream ends: no match may ever lose an event."""
    latest = {}
    while not run.is_over.is_set():
        try:
            for match in events(run.port, path, run.is_over.is_set):
                run.news += 1
                if match["events"] < latest.get(match["id"], 0):
                    run.note(f"{path}: {match['id']} went back from {latest[match['id']]} events to {match['events']}")
                latest[match["id"]] = match["events"]
        except (*FAILURES, ServiceError):
            pass
        time.sleep(0.1)


def break_things(run, limit):
    chance = random.Random(7)
    client = Client(run.port)
    end = time.monotonic() + limit
    while time.monotonic() < end:
        time.sleep(FAULT_EVERY)
        kind = chance.choice(["trap", "kill", "kill", "kill-store", "feed", "request"])
        match = chance.choice(MATCHES) if kind in ("trap", "kill") else None
        run.faults.append((time.monotonic(), kind, match))
        expected = 500 if kind == "request" else 202
        status, answer = client.ask("POST", f"/chaos/{kind}" + (f"?match={match}" if match else ""))
        if status != expected:
            run.note(f"POST /chaos/{kind}: {status} {answer}")
    client.close()


def check_bad_input(run):
    client = Client(run.port)
    goal = {"id": "a", "event": "home_goal"}
    for method, path, body, status in [
        ("GET", "/matches/nobody", None, 404),
        ("GET", "/matches/a%20b", None, 400),
        ("GET", "/matches/nobody/live", None, 404),
        ("GET", "/nothing", None, 404),
        ("GET", "/matches?limit=0", None, 400),
        ("GET", "/matches?limit=many", None, 400),
        ("POST", "/matches", {"home": "A"}, 400),
        ("POST", "/matches", {"home": "A", "away": "A"}, 422),
        ("POST", "/matches", {"home": "A", "away": "", "id": "x"}, 422),
        ("POST", "/matches", {"home": "A", "away": "B", "id": "x y"}, 400),
        ("POST", "/matches", {"home": "A", "away": "B", "id": MATCHES[0]}, 409),
        ("POST", f"/matches/{MATCHES[0]}/events", b"{", 400),
        ("POST", f"/matches/{MATCHES[0]}/events", b"\xff\x00", 400),
        ("POST", f"/matches/{MATCHES[0]}/events", {"event": "home_goal"}, 400),
        ("POST", f"/matches/{MATCHES[0]}/events", {"id": "a", "event": "goal"}, 400),
        ("POST", f"/matches/{MATCHES[0]}/events", {"id": 7, "event": "end"}, 400),
        ("POST", f"/matches/{MATCHES[0]}/events", goal | {"comment": "see www.example.org"}, 422),
        ("POST", f"/matches/{MATCHES[0]}/events", goal | {"comment": "x" * 20_000}, 413),
        ("POST", "/matches/nobody/events", goal, 404),
        ("POST", "/chaos/trap?match=a%20b", None, 400),
    ]:
        found, answer = client.ask(method, path, body)
        if found != status or not (isinstance(answer, dict) and isinstance(answer.get("error"), str)):
            run.note(f"{method} {path} {body!r:.60}: {found} {answer!r:.200}; expected {status} with a JSON error")
    client.close()


def check_match_that_ends(run):
    client = Client(run.port)
    created = client.ask("POST", "/matches", {"id": "short", "home": "A", "away": "B"})
    again = client.ask("POST", "/matches", {"id": "short", "home": "A", "away": "B"})
    end = {"id": "e", "event": "end"}
    statuses = [created[0], again[0]]
    statuses += [client.ask("POST", "/matches/short/events", end)[0] for _ in range(2)]
    statuses += [client.ask("POST", "/matches/short/events", {"id": "late", "event": "home_goal"})[0]]
    if statuses != [201, 200, 201, 200, 409]:
        run.note(f"a match that ends: {statuses}")
    if client.ask("GET", "/matches/short")[1].get("isOver") is not True:
        run.note("a match that has ended is not over")
    metrics = client.ask("GET", "/metrics")[1]
    for name in ("football_events_total{", "hb_requests{", "supervision_processes ", "football_store_duration_seconds_count"):
        if name not in metrics:
            run.note(f"no {name} in the metrics")
    for path in ("/", "/observer"):
        if client.ask("GET", path)[0] != 200:
            run.note(f"GET {path} failed")
    client.close()


def check_failures(run):
    """Every failure belongs to a match that was just broken, or to the outage of the whole program."""
    for began, ended, match, what in run.failures:
        if any(began <= to and ended >= since for since, to in run.outages):
            continue
        if match and any(m == match and began - MATCH_GRACE <= when <= ended for when, _, m in run.faults):
            continue
        run.note(f"a failure that no fault explains: {what}")


def check_scores(run, folder):
    """What was acknowledged is there, once; what is there was said."""
    client = Client(run.port)
    for match in MATCHES:
        stored = client.ask("GET", f"/matches/{match}/events")[1]
        summary = client.ask("GET", f"/matches/{match}")[1]
        found = {event["id"]: event["event"] for event in stored}
        if len(found) != len(stored):
            run.note(f"{match}: an event is there twice")
        if found != run.acknowledged[match]:
            lost = run.acknowledged[match].keys() - found.keys()
            more = found.keys() - run.acknowledged[match].keys()
            run.note(f"{match}: acknowledged and lost: {sorted(lost)[:5]}; there and never acknowledged: {sorted(more)[:5]}")
        sides = collections.Counter(run.acknowledged[match].values())
        score = {"home": sides["home_goal"], "away": sides["away_goal"]}
        if summary["score"] != score:
            run.note(f"{match}: the score is {summary['score']}, acknowledged are {score}")
    client.close()
    database = sqlite3.connect(f"file:{os.path.join(folder, 'football.sqlite')}?mode=ro", uri=True)
    for match in MATCHES:
        count = database.execute("SELECT COUNT(*) FROM event WHERE fixture = ?", (match,)).fetchone()[0]
        if count != len(run.acknowledged[match]):
            run.note(f"{match}: {count} events in the file, {len(run.acknowledged[match])} acknowledged")
    database.close()


def counters(port):
    """(contained faults, restarts) as the program counts them."""
    client = Client(port)
    text = client.ask("GET", "/metrics")[1]
    client.close()
    def total(name):
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name + "{"))
    return int(total("supervision_faults_total")), int(total("supervision_restarts_total"))


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def check_port_that_is_taken(run, program):
    ended = subprocess.run(
        [program, "--port", str(run.port)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        timeout=30)
    lines = ended.stderr.decode(errors="replace").strip().splitlines()
    if ended.returncode != 69 or not lines or f"port {run.port} of 127.0.0.1 is taken" not in lines[-1]:
        run.note(f"with its port taken the program ended with status {ended.returncode}, and said at last {lines[-1:]}")


def main():
    program = sys.argv[1]
    folder = tempfile.mkdtemp(prefix="football-")
    run = Run(free_port())
    arguments = ["--chaos", "--poll", "100", "--log", "critical"]
    service = None
    threads = []
    faults = restarts = 0

    def start(body, *arguments):
        def guarded():
            try:
                body(run, *arguments)
            except Exception as error:  # a thread that is silently gone would check nothing
                run.note(f"{body.__name__}: {type(error).__name__}: {error}")
        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        threads.append(thread)
        return thread

    try:
        service = Service(program, run.port, folder, *arguments)
        first_start = service.start_took
        check_port_that_is_taken(run, program)
        setup = Client(run.port)
        for match in MATCHES:
            status, answer = setup.ask("POST", "/matches", {"id": match, "home": f"Home {match}", "away": f"Away {match}"})
            if status != 201:
                raise ServiceError(f"POST /matches: {status} {answer}")
        check_bad_input(run)
        check_match_that_ends(run)
        # The first trap loads the symbols of the program, which is no leak.
        for path, expected in ((f"/chaos/trap?match={MATCHES[0]}", 202), ("/chaos/request", 500)):
            if setup.ask("POST", path)[0] != expected:
                run.note(f"POST {path} did not answer {expected}")
        setup.close()

        for number in range(WRITERS):
            start(write, number)
        for number in range(READERS):
            start(read, number)
        for path in ("/live", f"/matches/{MATCHES[0]}/live", f"/matches/{MATCHES[1]}/live"):
            start(follow, path)
        time.sleep(2)
        began_resident, began_descriptors = service.resident(), service.descriptors()
        breaker = start(break_things, BEFORE_KILL - 2)
        breaker.join(BEFORE_KILL + 20)
        time.sleep(2.5)  # the telemetry's interval
        ended_resident, ended_descriptors = service.resident(), service.descriptors()
        first = counters(run.port)

        killed = time.monotonic()
        run.outages.append((killed, killed + 60))
        service.kill()
        service = Service(program, run.port, folder, *arguments)
        probe = Client(run.port)
        while time.monotonic() < killed + 30:
            try:
                if probe.ask("GET", "/health")[0] == 200:
                    break
            except FAILURES:
                pass
            time.sleep(0.02)
        back = time.monotonic()
        probe.close()
        run.outages[-1] = (killed, back)
        breaker = start(break_things, AFTER_KILL)
        breaker.join(AFTER_KILL + 20)
        run.is_quiet.set()
        time.sleep(2.5)
        second = counters(run.port)
        faults, restarts = first[0] + second[0], first[1] + second[1]
        for thread in threads[:WRITERS + READERS]:
            thread.join(20)
            if thread.is_alive():
                run.note("a client has not ended")
        check_scores(run, folder)
        # With followers connected, who must not hold it up.
        status, stop_took = service.terminate(10)
        if status != 0:
            run.note(f"after SIGTERM the program ended with status {status}")
        if stop_took > 8:
            run.note(f"the program took {stop_took:.1f} s to end")
        run.is_over.set()
        for thread in threads:
            thread.join(15)
    finally:
        run.is_over.set()
        run.is_quiet.set()
        if service:
            service.kill()
        log = open(os.path.join(folder, "log"), errors="replace").read()[-3_000:]
        shutil.rmtree(folder, ignore_errors=True)

    check_failures(run)
    kinds = collections.Counter(kind for _, kind, _ in run.faults)
    traps = kinds["trap"] + kinds["request"]
    growth = ended_resident - began_resident
    if growth > 48_000_000:
        run.note(f"memory has grown by {growth / 1e6:.1f} MB")
    if ended_descriptors > began_descriptors + 16:
        run.note(f"descriptors have grown from {began_descriptors} to {ended_descriptors}")
    if faults < traps * 0.8:
        run.note(f"{traps} traps were ordered, {faults} contained")
    repaired = []
    for when, kind, match in run.faults:
        after = [success for success in run.successes[match] if success > when] if match else []
        if after and not any(since <= after[0] and when <= to for since, to in run.outages):
            repaired.append(after[0] - when)

    goals = sum(len(events) for events in run.acknowledged.values())
    rows = [
        ("requests", f"{run.requests}"),
        ("goals acknowledged, and found again", f"{goals}"),
        ("goals said twice on purpose, counted once", f"{run.repeats}"),
        ("scores sent to 3 followers", f"{run.news}"),
        ("requests that failed, of a match just broken", f"{sum(1 for f in run.failures if not in_outage(run, f))}"),
        ("requests that failed while the program was dead", f"{sum(1 for f in run.failures if in_outage(run, f))}"),
        ("matches trapped, killed; stores killed", f"{kinds['trap']}, {kinds['kill']}; {kinds['kill-store']}"),
        ("requests trapped, feeds broken", f"{kinds['request']}, {kinds['feed']}"),
        ("faults contained, restarts, as the program counts", f"{faults}, {restarts}"),
        ("a match's next goal after its fault, p50, p99", f"{ms(quantile(repaired, .5))}, {ms(quantile(repaired, .99))}"),
        ("the whole program: from SIGKILL to healthy", f"{back - killed:.2f} s"),
        ("from start to ready, from SIGTERM to the end", f"{first_start:.2f} s, {stop_took:.2f} s"),
        ("memory before and after the first faults", f"{began_resident / 1e6:.1f} MB, {ended_resident / 1e6:.1f} MB"),
        ("descriptors before and after", f"{began_descriptors}, {ended_descriptors}"),
    ]
    rows += [
        (f"{what}: p50, p99", f"{ms(quantile(values, .5))}, {ms(quantile(values, .99))}")
        for what, values in run.latencies.items()
    ]
    for name, value in rows:
        print(f"{name:52} {value}")
    for text in run.wrong[:20]:
        print(f"wrong: {text}")
    if run.wrong:
        print(log)
        raise ServiceError(f"{len(run.wrong)} things are wrong")


def in_outage(run, failure):
    began, ended, _, _ = failure
    return any(began <= to and ended >= since for since, to in run.outages)


def ms(seconds):
    return f"{seconds * 1_000:.1f} ms"


try:
    main()
except ServiceError as error:
    print(f"football: {error}")
    sys.exit(1)
