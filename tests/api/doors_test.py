"""Removing a person closes what they hold open: asserted by what arrives, never by the clock."""

import base64
import json
import os
import socket
import struct
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

PATIENCE_S = 30
EMAILS = {"ada": "ada.martin@interieur.test", "bruno": "bruno.petit@interieur.test"}


class Live:
    """The web app's WebSocket, as much of RFC 6455 as reading text frames needs."""

    def __init__(self, client):
        self.socket = socket.create_connection(("127.0.0.1", client.server.port), timeout=PATIENCE_S)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{client.server.port}\r\nConnection: Upgrade\r\n"
                             f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                             f"Cookie: {client.cookie}\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head.split(b"\r\n")[0], head

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.fill()
        out, self.buffer = self.buffer[:count], self.buffer[count:]
        return out

    def frame(self):
        """(opcode, payload) of the next frame."""
        first, second = self.take(2)
        length = second & 127
        if length == 126:
            length = struct.unpack(">H", self.take(2))[0]
        return first & 15, self.take(length)

    def wait_for(self, kind):
        while True:
            opcode, payload = self.frame()
            if opcode == 8:
                raise EOFError("closed before " + kind)
            if opcode == 1 and json.loads(payload)["t"] == kind:
                return json.loads(payload)

    def wait_for_close(self):
        while True:
            opcode, payload = self.frame()
            if opcode == 8:
                return struct.unpack(">H", payload[:2])[0]

    def close(self):
        self.socket.close()


class Doors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(people=[(EMAILS["ada"], "Ada Martin", "administrator"), (EMAILS["bruno"], "Bruno Petit", "")])
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def setUp(self):
        self.ada = Client(self.server, "ada").sign_in(EMAILS["ada"], PASSWORD)
        self.bruno = Client(self.server, "bruno").sign_in(EMAILS["bruno"], PASSWORD)
        self.space = self.ada.expect(201, "POST", "/api/v1/spaces", {
            "kind": "project", "name": "Portes", "description": "", "template": "", "visibility": "secret",
            "joining": "invitation"})["id"]
        self.path = f"/api/v1/spaces/{self.space}"
        self.ada.expect(200, "POST", self.path + "/members", {"addresses": EMAILS["bruno"], "role": "contributor"})

    def remove_bruno(self):
        self.ada.expect(204, "DELETE", f"{self.path}/members/{self.bruno.id}")

    def test_removed_member_is_told_and_refused(self):
        live = Live(self.bruno)
        self.addCleanup(live.close)
        live.wait_for("hello")
        file = self.bruno.expect(201, "POST", self.path + "/files?name=a.txt", data=b"a",
                                 headers={"Content-Type": "text/plain"})["id"]
        self.remove_bruno()
        self.assertEqual(live.wait_for("membership")["space"], self.space)
        for path in (self.path, self.path + "/members", self.path + "/files", f"/api/v1/files/{file}",
                     f"/api/v1/files/{file}/content"):
            with self.subTest(path=path):
                self.assertEqual(self.bruno.get(path).status, 404)
        told = self.bruno.expect(200, "GET", "/api/v1/notifications")["notifications"]
        self.assertIn("removed_from_space", [one["kind"] for one in told])

    def test_ended_session_closes_its_sockets(self):
        other = Client(self.server).sign_in(EMAILS["bruno"], PASSWORD)
        live, kept = Live(other), Live(self.bruno)
        self.addCleanup(live.close)
        self.addCleanup(kept.close)
        live.wait_for("hello")
        kept.wait_for("hello")
        self.bruno.expect(204, "DELETE", f"/api/v1/devices/{other.me['session']}")
        live.wait_for("signed_out")
        self.assertEqual(live.wait_for_close(), 1008)
        self.assertEqual(other.get("/api/v1/home").status, 401)
        self.remove_bruno()
        kept.wait_for("membership")

    def test_suspended_person_loses_everything(self):
        live = Live(self.bruno)
        self.addCleanup(live.close)
        live.wait_for("hello")
        path = f"/api/v1/admin/people/{self.bruno.id}"
        self.ada.expect(200, "PATCH", path, {"state": "suspended"})
        self.addCleanup(self.ada.expect, 200, "PATCH", path, {"state": "active"})
        live.wait_for("signed_out")
        self.assertEqual(live.wait_for_close(), 1008)
        self.assertEqual(self.bruno.get("/api/v1/home").status, 401)

    def test_long_poll_returns_the_leave(self):
        rooms = self.ada.get(self.path + "/rooms")
        if rooms.status == 404 and rooms.code == "no_such_address":
            self.skipTest("no chat module in this build")
        room = rooms.json["rooms"][0]["room_id"]
        sync = "/_matrix/client/v3/sync?timeout="
        # Rooms follow membership a moment after it: wait as a client does.
        first = self.bruno.expect(200, "GET", sync + "0")
        for _ in range(20):
            if room in first.get("rooms", {}).get("join", {}):
                break
            first = self.bruno.expect(200, "GET", f"{sync}1000&since={first['next_batch']}")
        self.assertIn(room, first.get("rooms", {}).get("join", {}))
        other, seen = Client(self.server), []
        other.cookie, other.csrf = self.bruno.cookie, self.bruno.csrf

        def poll():
            since = first["next_batch"]
            for _ in range(10):
                page = other.expect(200, "GET", f"{sync}{PATIENCE_S * 1000}&since={since}")
                since = page["next_batch"]
                if room in page.get("rooms", {}).get("leave", {}):
                    seen.append(page)
                    return

        poller = threading.Thread(target=poll)
        poller.start()
        self.remove_bruno()
        poller.join(PATIENCE_S * 2)
        self.assertTrue(seen, "the open /sync did not say that the room is left")


if __name__ == "__main__":
    unittest.main()
