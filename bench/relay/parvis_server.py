"""The real server for run.mjs, with as many people as asked for; stops when its standard input closes."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "tools"))
from server import PASSWORD, Server  # noqa: E402

PEOPLE = [(f"agent{number}@interieur.test", f"Agent {number}", "" if number else "administrator")
          for number in range(int(sys.argv[1]))]

with Server(people=PEOPLE) as server:
    print(json.dumps({"url": server.url, "password": PASSWORD, "pid": server.process.pid,
                      "people": [one[0] for one in PEOPLE]}), flush=True)
    sys.stdin.read()
