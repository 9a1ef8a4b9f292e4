"""Runs functions named test_* of a module against one server each, and counts."""

import os
import sys
import time
import traceback

from parvis_server import Server

BINARY = os.environ.get("PARVIS_BINARY", os.path.join(os.path.dirname(__file__), "../../build/src/main/parvis"))

PEOPLE = [("alice@essais.fr", "Alice Martin", True), ("bruno@essais.fr", "Bruno Petit", False),
          ("chloe@essais.fr", "Chloé Durand", False), ("david@essais.fr", "David Leroy", False)]
EXTERNAL = ("eva@dehors.org", "Eva Dehors")


def new_server():
    server = Server(BINARY)
    for email, name, administrator in PEOPLE:
        server.person(email, name, administrator)
    server.person(*EXTERNAL, administration=None)
    return server.start()


def run(module):
    tests = [value for name, value in vars(module).items() if name.startswith("test_") and callable(value)]
    wanted = sys.argv[1:]
    passed = failed = 0
    with new_server() as server:
        for test in tests:
            if wanted and not any(word in test.__name__ for word in wanted):
                continue
            started = time.monotonic()
            try:
                test(server)
                passed += 1
                print(f"ok   {test.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
            except Exception:
                failed += 1
                print(f"FAIL {test.__name__}", flush=True)
                traceback.print_exc(file=sys.stdout)
        if failed:
            print(server.read_log())
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def wait_for(check, seconds=10):
    """Repeats a check until it gives something true."""
    until = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.25)
