"""Debian's Janus with its videoroom, in the place of the engine: the same clients, the same packets. Janus does not take
loopback addresses for media, so clients reach it at this machine's own address (the packets stay in the machine)."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "0123456789abcdef01234567"
ROOM = 4711

MAIN = """general: {{ debug_level = 2, session_timeout = 0, candidates_timeout = 45, log_to_stdout = false, log_to_file = "{log}" }}
media: {{ rtp_port_range = "20000-40000" }}
plugins: {{ disable = "libjanus_audiobridge.so,libjanus_echotest.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so,libjanus_lua.so,libjanus_duktape.so" }}
transports: {{ disable = "libjanus_http.so,libjanus_websockets.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so" }}
"""


def own_address():
    """The first address of this machine that is not loopback; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))
        return probe.getsockname()[0]


class Janus:
    name = "Janus"

    def __init__(self, load):
        """`load`: the generator, a fresh one with own_address() as its only address."""
        self.load = load
        fingerprint, port = load.ask("hello").split()[1:]
        self.fingerprint, self.port = fingerprint, port
        self.folder = Path(tempfile.mkdtemp(prefix="bench-janus-"))
        path = self.folder / "api"
        (self.folder / "janus.jcfg").write_text(MAIN.format(log=self.folder / "log"))
        (self.folder / "janus.transport.pfunix.jcfg").write_text(
            f'general: {{ enabled = true, json = "compact", path = "{path}", type = "SOCK_SEQPACKET" }}\n')
        (self.folder / "janus.plugin.videoroom.jcfg").write_text("")
        self.process = subprocess.Popen(["janus", "-F", str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not path.exists():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("Janus does not start: " + (self.folder / "log").read_text()[-2000:])
            time.sleep(0.05)
        self.api = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.api.connect(str(path))
        self.api.settimeout(20)
        self.turn, self.count, self.next_ssrc = 0, 0, 1_000
        self.session = self.ask({"janus": "create"})["data"]["id"]
        self.message(self.attach(), {"request": "create", "room": ROOM, "publishers": 100, "bitrate": 0, "audiocodec": "opus",
                                     "videocodec": "vp8", "audiolevel_ext": False, "transport_wide_cc_ext": False})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.load.__exit__()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    pid = property(lambda self: self.process.pid)

    def ask(self, message):
        """The answer, or the event that comes with it."""
        self.turn += 1
        name = str(self.turn)
        message = {**message, "transaction": name}
        if hasattr(self, "session"):
            message["session_id"] = self.session
        self.api.send(json.dumps(message).encode())
        while True:
            answer = json.loads(self.api.recv(1 << 20))
            if answer.get("transaction") == name and answer["janus"] != "ack":
                if answer["janus"] == "error":
                    raise RuntimeError(f"Janus: {answer['error']}")
                return answer

    def attach(self):
        return self.ask({"janus": "attach", "plugin": "janus.plugin.videoroom"})["data"]["id"]

    def message(self, handle, body, jsep=None):
        answer = self.ask({"janus": "message", "handle_id": handle, "body": body, **({"jsep": jsep} if jsep else {})})
        data = answer["plugindata"]["data"]
        if "error" in data:
            raise RuntimeError(f"videoroom: {data['error']}")
        return data, answer.get("jsep", {}).get("sdp", "")

    def description(self, index, sections):
        address = own_address()
        lines = ["v=0", f"o=- {index + 1} 1 IN IP4 {address}", "s=-", "t=0 0",
                 "a=group:BUNDLE " + " ".join(mid for mid, *_ in sections)]
        for mid, kind, direction, payload_type, codec, extra in sections:
            lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {payload_type}", f"c=IN IP4 {address}", f"a={direction}", f"a=mid:{mid}",
                      "a=rtcp-mux", f"a=ice-ufrag:load{index}", f"a=ice-pwd:{PASSWORD}", f"a=fingerprint:sha-256 {self.fingerprint}",
                      "a=setup:active", f"a=rtpmap:{payload_type} {codec}", *extra,
                      f"a=candidate:1 1 udp 2130706431 {address} {self.port} typ host", "a=end-of-candidates"]
        return "\r\n".join(lines) + "\r\n"

    def connect(self, index, sdp):
        def field(name):
            return next(line.split(":", 1)[1] for line in sdp.splitlines() if line.startswith(f"a={name}:"))
        mine = own_address()
        port = next(line.split()[5] for line in sdp.splitlines()
                    if line.startswith("a=candidate:") and line.split()[4] == mine and line.split()[2].lower() == "udp")
        self.load.ask("client", index, mine, port, field("ice-ufrag"), field("ice-pwd"), field("fingerprint").split()[1])

    def publish_all(self, tracks, size, burst, rate, kind):
        """Publishers, one track each; their feeds."""
        feeds = []
        for _ in range(tracks):
            index = self.count
            self.count += 1
            handle = self.attach()
            self.next_ssrc += 1
            ssrc, payload_type, codec, clock = (self.next_ssrc, 96, "VP8/90000", 90_000) if kind == "video" else (
                self.next_ssrc, 111, "opus/48000/2", 48_000)
            extra = ["a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", f"a=ssrc:{ssrc} cname:x"]
            offer = self.description(index, [("0", kind, "sendonly", payload_type, codec, extra)])
            data, answer = self.message(handle, {"request": "joinandconfigure", "room": ROOM, "ptype": "publisher"},
                                        {"type": "offer", "sdp": offer})
            feeds.append(data["id"])
            self.connect(index, answer)
            self.load.ask("stream", index, ssrc, payload_type, clock, 4, "0", 0, "-", size, burst, rate)
        return feeds

    def subscribe(self, feeds, kind):
        index = self.count
        self.count += 1
        handle = self.attach()
        _, offer = self.message(handle, {"request": "join", "room": ROOM, "ptype": "subscriber",
                                         "streams": [{"feed": feed} for feed in feeds]})
        sections = []
        mid, payload_type = "", ""
        for line in offer.splitlines():
            if line.startswith("m="):
                payload_type = line.split()[3]
            if line.startswith("a=mid:"):
                mid = line[6:]
                codec = "VP8/90000" if kind == "video" else "opus/48000/2"
                sections.append((mid, kind, "recvonly", payload_type, codec, []))
        self.connect(index, offer)
        self.message(handle, {"request": "start"}, {"type": "answer", "sdp": self.description(index, sections)})

    def room(self, publishers, subscribers, kind, size, burst, rate):
        feeds = self.publish_all(publishers, size, burst, rate, kind)
        self.load.numbers("wait", self.count, 20)
        self.load.numbers("run", 0.5)  # the feeds exist once their media flow
        for _ in range(subscribers):
            self.subscribe(feeds, kind)
        return self.load.numbers("wait", self.count, 30)

    def measure(self, seconds):
        before = cpu_us(self.pid)
        seen = self.load.numbers("run", seconds)
        seen["cpu_us"] = cpu_us(self.pid) - before
        seen["forwarded"] = seen["received"]
        return seen


def cpu_us(pid):
    """User and system time of all threads of a process, as the scheduler counts it."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            pass
    return total // 1000


def available():
    return shutil.which("janus") is not None and os.geteuid() == 0
