#!/usr/bin/env python3
"""Chat: messages, deliveries, delays, initial sync, memory and disk of the real server, beside Synapse's figures.

    python3 bench/chat/run.py [build directory, default build] [--seconds 10] [--people 1000]

Needs a Release build of parvis and bench_chat. The server runs on loopback with its limit of requests per person
lifted (--request-rate), on the disk of TMPDIR; generator and server share the machine, so CPU time per message is the
figure that other work disturbs least. Synapse 1.67 with SQLite was measured on a machine of this kind and is quoted.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))
from server import PASSWORD, Server  # noqa: E402

QUICK = ["--request-rate", "1000000"]


def address(number):
    return f"bench{number:04d}@interieur.test"


def people(count):
    return [(address(number), f"Agent {number:04d}", "administrator" if number == 0 else "") for number in range(count)]


class Bench:
    def __init__(self, build, seconds):
        self.binary, self.seconds = build / "bench" / "chat" / "bench_chat", seconds
        self.file = tempfile.NamedTemporaryFile("w", suffix=".people")

    def name_people(self, count):
        self.file.seek(0)
        self.file.truncate()
        self.file.write("".join(f"{address(number)} {PASSWORD}\n" for number in range(count)))
        self.file.flush()

    def run(self, server, command, room=""):
        words = [self.binary, f"127.0.0.1:{server.port}", command, "--people", self.file.name, "--pid", server.process.pid,
                 "--seconds", self.seconds] + (["--room", room] if room else [])
        done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, text=True, timeout=900)
        if done.returncode:
            raise SystemExit(f"{command} failed")
        return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def ask(server, token, path, body=None):
    request = urllib.request.Request(server.url + path, data=json.dumps(body).encode() if body is not None else None)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", "Bearer " + token)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def salon(server, count):
    """A community whose salon holds everybody; the id of its room."""
    token = ask(server, "", "/_matrix/client/v3/login",
                {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": address(0)}, "password": PASSWORD})["access_token"]
    space = ask(server, token, "/api/v1/spaces", {"kind": "community", "name": "Mesure", "description": "Mesure", "template":
                "communaute-de-pratique", "visibility": "closed", "joining": "approval"})
    for first in range(1, count, 50):
        addresses = "\n".join(address(number) for number in range(first, min(first + 50, count)))
        ask(server, token, f"/api/v1/spaces/{space['id']}/members", {"addresses": addresses, "role": "contributor"})
    return ask(server, token, f"/api/v1/spaces/{space['id']}/rooms")["rooms"][0]["room_id"]


def stored_bytes(server):
    return sum(path.stat().st_size for path in Path(server.data).glob("parvis.db*"))


def measure(bench, count):
    figures = {}
    with Server(people=people(100), options=QUICK) as server:
        bench.name_people(100)
        figures["pairs"] = bench.run(server, "pairs")
        room = salon(server, 100)
        figures["delay"] = bench.run(server, "delay")
        figures["fan-out"] = bench.run(server, "fan-out", room)
        server.stop()
        before = stored_bytes(server)
        server.start()
        figures["room"] = bench.run(server, "room", room)
        server.stop()
        figures["disk"] = (stored_bytes(server) - before) / figures["room"]["sent"]
    with Server(people=people(101), options=QUICK) as server:
        bench.name_people(101)
        bench.run(server, "fill")
        server.stop()
        server.start()
        figures["sync"] = bench.run(server, "sync")
    with Server(people=people(count), options=QUICK) as server:
        bench.name_people(count)
        salon(server, count)
        server.stop()
        server.start()
        figures["memory"] = bench.run(server, "memory")
    return figures


def table(figures):
    memory = figures["memory"]
    per_thousand = (memory["connected_kib"] - memory["idle_kib"]) / 1024 * 1000 / memory["people"]
    rows = [  # what, measured, to reach, whether more is better, Synapse, unit
        ("durable messages/s, rooms of 2, 64 senders", figures["pairs"]["sent_per_second"], 4000, True, 80, ""),
        ("durable messages/s, one room of 100, 64 senders", figures["room"]["sent_per_second"], 4000, True, 38, ""),
        ("deliveries/s, 100 live clients in a room", figures["fan-out"]["delivered_per_second"], 50000, True, 100, ""),
        ("send to delivery at 5 messages/s, p50", figures["delay"]["p50_ms"], 1.5, False, 33, " ms"),
        ("send to delivery at 5 messages/s, p99", figures["delay"]["p99_ms"], 5, False, 55, " ms"),
        ("initial sync, 100 rooms of 200 messages, cold", figures["sync"]["cold_ms"], 60, False, 4700, " ms"),
        ("the same, warm", figures["sync"]["warm_ms"], 15, False, 2600, " ms"),
        ("idle memory", memory["idle_kib"] / 1024, 60, False, 108, " MB"),
        ("memory per 1,000 connected people", per_thousand, 20, False, None, " MB"),
        ("disk per message, room of 100", figures["disk"] / 1000, 1.2, False, 12.8, " KB"),
    ]
    print("| what | Parvis | to reach | Synapse 1.67 (quoted) | ratio |\n| --- | --- | --- | --- | --- |")
    for what, value, goal, more, peer, unit in rows:
        sign, ratio = ("≥" if more else "≤"), "" if peer is None else f"{value / peer if more else peer / value:.0f} ×"
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        print(f"| {what} | {shown}{unit} | {sign} {goal:,}{unit} | {'' if peer is None else f'{peer:,}{unit}'} | {ratio} |")
    print()
    for name in ("pairs", "room"):
        print(f"server CPU per message, {name}: {figures[name]['cpu_us_per_message']:.0f} µs")
    print(f"server CPU per delivery: {figures['fan-out']['cpu_us_per_delivery']:.1f} µs")
    print(f"initial sync: {figures['sync']['warm_bytes'] / 1000:.0f} KB, CPU {figures['sync']['cold_cpu_ms']:.0f} ms cold")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default=ROOT / "build", type=Path)
    parser.add_argument("--seconds", default=10, type=int)
    parser.add_argument("--people", default=1000, type=int)
    options = parser.parse_args()
    os.environ.setdefault("PARVIS_BINARY", str(options.build / "src" / "main" / "parvis"))
    figures = measure(Bench(options.build, options.seconds), options.people)
    table(figures)


if __name__ == "__main__":
    main()
