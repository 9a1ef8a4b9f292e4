"""matrix-js-sdk (the library under Element Web), pinned by package-lock.json, in a salon of a space."""

import json
import os
import subprocess
import sys
import time

import checks
from nio_test import salon
from parvis_server import PASSWORD
from spaces_test import person_id

HERE = os.path.dirname(os.path.abspath(__file__))
REMOVAL_S = 2


def test_the_sdk_lives_in_a_salon(server):
    web, space, room = salon(server, "Avec le kit", "bruno@essais.fr", "chloe@essais.fr")
    run = subprocess.Popen(["node", "sdk_scenario.mjs", server.url, room, PASSWORD, "bruno-essais.fr", "chloe-essais.fr"],
                           cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    removed_at = None
    steps = []
    for line in run.stdout:
        if not line.startswith('{"step"'):
            continue
        steps.append(json.loads(line)["step"])
        if steps[-1] == "ready to be removed":
            removed_at = time.monotonic()
            web.request("DELETE", f"/api/v1/spaces/{space['id']}/members/{person_id(web, space, 'chloe')}")
        if steps[-1] == "removal":
            assert time.monotonic() - removed_at < REMOVAL_S
    error = run.stderr.read()
    assert run.wait(10) == 0, f"after {steps}: {error[-3000:]}"
    assert steps[-1] == "logout" and len(steps) == 20, steps


if __name__ == "__main__":
    checks.run(sys.modules[__name__])
