"""Joins through the whole server: a WebSocket on /rtc/v1 with a guest's token, an offer in its first request, ICE, DTLS, and
the first packet of media that can be opened; and what a thousand of them do to a meeting that is running."""
import http.client
import json
import sys
import threading
import time
from pathlib import Path

import janus

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "tools"))
from server import PASSWORD, Server  # noqa: E402

ADA = "ada.martin@interieur.test"
VIDEO, AUDIO = 96, 111
MID = 4  # the extension's number in the generator's offers


class House:
    """The server, and meetings that guests enter with a link."""

    def __init__(self, build):
        import os
        os.environ.setdefault("PARVIS_BINARY", str(build / "src/main/parvis"))
        self.server = Server(people=[(ADA, "Ada Martin", "administrator")],
                             options=["--media-listen", "127.0.0.1:0", "--request-rate", "1000000"])
        self.callers = 0

    def __enter__(self):
        self.server.__enter__()
        self.token = self.ask("POST", "/api/v1/session", {"email": ADA, "password": PASSWORD}, cookie=True)
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)

    pid = property(lambda self: self.server.process.pid)

    def ask(self, method, path, body=None, cookie=False, stranger=False):
        # Strangers come from addresses of their own, as in life: one address may not ask without end.
        self.callers += 1
        source = (f"127.2.{self.callers // 250}.{self.callers % 250 + 1}", 0) if stranger else None
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60, source_address=source)
        headers = {"Content-Type": "application/json"}
        if not cookie and not stranger:
            headers["Authorization"] = "Bearer " + self.token
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        if cookie:
            return answer.getheader("Set-Cookie").split("=", 1)[1].split(";")[0]
        return json.loads(text)

    def meeting(self):
        space = self.ask("POST", "/api/v1/spaces", {"kind": "project", "name": "Réunion", "description": "", "template": "projet",
                                                    "visibility": "closed", "joining": "approval"})["id"]
        path = f"/api/v1/meetings/{self.ask('POST', f'/api/v1/spaces/{space}/meetings', {})['id']}"
        link = self.ask("PATCH", path, {"guests": True, "lobby": False})["guest_link"]
        return path.rsplit("/", 1)[1], link.split("cle=")[1].split("&")[0]

    def guest(self, meeting):
        body = {"key": meeting[1], "name": "Invité"}
        return self.ask("POST", f"/api/v1/guest-meetings/{meeting[0]}/join", body, stranger=True)["token"]


class Crowd:
    """A generator whose clients enter through the door."""

    def __init__(self, child, house):
        self.load, self.house, self.count, self.ssrc = child, house, 0, 5_000
        self.load.ask("hello")

    def publish(self, meeting, cameras):
        """One who sends a voice and, with `cameras`, 720p30."""
        index = self.enter(self.house.guest(meeting), "publish")
        for kind, mid, clock, size, burst, rate in [(AUDIO, "0", 48_000, 100, 1, 50), (VIDEO, "1", 90_000, 1100, 6, 30)][:1 + cameras]:
            self.ssrc += 1
            while True:  # the client exists once the server has answered
                told = self.load.ask("stream", index, self.ssrc, kind, clock, MID, mid, 0, "-", size, burst, rate)
                if told == "ready":
                    break
                self.load.ask("joined", 1_000_000, 0.05)

    def enter(self, token, part="listen"):
        index, self.count = self.count, self.count + 1
        self.load.ask("join", index, "127.0.0.1", self.house.server.port, token, part)
        return index

    def joined(self, listeners, seconds):
        told = self.load.numbers("joined", listeners, seconds)
        if told["joined"] < listeners:
            raise SystemExit(f"only {told['joined']} of {listeners} hear something")
        return told


def alone(build, child, tries=20):
    """One after the other into a meeting where somebody speaks and is filmed."""
    with House(build) as house, child() as load:
        crowd, meeting = Crowd(load, house), house.meeting()
        crowd.publish(meeting, True)
        tokens = [house.guest(meeting) for _ in range(tries)]
        load.ask("start")
        for number, token in enumerate(tokens):
            crowd.enter(token)
            crowd.joined(number + 1, 20)
        told = crowd.joined(tries, 1)
        print(f"  one after the other, whole server: socket asked for to first media, p50 {told['p50_us'] / 1000:.1f} ms, "
              f"p99 {told['p99_us'] / 1000:.1f} ms (to reach 30)", flush=True)


def crowds(build, child, joins=1000, meetings=20, listeners=40):
    """A meeting of 720p30 and a voice to 40, measured alone, then while a thousand join others in five seconds."""
    with House(build) as house, child() as running, child() as joining:
        steady, others = Crowd(running, house), Crowd(joining, house)
        first = house.meeting()
        steady.publish(first, True)
        running.ask("start")
        for _ in range(listeners):
            steady.enter(house.guest(first))
        steady.joined(listeners, 30)
        running.ask("stop")
        rooms = [house.meeting() for _ in range(meetings)]
        for room in rooms:
            others.publish(room, False)
        tokens = [house.guest(rooms[number % meetings]) for number in range(joins)]
        show("the running meeting alone", running.numbers("run", 5))
        joining.ask("start")
        seen = {}
        measuring = threading.Thread(target=lambda: seen.update(running.numbers("run", 6)))
        measuring.start()
        time.sleep(0.5)
        used, start = janus.cpu_us(house.pid), time.monotonic()
        for number, token in enumerate(tokens):
            others.enter(token)
            ahead = number * 4.5 / joins - (time.monotonic() - start)
            if ahead > 0.002:
                joining.numbers("joined", 1_000_000, ahead)
        told = others.joined(joins, 30)
        took, cpu = time.monotonic() - start, janus.cpu_us(house.pid) - used
        measuring.join()
        print(f"  {joins} into {meetings} other meetings: all hear after {took:.2f} s (to reach 5), p50 {told['p50_us'] / 1000:.1f} ms, "
              f"p99 {told['p99_us'] / 1000:.1f} ms, {cpu / joins:.0f} us of CPU each (what they hear included)")
        show("the running meeting meanwhile", seen)


def show(label, seen):
    known = seen["opened"] + seen["lost"]
    print(f"  {label}: lost {100 * seen['lost'] / max(known, 1):.2f} %, delay p50 {seen['p50_us'] / 1000:.2f} ms, "
          f"p99 {seen['p99_us'] / 1000:.2f} ms", flush=True)
