"""kill -9 while people upload and create: what was acknowledged is there afterwards, whole."""

import hashlib
import http.client
import os
import random
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

EMAIL = "ada.martin@interieur.test"
ROUNDS = int(os.environ.get("PARVIS_KILL_ROUNDS", "30"))
BUDGET_S = 120  # fewer rounds on a slow machine, never none
WRITERS = 4
SPACE = {"kind": "project", "description": "", "template": "", "visibility": "closed", "joining": "invitation"}


class Kill(unittest.TestCase):
    def setUp(self):
        self.server = Server(people=[(EMAIL, "Ada Martin", "administrator")])
        self.addCleanup(self.server.close)
        self.server.start()
        self.ada = Client(self.server, "ada").sign_in(EMAIL, PASSWORD)
        self.space = self.ada.expect(201, "POST", "/api/v1/spaces", {**SPACE, "name": "Premier"})["id"]

    def copy_of_ada(self):
        """Her browser's other connections."""
        other = Client(self.server)
        other.cookie, other.csrf = self.ada.cookie, self.ada.csrf
        return other

    def write(self, seed, acknowledged):
        randomness, who = random.Random(seed), self.copy_of_ada()
        try:
            while True:
                if randomness.random() < 0.2:
                    made = who.call("POST", "/api/v1/spaces", {**SPACE, "name": f"Espace {randomness.random()}"})
                    kind = "space"
                else:
                    data = randomness.randbytes(randomness.choice([10, 5_000, 300_000]))
                    made = who.call("POST", f"/api/v1/spaces/{self.space}/files?name=f.bin", data=data,
                                    headers={"Content-Type": "application/octet-stream"})
                    kind = hashlib.sha256(data).hexdigest()
                if made.status == 201:
                    acknowledged.append((kind, made.json["id"]))
                elif made.status < 500:
                    raise AssertionError(f"refused: {made}")
        except (OSError, http.client.HTTPException):
            return  # the server is gone

    def check(self, acknowledged):
        for kind, identifier in acknowledged:
            if kind == "space":
                self.ada.expect(200, "GET", f"/api/v1/spaces/{identifier}")
                continue
            content = self.ada.get(f"/api/v1/files/{identifier}/content")
            self.assertEqual(content.status, 200, f"file {identifier}: {content}")
            self.assertEqual(hashlib.sha256(content.body).hexdigest(), kind)

    def test_nothing_acknowledged_is_lost(self):
        randomness, deadline, everything, rounds = random.Random(), time.monotonic() + BUDGET_S, [], 0
        while rounds < ROUNDS and (rounds == 0 or time.monotonic() < deadline):
            acknowledged = []
            threads = [threading.Thread(target=self.write, args=(randomness.random(), acknowledged))
                       for _ in range(WRITERS)]
            for thread in threads:
                thread.start()
            time.sleep(randomness.uniform(0.05, 0.6))
            self.server.kill()
            for thread in threads:
                thread.join()
            self.server.start()
            self.ada.close()
            self.check(acknowledged)
            everything += acknowledged
            rounds += 1
        self.check(random.sample(everything, min(len(everything), 200)))
        print(f"{rounds} kills, {len(everything)} acknowledged writes", flush=True)
        self.assertGreater(len(everything), rounds)


if __name__ == "__main__":
    unittest.main()
