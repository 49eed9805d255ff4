#!/usr/bin/env python3
"""Two Swift nodes and a BEAM for a long time: calls, casts, kills, connections that are cut, a node that is killed and started
again. Fails when a call is stuck, an exit signal is lost, an answer is wrong, or the node that stays grows.

    FIXTURE=.build/debug/otp-interop-fixture Tests/Interop/soak.py [SECONDS]      (default 1800)
"""

import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PORT = os.environ.setdefault("ERL_EPMD_PORT", "14374")
FIXTURE = os.environ["FIXTURE"]
RESTART_EVERY = 15


def start(name):
    return subprocess.Popen([FIXTURE, name, "c", "--epmd-port", PORT, "--tick", "2"], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def state(process):
    """Resident memory in MiB, descriptors, threads."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    files = len(os.listdir(f"/proc/{process.pid}/fd"))
    return int(fields["VmRSS"].split()[0]) / 1024, files, int(fields["Threads"])


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 1800
    programs = [subprocess.Popen(["epmd", "-port", PORT, "-address", "127.0.0.1"])]
    try:
        time.sleep(0.5)
        first, second = start("s@localhost"), start("s2@localhost")
        programs += [first, second]
        time.sleep(1)
        beam = subprocess.Popen(
            ["elixir", "--sname", "soak@localhost", "--cookie", "c", "--erl",
             "-kernel inet_dist_use_interface {127,0,0,1}", str(HERE / "soak.exs"), str(seconds)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        programs.append(beam)
        begin, restarts, states = time.monotonic(), 0, []
        while beam.poll() is None and time.monotonic() - begin < seconds + 90:
            time.sleep(RESTART_EVERY)
            if first.poll() is not None:
                print(f"the node that stays has ended: {first.returncode}")
                return 1
            states.append(state(first))
            if time.monotonic() - begin < seconds - RESTART_EVERY:
                second.kill()
                second.wait()
                second = start("s2@localhost")
                programs.append(second)
                restarts += 1
        words = beam.communicate(timeout=60)[0].strip()
        print(words)
        print(f"restarts {restarts}")
        counts = {name: int(value) for name, value in
                  (line.split() for line in words.splitlines() if len(line.split()) == 2 and line.split()[1].isdigit())}
        time.sleep(3)
        last = state(first)
        # The first tenth is warm-up.
        warm = states[max(1, len(states) // 10)] if len(states) > 1 else states[0]
        print(f"memory {warm[0]:.1f} MiB after a tenth, {max(s[0] for s in states):.1f} at most, {last[0]:.1f} at the end; "
              f"descriptors {warm[1]}, {last[1]}; threads {warm[2]}, {last[2]}")
        failures = [name for name in ("stuck_calls", "lost_signals") if counts.get(name, 1)]
        if "failed:" in words or "is stuck" in words:
            failures.append("a worker")
        if not counts.get("calls") or not counts.get("kills") or not counts.get("relays"):
            failures.append("nothing was done")
        if last[0] > warm[0] + 64:
            failures.append("memory")
        if last[1] > warm[1] + 8:
            failures.append("descriptors")
        print(f"soak: {seconds} s, " + (f"FAILED: {', '.join(failures)}" if failures else "nothing lost, nothing stuck"))
        return 1 if failures else 0
    finally:
        for program in reversed(programs):
            program.kill()
            program.wait()


sys.exit(main())
