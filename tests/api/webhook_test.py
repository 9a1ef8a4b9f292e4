"""What rooms tell to a key's address is kept until it is taken: over a receiver in trouble, and over a killed server."""

import base64
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

EMAIL = "ada.martin@interieur.test"
PATIENCE_S = 60


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(secret, claims):
    part = encoded(b'{"alg":"HS256","typ":"JWT"}') + "." + encoded(json.dumps(claims).encode())
    return part + "." + encoded(hmac.new(secret.encode(), part.encode(), hashlib.sha256).digest())


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kept = self.server.kept
        kept["calls"] += 1
        if kept["well"]:
            kept["events"].append((json.loads(body), body, self.headers["Authorization"]))
        self.send_response(200 if kept["well"] else 503)
        self.end_headers()

    def log_message(self, *_):
        pass


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.kept = {"well": False, "calls": 0, "events": []}
        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        receiver.kept = self.kept
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        self.server = Server(people=[(EMAIL, "Ada Martin", "administrator")], options=["--webhook-networks", "127.0.0.0/8"])
        self.addCleanup(self.server.close)
        self.server.start()
        ada = Client(self.server, "ada").sign_in(EMAIL, PASSWORD)
        space = ada.expect(201, "POST", "/api/v1/spaces", {
            "kind": "project", "name": "Réunions", "description": "", "template": "projet", "visibility": "closed",
            "joining": "approval"})["id"]
        made = ada.expect(201, "POST", f"/api/v1/spaces/{space}/meeting-keys", {
            "name": "Robot", "webhook_url": f"http://127.0.0.1:{receiver.server_port}/crochet"})
        self.key, self.secret = made["key"]["id"], made["secret"]

    def call(self, method, body):
        token = sign(self.secret, {"iss": self.key, "exp": int(time.time()) + 60, "video": {"roomCreate": True}})
        answer = Client(self.server).raw("POST", f"/twirp/livekit.RoomService/{method}", json.dumps(body), {
            "Content-Type": "application/json", "Authorization": "Bearer " + token})
        self.assertEqual(answer.status, 200, answer)

    def wait(self, what, condition):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), end, "never: " + what)
            time.sleep(0.05)

    def test_events_outlive_a_receiver_in_trouble_and_a_killed_server(self):
        for room in ("Matin", "Soir"):
            self.call("CreateRoom", {"name": room})
            self.call("DeleteRoom", {"room": room})
        self.wait("called", lambda: self.kept["calls"] >= 2)
        self.server.kill()
        self.kept["well"] = True
        self.server.start()
        self.wait("told", lambda: len(self.kept["events"]) >= 4)
        told = {}
        for event, body, token in self.kept["events"]:
            told.setdefault(event["room"]["name"], []).append(event["event"])
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
            self.assertEqual(claims["iss"], self.key)
            self.assertEqual(claims["sha256"], base64.b64encode(hashlib.sha256(body).digest()).decode())
            self.assertEqual(sign_again(self.secret, token), token)
        self.assertEqual(told, {"Matin": ["room_started", "room_finished"], "Soir": ["room_started", "room_finished"]})


def sign_again(secret, token):
    part = token.rsplit(".", 1)[0]
    return part + "." + encoded(hmac.new(secret.encode(), part.encode(), hashlib.sha256).digest())


if __name__ == "__main__":
    unittest.main()
