"""A headless Chromium, driven over a pipe by its DevTools protocol, with nothing but Python's own library.

Every wait has an end, and the browser is killed at the end with all that it has started.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


class BrowserError(Exception):
    pass


def find():
    """The program, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path:
            return path
    return None


def high(descriptor):
    """The same file under a number that is in nobody's way."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 20)
    os.close(descriptor)
    return copy


class Browser:
    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="browser-")
        child_in, to_child = map(high, os.pipe())
        from_child, child_out = map(high, os.pipe())

        def connect():
            os.dup2(child_in, 3)
            os.dup2(child_out, 4)

        self.process = subprocess.Popen(
            [
                program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
                "--hide-scrollbars", "--force-color-profile=srgb", f"--user-data-dir={self.folder}", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(3, 4), preexec_fn=connect, start_new_session=True)
        os.close(child_in)
        os.close(child_out)
        self.input, self.output = from_child, to_child
        self.buffer = b""
        self.number = 0
        self.events = []

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(timeout=10)
        os.close(self.input)
        os.close(self.output)
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, method, session=None, limit=60, **parameters):
        """Asks the browser, and waits for its answer; events that come meanwhile are kept."""
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + limit
        while True:
            message = self.receive(end)
            if message is None:
                raise BrowserError(f"{method}: no answer within {limit} s")
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error'].get('message')}")
                return message.get("result", {})

    def receive(self, end):
        """The next message; an event is kept as well. None when the time is up."""
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                return None
            data = os.read(self.input, 1 << 20)
            if not data:
                raise BrowserError("the browser has ended")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(line)
        if "method" in message:
            self.events.append(message)
        return message

    def page(self, width=1280, height=900):
        return Page(self, width, height)


class Page:
    def __init__(self, browser, width, height):
        self.browser = browser
        self.has_scripts = True
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Performance"):
            self.send(f"{domain}.enable")
        self.size(width, height)

    def send(self, method, **parameters):
        return self.browser.send(method, session=self.session, **parameters)

    def size(self, width, height, scale=1, mobile=False):
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=mobile)

    def scheme(self, name):
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def scripts(self, are_on):
        self.has_scripts = are_on
        self.send("Emulation.setScriptExecutionDisabled", value=not are_on)

    def open(self, address):
        result = self.send("Page.navigate", url=address)
        if result.get("errorText"):
            raise BrowserError(f"{address}: {result['errorText']}")
        self.wait("document.readyState === 'complete'", f"{address} is loaded")

    def evaluate(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(f"{expression}: {result['exceptionDetails'].get('text')}")
        return result["result"].get("value")

    def wait(self, expression, what, limit=60):
        """Until the expression is true; how long it took, in seconds."""
        began = time.monotonic()
        while time.monotonic() - began < limit:
            try:
                if self.evaluate(expression):
                    return time.monotonic() - began
            except BrowserError:
                pass  # another page is just being loaded
            time.sleep(0.05)
        raise BrowserError(f"not within {limit} s: {what}")

    def key(self, name):
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=9)

    def click(self, selector):
        """As a hand would: where the element is, once it stays there."""
        if self.has_scripts:
            self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); if (!e) return null;"
            " e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        if not place:
            raise BrowserError(f"nothing to click at {selector}")
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def metric(self, name):
        for metric in self.send("Performance.getMetrics")["metrics"]:
            if metric["name"] == name:
                return metric["value"]
        raise BrowserError(f"no metric {name}")

    def picture(self, path):
        data = self.send("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))


def complaints(browser, origin):
    """What the browser has complained of, and what it has asked others for."""
    found = []
    for event in browser.events:
        parameters = event["params"]
        if event["method"] == "Runtime.exceptionThrown":
            found.append("exception: " + parameters["exceptionDetails"].get("text", ""))
        elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            found.append("console: " + json.dumps(parameters["args"])[:200])
        elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            found.append("log: " + parameters["entry"]["text"] + " " + parameters["entry"].get("url", ""))
        elif event["method"] == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith((origin, "about:", "data:")):
                found.append("request elsewhere: " + url)
    return found


def post(address, body=None):
    """Sends it, again while the answer is 503: a part of the program is just being restarted."""
    data = json.dumps(body).encode() if body else b""
    for attempt in range(100):
        request = urllib.request.Request(address, data, {"content-type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            if error.code != 503 or attempt == 99:
                raise BrowserError(f"POST {address}: {error.code}")
        time.sleep(0.1)


class Observed:
    """The example program, which ends with this value."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [program, "--port", "0", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            self.address = self.ready(time.monotonic() + 60)
        except BaseException:
            self.close()
            raise

    def ready(self, end):
        text = b""
        while b" is ready\n" not in text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise BrowserError(f"the program has not become ready; it printed {text!r}")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise BrowserError(f"the program has ended; it printed {text!r}")
            text += data
        return next(line.split()[0] for line in text.decode().splitlines() if line.endswith(" is ready"))

    def resident(self):
        """In bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(timeout=10)
        self.process.stdout.close()
