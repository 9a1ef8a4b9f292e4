"""A graceful stop does not wait for those who wait: long polls are answered, sockets are closed, nobody is cut."""

import base64
import http.client
import os
import signal
import socket
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

EMAIL = "ada.martin@interieur.test"
POLLS = 30
POLL_MS = 120_000  # far longer than the ten seconds after which a stop cuts


class Stop(unittest.TestCase):
    def setUp(self):
        self.server = Server(people=[(EMAIL, "Ada Martin", "administrator")])
        self.addCleanup(self.server.close)
        self.server.start()
        self.ada = Client(self.server, "ada").sign_in(EMAIL, PASSWORD)

    def device(self):
        """A token of a device of its own: a newer /sync of the same device would end the older."""
        answer = Client(self.server).raw(
            "POST", "/_matrix/client/v3/login",
            '{"type":"m.login.password","identifier":{"type":"m.id.thirdparty","medium":"email","address":"%s"},'
            '"password":"%s"}' % (EMAIL, PASSWORD), {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer)
        return {"Authorization": "Bearer " + answer.json["access_token"]}

    def first_sync(self, token):
        answer = Client(self.server).raw("GET", "/_matrix/client/v3/sync?timeout=0", headers=token)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["next_batch"]

    def wait_in(self, path, headers, answers):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            answers.append(response.status)
        except (OSError, http.client.HTTPException) as error:
            answers.append(repr(error))
        finally:
            connection.close()

    def open_live_socket(self):
        live = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        live.sendall((f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nUpgrade: websocket\r\n"
                      f"Connection: Upgrade\r\nOrigin: {self.server.url}\r\nCookie: {self.ada.cookie}\r\n"
                      f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        self.assertIn(b" 101 ", live.recv(4096))
        return live

    def test_what_waits_is_answered(self):
        answers, threads = [], []
        for _ in range(POLLS):
            token = self.device()
            path = f"/_matrix/client/v3/sync?timeout={POLL_MS}&since={self.first_sync(token)}"
            threads.append(threading.Thread(target=self.wait_in, args=(path, token, answers)))
        live = self.open_live_socket()
        self.addCleanup(live.close)
        for thread in threads:
            thread.start()
        time.sleep(1)  # the requests are on their way; one that arrives later is refused a connection
        self.assertEqual(answers, [])
        self.server.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [200] * POLLS)
        self.assertEqual(self.server.process.wait(timeout=60), 0)
        self.assertNotIn("http.stop_cut", self.server.log())


if __name__ == "__main__":
    unittest.main()
