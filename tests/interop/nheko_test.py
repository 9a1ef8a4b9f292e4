"""nheko, Debian's package, unmodified, on a screen that nobody sees: it talks in the same salon as the others.

Its settings are written as its sign-in page would write them. It is then used with mouse and keyboard, as by a person; what
it has shown is told by its read receipts."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import checks
import spaces_test
from parvis_server import Client, Failure

SCREEN = "1600x1000x24"
# Where the buttons of its first two dialogs stand in its window of 1066 by 600.
SET_UP_ENCRYPTION, RECOVERY_KEY_SEEN = (913, 559), (1009, 332)
PATIENCE_S = 60


class Desktop:
    """A screen, a session bus and nheko, signed in."""

    def __init__(self, server, email):
        self.folder = tempfile.mkdtemp(prefix="parvis-nheko-")
        self.children = []
        self.account = Client(server, email, device="NHEKO")
        self.environment = {**os.environ, "HOME": self.folder, "XDG_CONFIG_HOME": f"{self.folder}/config",
                            "XDG_DATA_HOME": f"{self.folder}/data", "XDG_CACHE_HOME": f"{self.folder}/cache",
                            "XDG_RUNTIME_DIR": self.folder, "LANG": "C.UTF-8", "QT_QUICK_BACKEND": "software",
                            "QT_QPA_PLATFORM": "xcb", "NO_AT_BRIDGE": "1"}
        self.environment.pop("LD_PRELOAD", None)
        os.chmod(self.folder, 0o700)
        config = Path(self.folder, "config", "nheko")
        config.mkdir(parents=True)
        (config / "nheko.conf").write_text(
            "[General]\nrun_without_secure_secrets_service=true\n"
            "[auth]\n"
            f"access_token={self.account.token}\ndevice_id={self.account.device_id}\n"
            f"home_server={server.url}\nuser_id={self.account.user_id}\n"
            "[user]\nread_receipts=true\n")

    def spawn(self, words, **options):
        child = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL,
                                 stderr=open(f"{self.folder}/{words[0]}.log", "ab"), start_new_session=True, **options)
        self.children.append(child)
        return child

    def start(self):
        reader, writer = os.pipe()
        self.spawn(["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"], pass_fds=[writer])
        os.close(writer)
        self.environment["DISPLAY"] = ":" + os.fdopen(reader).readline().strip()
        bus = self.spawn(["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self.nheko = self.spawn(["nheko"], stdout=open(f"{self.folder}/nheko.out", "ab"))
        return self

    def run(self, *words):
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=30)

    def key(self, *keys):
        self.run("xdotool", "key", *keys)

    def click(self, place):
        self.run("xdotool", "mousemove", *map(str, place), "click", "1")

    def write(self, text):
        self.run("xdotool", "type", "--delay", "20", text)

    def window(self):
        found = self.run("xdotool", "search", "--onlyvisible", "--class", "nheko").stdout.split()
        return found[-1] if found else None

    def set_up(self):
        """Its first dialog: cross-signing keys, secrets in account data, a backup of keys, all by nheko's own doing."""
        checks.wait_for(self.window, PATIENCE_S)
        self.run("xdotool", "windowfocus", self.window())
        again_until(lambda: self.click(SET_UP_ENCRYPTION),
                    lambda: answers(self.account, "/_matrix/client/v3/room_keys/version"))
        secrets = f"/_matrix/client/v3/user/{spaces_test.quoted(self.account.user_id)}/account_data/m.cross_signing.master"
        again_until(lambda: None, lambda: answers(self.account, secrets))

    def open_room(self, name, seen):
        def act():
            self.click(RECOVERY_KEY_SEEN)
            self.key("ctrl+k")
            time.sleep(1)
            self.write(name)
            time.sleep(1)
            self.key("Return")

        again_until(act, seen, every_s=6)

    def log(self):
        return "".join(Path(self.folder, name).read_text(errors="replace")[-3000:]
                       for name in ("nheko.log", "nheko.out") if Path(self.folder, name).exists())

    def close(self):
        for child in reversed(self.children):
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind:
            print(self.log())
        self.close()


def again_until(act, seen, every_s=3):
    """A person repeats what had no effect yet."""
    for _ in range(PATIENCE_S // every_s):
        act()
        until = time.monotonic() + every_s
        while time.monotonic() < until:
            if seen():
                return
            time.sleep(0.2)
    raise AssertionError("waited in vain")


class Salon:
    """The salon as one person sees it."""

    def __init__(self, person, room):
        self.person, self.room, self.events, self.read = person, room, [], set()

    def look(self):
        joined = self.person.sync().get("rooms", {}).get("join", {}).get(self.room, {})
        self.events += joined.get("timeline", {}).get("events", [])
        for event in joined.get("ephemeral", {}).get("events", []):
            if event["type"] == "m.receipt":
                self.read |= {(user, event_id) for event_id, kinds in event["content"].items() for user in kinds.get("m.read", {})}

    def has_read(self, user, event_id):
        self.look()
        return (user, event_id) in self.read

    def said(self, user, text):
        self.look()
        return any(event["sender"] == user and event["content"].get("body") == text for event in self.events)


def answers(client, path):
    try:
        client.get(path)
        return True
    except Failure:
        return False


def test_it_sets_up_encryption_and_talks_in_the_salon(server):
    alice, space = spaces_test.community(server, "Réseau des acheteurs")
    spaces_test.add(alice, space, "david@essais.fr")
    with Desktop(server, "david@essais.fr") as desktop:
        david = desktop.account
        room = spaces_test.rooms_of(alice, space)[0]["room_id"]
        checks.wait_for(lambda: room in spaces_test.joined(david) and room in spaces_test.joined(alice), PATIENCE_S)
        salon = Salon(alice, room)
        greeting = alice.send(room, "Bonjour David")
        desktop.set_up()
        keys = david.post("/_matrix/client/v3/keys/query", {"device_keys": {david.user_id: []}})
        assert david.user_id in keys["master_keys"]
        desktop.open_room("Gén", lambda: salon.has_read(david.user_id, greeting))
        desktop.write("Bonjour depuis nheko")
        desktop.key("Return")
        again_until(lambda: None, lambda: salon.said(david.user_id, "Bonjour depuis nheko"))
        answer = alice.send(room, "Nous vous lisons")
        again_until(lambda: None, lambda: salon.has_read(david.user_id, answer))


if __name__ == "__main__":
    checks.run(sys.modules[__name__])
