#!/usr/bin/env python3
"""Forwarding of media: CPU per forwarded packet, delay, memory and joins of the engine, with Debian's Janus beside it.

    python3 bench/sfu/run.py [build directory, default build] [--seconds 4]

Needs a Release build of bench_sfu_server (the engine alone in a process, one media thread) and bench_sfu_load (its
clients: ICE, DTLS, SRTP with AES-GCM, all on one thread); for the peer, Debian's package janus and to be root. CPU time is
that of the whole server process, as the scheduler counts it, so other work on the machine disturbs it little; delay and loss
are upper bounds, as generator and server share the machine.
"""
import argparse
import subprocess
import sys
import time
from pathlib import Path

import doors
import janus

PASSWORD = "0123456789abcdef01234567"
FIRST_ADDRESS = 0x7F010000
VIDEO, AUDIO = 96, 111


class Child:
    """A program that answers each line with a line."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit(f"no answer to {words}")
        return answer

    def numbers(self, *words):
        answer = self.ask(*words).split()
        return {name: int(value) for name, value in zip(answer[::2], answer[1::2])}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def private_bytes(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no smaps_rollup")


class Parvis:
    """The engine and its clients, as one meeting."""

    name = "Parvis"

    def __init__(self, build):
        self.server = Child(build / "bench/sfu/bench_sfu_server")
        self.load = Child(build / "bench/sfu/bench_sfu_load")
        self.fingerprint = self.load.ask("hello").split()[1]
        self.count, self.next_ssrc = 0, 1_000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.load.__exit__()
        self.server.__exit__()

    def join(self):
        index = self.count
        self.count += 1
        answer = self.server.ask("transport", 1, f"load{index}", PASSWORD, self.fingerprint)
        transport, ufrag, pwd, port, fingerprint = answer.split()
        self.load.ask("client", index, "127.0.0.1", port, ufrag, pwd, fingerprint)
        return index, transport

    def wait(self, seconds=20):
        times = self.load.numbers("wait", self.count, seconds)
        if times["connected"] != self.count:
            sys.exit(f"{times['connected']} of {self.count} clients connected")
        return times

    def publish(self, client, kind, size, burst, rate, rids=()):
        """A track of one or more layers; size, burst and rate are those of each layer when lists."""
        index, transport = client
        mid = {"audio": "0", "video": "1"}[kind]
        kind_type, clock = (VIDEO, 90_000) if kind == "video" else (AUDIO, 48_000)
        track = self.server.ask("publish", transport, kind, mid, kind_type, 4, 10, ",".join(rids) or "-")
        for number, rid in enumerate(rids or ["-"]):
            pick = (lambda value: value[number] if isinstance(value, (list, tuple)) else value)
            self.next_ssrc += 1
            self.load.ask("stream", index, self.next_ssrc, kind_type, clock, 4, mid, 10, rid, pick(size), pick(burst), pick(rate))
        return track

    def subscribe(self, client, track, kind, mid="1"):
        self.server.ask("subscribe", client[1], track, kind, mid, VIDEO if kind == "video" else AUDIO)

    def measure(self, seconds):
        """Runs all streams; CPU per forwarded packet and what the clients saw."""
        pid = self.server.process.pid
        before, used = self.server.numbers("stats"), janus.cpu_us(pid)
        seen = self.load.numbers("run", seconds)
        seen["cpu_us"] = janus.cpu_us(pid) - used
        after = self.server.numbers("stats")
        seen["forwarded"] = after["forwarded"] - before["forwarded"]
        seen["dropped"] = after["dropped"] - before["dropped"]
        return seen


def room(service, publishers, subscribers, kind, size, burst, rate):
    """Publishers whom all subscribers receive."""
    tracks = []
    for _ in range(publishers):
        tracks.append(service.publish(service.join(), kind, size, burst, rate))
    for _ in range(subscribers):
        client = service.join()
        for number, track in enumerate(tracks):
            service.subscribe(client, track, kind, str(number))
    service.wait()


def report(label, limit, seen, seconds):
    cost = seen["cpu_us"] / max(seen["forwarded"], 1)
    lost = 100 * (1 - seen["received"] / max(seen["forwarded"], 1))
    print(f"{label:52} {limit:>12} {cost:7.2f} {1000 / cost:7.0f} {seen['forwarded'] / seconds / 1000:9.1f} "
          f"{seen['cpu_us'] / seconds / 1e4:6.1f} {lost:6.2f} {seen['p50_us'] / 1000:7.2f} {seen['p99_us'] / 1000:7.2f}", flush=True)
    return cost


HEAD = (f"{'forwarding':52} {'to reach':>12} {'us each':>7} {'k/core':>7} {'k/s here':>9} {'core %':>6} {'lost %':>6} "
        f"{'p50 ms':>7} {'p99 ms':>7}")


def bare(build):
    with Child(build / "bench/sfu/bench_sfu_load") as load:
        for size, receivers in ((1100, 40), (100, 1000)):
            cost = load.numbers("bare", receivers, size, 40_000 // receivers)["cost_ns"] / 1000
            print(f"  the system call alone, sendmmsg of {size} B to {receivers:4}             {cost:7.2f} {1000 / cost:7.0f}", flush=True)


def many(build, seconds):
    """Small meetings side by side, none in step with another: what a packet waits for is the server, not its own burst."""
    for rooms in (10, 30):
        with Parvis(build) as service:
            for _ in range(rooms):
                room(service, 1, 4, "video", 1100, 1, 250)
            service.measure(0.5)
            report(f"{rooms} meetings of 1 camera to 4, every 4 ms", "p50 0.2 ms", service.measure(seconds), seconds)


def forwarding(build, seconds):
    print(HEAD)
    bare(build)
    many(build, seconds)
    rows = [
        ("1 camera to 10, a packet every 2.5 ms", "150 k/s", (1, 10, "video", 1100, 1, 400), True),
        ("1 camera to 40, a packet every 2.5 ms", "150 k/s", (1, 40, "video", 1100, 1, 400), True),
        ("1 camera to 80, a packet every 2 ms", "150 k/s", (1, 80, "video", 1100, 1, 500), True),
        ("1 camera to 100, 50 frames/s of 10 packets", "400 k/s", (1, 100, "video", 1100, 10, 50), False),
        ("1 camera to 1000, 720p30 (frames of 6 packets)", "1 core", (1, 1000, "video", 1100, 6, 30), False),
        ("1 speaker to 2000 listeners, 100 B", "1 core", (1, 2000, "audio", 100, 1, 50), False),
        ("3 speakers at once to 2000 listeners, 100 B", "", (3, 2000, "audio", 100, 1, 50), False),
    ]
    for label, limit, shape, with_peer in rows:
        with Parvis(build) as service:
            room(service, *shape)
            service.measure(0.5)
            ours = report(label, limit, service.measure(seconds), seconds)
        if with_peer and janus.available():
            with janus.Janus(Child(build / "bench/sfu/bench_sfu_load", janus.own_address())) as peer:
                peer.room(shape[0], shape[1], *shape[2:])
                peer.measure(0.5)
                theirs = report("  the same through Janus", "", peer.measure(seconds), seconds)
            print(f"  ratio: {theirs / ours:.1f} times less CPU a packet")


def memory(build):
    print("\nmemory (private, of the server process)")
    with Parvis(build) as service:
        publisher = service.join()
        track = service.publish(publisher, "video", (300, 600, 1100), (1, 2, 6), (15, 30, 30), ("q", "h", "f"))
        service.wait()
        service.measure(0.5)
        start = private_bytes(service.server.process.pid)
        service.measure(12)
        kept = private_bytes(service.server.process.pid) - start
        print(f"  one publisher of three layers, 12 s of packets      {kept / 1e6:6.2f} MB   to reach 1")
        start = private_bytes(service.server.process.pid)
        for _ in range(500):
            service.subscribe(service.join(), track, "video")
        service.wait()
        service.measure(2)
        each = (private_bytes(service.server.process.pid) - start) / 500
        print(f"  one listener more, of 500                           {each / 1e6:6.3f} MB   to reach 0.15")
    if janus.available():
        with janus.Janus(Child(build / "bench/sfu/bench_sfu_load", janus.own_address())) as peer:
            peer.room(1, 1, "video", 1100, 6, 30)
            start = private_bytes(peer.pid)
            feeds = peer.publish_all(1, 1100, 6, 30, "video")
            peer.load.numbers("wait", peer.count, 20)
            peer.load.numbers("run", 0.5)
            for _ in range(60):
                peer.subscribe(feeds, "video")
            peer.load.numbers("wait", peer.count, 30)
            peer.measure(1)
            print(f"  the same through Janus, of 60                       {(private_bytes(peer.pid) - start) / 60 / 1e6:6.3f} MB")


def joins(build):
    print("\njoins (ICE, DTLS, SRTP keys; from the first check to keys on both sides)")
    with Parvis(build) as service:
        used, start = janus.cpu_us(service.server.process.pid), time.monotonic()
        for _ in range(1000):
            service.join()
        times = service.wait(30)
        took, cpu = time.monotonic() - start, janus.cpu_us(service.server.process.pid) - used
        print(f"  1000 at once: {took:.2f} s (to reach 5), p50 {times['p50_us'] / 1000:.1f} ms, p99 {times['p99_us'] / 1000:.1f} ms, "
              f"{cpu / 1000:.0f} us of CPU each")
    with Parvis(build) as service:
        service.join()
        times = service.wait()
        print(f"  one alone: {times['p50_us'] / 1000:.1f} ms (to reach 30)")
    if janus.available():
        with janus.Janus(Child(build / "bench/sfu/bench_sfu_load", janus.own_address())) as peer:
            times = peer.room(1, 5, "video", 1100, 6, 30)
            print(f"  Janus, one alone: {times['p50_us'] / 1000:.1f} ms")
    generator = lambda: Child(build / "bench/sfu/bench_sfu_load")
    doors.alone(build, generator)
    doors.crowds(build, generator)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default="build", type=Path)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--part", choices=["forwarding", "memory", "joins"], help="default: all")
    options = parser.parse_args()
    if options.part in (None, "forwarding"):
        forwarding(options.build, options.seconds)
    if options.part in (None, "memory"):
        memory(options.build)
    if options.part in (None, "joins"):
        joins(options.build)
    if not janus.available():
        print("\nJanus is not here: no peer was measured (apt-get install janus, and be root).")


if __name__ == "__main__":
    main()
