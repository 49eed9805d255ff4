"""The example `football` as a process, and clients of it, with nothing but Python's own library."""

import http.client
import json
import os
import random
import select
import signal
import socket
import subprocess
import time


class ServiceError(Exception):
    pass


def free_port():
    """One that no connection is given as its own: while the program is dead, a client that tries to connect to it would meet
    itself there, and keep the port from the program's next run."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class Service:
    """One run of the program, which ends with this value at the latest."""

    def __init__(self, program, port, folder, *arguments):
        self.port = port
        self.log = open(os.path.join(folder, "log"), "ab")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [program, "--port", str(port), "--data", folder, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, start_new_session=True)
        try:
            self.wait_until_ready(began + 30)
        except BaseException:
            self.kill()
            raise
        self.start_took = time.monotonic() - began

    def wait_until_ready(self, end):
        text = b""
        while b" is ready\n" not in text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise ServiceError(f"the program has not become ready; it printed {text!r}")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise ServiceError(f"the program has ended; it printed {text!r}")
            text += data

    def resident(self):
        """In bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def terminate(self, limit):
        """Asks it to end; the exit status and how long it took, in seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            raise ServiceError(f"the program has not ended {limit} s after SIGTERM")
        return status, time.monotonic() - began

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(timeout=10)
        if not self.process.stdout.closed:
            self.process.stdout.close()
        self.log.close()


class Client:
    """One connection that is kept open."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def ask(self, method, path, body=None, limit=10):
        """(status, what the answer says in JSON, or its text); raises OSError or HTTPException when there is no answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit)
        try:
            data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            self.connection.request(method, path, data, {"content-type": "application/json"} if data else {})
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.will_close:
                self.close()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text.decode(errors="replace")

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def events(port, path, is_over):
    """The server-sent events of an address, as values, until the server ends the stream or `is_over` says so."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ServiceError(f"{path}: status {answer.status}")
        while not is_over():
            line = answer.readline()
            if not line:
                return
            if line.startswith(b"data: "):
                yield json.loads(line[6:])
    finally:
        connection.close()
