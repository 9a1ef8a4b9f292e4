"""A disk without room: what would write is refused in plain words, what reads goes on, and nothing half-written stays."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1] / "tools"
sys.path.insert(0, str(TOOLS))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

EMAIL = "ada.martin@interieur.test"
SPACE = {"kind": "project", "description": "", "template": "projet", "visibility": "closed", "joining": "invitation"}
BYTES = {"Content-Type": "application/octet-stream"}


class FullDisk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="parvis-full-")
        self.addCleanup(folder.cleanup)
        self.flag = Path(folder.name, "full")
        shim = Path(folder.name, "full_disk.so")
        subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", "-o", shim, TOOLS / "full_disk.c", "-ldl"], check=True)
        self.server = Server(people=[(EMAIL, "Ada Martin", "administrator")])
        self.addCleanup(self.server.close)
        os.environ.update(LD_PRELOAD=str(shim), FULL_DISK_FLAG=str(self.flag))
        try:
            self.server.start()
        finally:
            del os.environ["LD_PRELOAD"], os.environ["FULL_DISK_FLAG"]
        self.ada = Client(self.server, "ada").sign_in(EMAIL, PASSWORD)
        self.space = self.ada.expect(201, "POST", "/api/v1/spaces", {**SPACE, "name": "Premier"})["id"]

    def upload(self, name, size):
        return self.ada.call("POST", f"/api/v1/spaces/{self.space}/files?name={name}", data=os.urandom(size), headers=BYTES)

    def files(self):
        return sorted(one["name"] for one in self.ada.expect(200, "GET", f"/api/v1/spaces/{self.space}/files")["files"])

    def documents(self):
        return sorted(one["title"] for one in self.ada.expect(200, "GET", f"/api/v1/spaces/{self.space}/documents")["documents"])

    def test_writes_are_refused_and_reads_go_on(self):
        kept = self.upload("avant.bin", 50_000)
        self.assertEqual(kept.status, 201, kept)
        document = self.ada.expect(201, "POST", f"/api/v1/spaces/{self.space}/documents", {"title": "Avant"})["id"]
        room = self.ada.expect(200, "GET", f"/api/v1/spaces/{self.space}/rooms")["rooms"][0]["room_id"]
        send = f"/_matrix/client/v3/rooms/{room.replace('!', '%21')}/send/m.room.message/"
        message = {"msgtype": "m.text", "body": "Bonjour"}
        self.assertEqual(self.ada.call("PUT", send + "1", message).status, 200)

        self.flag.touch()
        for refused in (self.upload("petit.bin", 100), self.upload("grand.bin", 3_000_000),
                        self.ada.call("POST", f"/api/v1/spaces/{self.space}/documents", {"title": "Pendant"}),
                        self.ada.call("PATCH", f"/api/v1/spaces/{self.space}", {"description": "changée"}),
                        self.ada.call("PUT", send + "2", message)):
            self.assertIn(refused.status, (500, 503, 507), refused)
            said = refused.json.get("title") or refused.json.get("error")
            self.assertIn("plein", said.lower(), refused)
        for path in (f"/api/v1/spaces/{self.space}", f"/api/v1/files/{kept.json['id']}/content", f"/api/v1/documents/{document}",
                     "/_matrix/client/v3/sync?timeout=0"):
            self.assertEqual(self.ada.call("GET", path).status, 200, path)
        self.assertEqual(self.files(), ["avant.bin"])

        self.flag.unlink()
        self.assertEqual(self.upload("apres.bin", 3_000_000).status, 201)
        self.assertEqual(self.ada.call("PUT", send + "3", message).status, 200)
        self.server.kill()
        self.server.start()
        self.ada.close()
        self.assertEqual(self.files(), ["apres.bin", "avant.bin"])
        self.assertEqual(self.documents(), ["Avant"])
        self.assertEqual(self.ada.expect(200, "GET", f"/api/v1/spaces/{self.space}")["description"], "")


if __name__ == "__main__":
    unittest.main()
