"""Starts the real server on a free loopback port over a fresh data directory, and stops it. For tests only.

    with Server(people=[("admin@interieur.test", "Ada", "administrator")]) as server: ...

As a program (`python3 tests/tools/server.py [--web DIR] [-- OPTION…]`): starts one, prints a line of JSON (url, data, password, people),
and stops it when its standard input closes. A line "kill", "stop" or "start" there does that, and is answered by the same words."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "colonne-parvis-dalle-7421"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30


def binary():
    return os.environ.get("PARVIS_BINARY") or str(ROOT / "build" / "src" / "main" / "parvis")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, people=(), web="", options=()):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="parvis-test-"))
        self.data = self.directory / "data"
        self.log_path = self.directory / "log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.web = web
        self.options = list(options)
        self.process = None
        (self.directory / "password").write_text(PASSWORD + "\n")
        for email, name, role in people:
            self.create_person(email, name, role)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close(failed=True)
            raise
        return self

    def __exit__(self, kind, _value, _trace):
        self.close(failed=kind is not None)

    def command(self, *words):
        return [binary(), *words, "--data", str(self.data)]

    def create_person(self, email, name, role="agent"):
        words = ["admin", "create-person", "--email", email, "--name", name,
                 "--password-file", str(self.directory / "password"), "--administration", email.split("@")[1]]
        if role == "administrator":
            words.append("--administrator")
        done = subprocess.run(self.command(*words), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"create-person {email}: {done.stdout}{done.stderr}")

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command("serve", "--listen", f"127.0.0.1:{self.port}", "--web", str(self.web), *self.options),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log()}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the server does not listen:\n{self.log()}")

    def kill(self):
        """As a power cut would for the process: nothing of it runs any more."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.process.terminate()
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def close(self, failed=False):
        self.stop()
        if failed:
            print("---- the server's log ----\n" + self.log()[-8000:], file=sys.stderr)
        shutil.rmtree(self.directory, ignore_errors=True)


def main():
    web = sys.argv[sys.argv.index("--web") + 1] if "--web" in sys.argv else ""
    people = [
        ("ada.martin@interieur.test", "Ada Martin", "administrator"),
        ("bruno.petit@interieur.test", "Bruno Petit", "agent"),
        ("chloe.roux@interieur.test", "Chloé Roux", "agent"),
        ("denis.faure@interieur.test", "Denis Faure", "agent"),
    ]
    options = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else []
    with Server(people=people, web=web, options=options) as server:
        print(json.dumps({"url": server.url, "data": str(server.data), "password": PASSWORD,
                          "log": str(server.log_path), "people": [email for email, _, _ in people]}), flush=True)
        for line in sys.stdin:
            {"kill": server.kill, "stop": server.stop, "start": server.start}[line.strip()]()
            print(json.dumps(line.strip()), flush=True)


if __name__ == "__main__":
    main()
