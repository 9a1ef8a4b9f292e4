"""Starts the real server on a free port with a fresh data directory, and speaks to it as a plain HTTP client."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "une phrase de passe correcte"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Failure(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body if isinstance(body, dict) else {}


class Server:
    def __init__(self, binary, keep=False):
        self.binary = binary
        self.keep = keep
        self.data = tempfile.mkdtemp(prefix="parvis-interop-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server_name = "parvis.test"
        self.process = None
        self.log = open(os.path.join(self.data, "log"), "ab")
        self.database = self.new_database(os.environ.get("PARVIS_TEST_POSTGRES", ""))
        with open(os.path.join(self.data, "password"), "w") as file:
            file.write(PASSWORD + "\n")

    def options(self):
        options = ["--data", self.data, "--listen", f"127.0.0.1:{self.port}", "--public-url", self.url,
                   "--server-name", self.server_name]
        if self.database:
            options += ["--database", self.database]
        return options

    def new_database(self, url):
        """A database of its own at that PostgreSQL; "" for SQLite in the data directory."""
        if not url:
            return ""
        name = "interop_" + os.path.basename(self.data).replace("-", "_").lower()
        subprocess.run(["psql", "--quiet", "--command", f"create database {name}", url], check=True, timeout=60)
        return url.replace("/postgres?", f"/{name}?")

    def person(self, email, name, administrator=False, administration="Ministère des essais"):
        command = [self.binary, "admin", "create-person", "--email", email, "--name", name,
                   "--password-file", os.path.join(self.data, "password")]
        if administration:
            command += ["--administration", administration]
        if administrator:
            command += ["--administrator"]
        subprocess.run(command + self.options(), check=True, stdout=self.log, stderr=self.log, timeout=60)

    def start(self):
        self.process = subprocess.Popen([self.binary, "serve"] + self.options(), stdout=self.log, stderr=self.log)
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + "/_matrix/client/versions", timeout=2)
                return self
            except (urllib.error.URLError, ConnectionError, OSError):
                if self.process.poll() is not None:
                    raise RuntimeError(self.read_log())
                time.sleep(0.1)
        raise RuntimeError("the server does not answer: " + self.read_log())

    def read_log(self):
        with open(os.path.join(self.data, "log"), errors="replace") as file:
            return file.read()[-4000:]

    def stop(self, kill=False):
        if self.process and self.process.poll() is None:
            (self.process.kill if kill else self.process.terminate)()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def close(self):
        self.stop()
        self.log.close()
        if not self.keep:
            shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Client:
    """One Matrix device, without any library between."""

    def __init__(self, server, email=None, device=None):
        self.server = server
        self.token = None
        self.since = None
        self.transaction = 0
        if email:
            body = {"type": "m.login.password", "password": PASSWORD,
                    "identifier": {"type": "m.id.thirdparty", "medium": "email", "address": email}}
            if device:
                body["device_id"] = device
            answer = self.post("/_matrix/client/v3/login", body)
            self.token, self.user_id, self.device_id = answer["access_token"], answer["user_id"], answer["device_id"]

    def request(self, method, path, body=None, headers=None, raw=None, timeout=40):
        data = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        request = urllib.request.Request(self.server.url + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                content = answer.read()
                kind = answer.headers.get("Content-Type", "")
                return json.loads(content) if "json" in kind and content else content
        except urllib.error.HTTPError as error:
            content = error.read()
            try:
                raise Failure(error.code, json.loads(content)) from None
            except ValueError:
                raise Failure(error.code, content) from None

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        return self.request("GET", path)

    def post(self, path, body=None):
        return self.request("POST", path, {} if body is None else body)

    def put(self, path, body):
        return self.request("PUT", path, body)

    def room(self, room_id, rest):
        return "/_matrix/client/v3/rooms/" + urllib.parse.quote(room_id, safe="") + rest

    def send(self, room_id, body, type="m.room.message", txn=None):
        self.transaction += 1
        txn = txn or f"t{self.transaction}"
        content = body if isinstance(body, dict) else {"msgtype": "m.text", "body": body}
        while True:
            try:
                return self.put(self.room(room_id, f"/send/{type}/{txn}"), content)["event_id"]
            except Failure as failure:  # too fast: it waits as it is told, like any client
                if failure.status != 429:
                    raise
                time.sleep(failure.body["retry_after_ms"] / 1000)

    def sync(self, timeout=0, full=False, **query):
        if self.since and not full:
            query["since"] = self.since
        answer = self.get("/_matrix/client/v3/sync", timeout=timeout, **query)
        self.since = answer["next_batch"]
        return answer

    def refused(self, method, path, body=None):
        """The status and errcode of a request that must fail."""
        try:
            answer = self.request(method, path, body)
        except Failure as failure:
            return failure.status, failure.body.get("errcode") or failure.body.get("code")
        raise AssertionError(f"{method} {path} was allowed: {answer}")
