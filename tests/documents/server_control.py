"""The real server for run.mjs: prints a line of JSON, then obeys lines on its standard input: `kill` (kill -9, start again)."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from server import PASSWORD, Server  # noqa: E402

PEOPLE = [("ada.martin@interieur.test", "Ada Martin", "administrator"),
          ("bruno.petit@interieur.test", "Bruno Petit", "agent")]

with Server(people=PEOPLE) as server:
    print(json.dumps({"url": server.url, "password": PASSWORD, "people": [one[0] for one in PEOPLE]}), flush=True)
    for line in sys.stdin:
        if line.strip() == "kill":
            server.kill()
            server.start()
            print(json.dumps({"started": True}), flush=True)
