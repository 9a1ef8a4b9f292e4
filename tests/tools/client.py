"""A person's browser, as far as HTTP goes: one cookie, one CSRF secret, JSON in and out."""

import http.client
import json
import time

TIMEOUT_S = 60


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.cookies = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The stable identifier of a refusal."""
        try:
            return self.json.get("code") or self.json.get("errcode") or ""
        except (ValueError, AttributeError):
            return ""

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


class Client:
    def __init__(self, server, name="anonymous"):
        self.server, self.name = server, name
        self.cookie = self.csrf = self.id = ""
        self.me = {}
        self.connection = None

    def raw(self, method, path, body=None, headers=None):
        """Exactly these headers, besides Host and Content-Length."""
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=TIMEOUT_S)
            try:
                self.connection.request(method, path, body, headers or {})
                response = self.connection.getresponse()
                return Answer(response, response.read())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if attempt == 2:
                    raise
            except BaseException:
                self.close()  # a half-used connection answers the next request wrongly
                raise
        return None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def headers(self, extra=None):
        out = {"Content-Type": "application/json"}
        if self.cookie:
            out["Cookie"] = self.cookie
            out["X-Parvis-CSRF"] = self.csrf
        return {**out, **(extra or {})}

    def call(self, method, path, value=None, data=None, headers=None):
        """Waits when asked to slow down: the tests are faster than people."""
        if data is None and value is not None:
            data = json.dumps(value).encode()
        if data is None and method in ("POST", "PUT", "PATCH"):
            data = b"{}"
        while True:
            answer = self.raw(method, path, data, self.headers(headers))
            if answer.status != 429:
                return answer
            time.sleep(float(answer.headers.get("retry-after", "1")))

    def get(self, path):
        return self.call("GET", path)

    def expect(self, status, method, path, value=None, **more):
        answer = self.call(method, path, value, **more)
        if answer.status != status:
            raise AssertionError(f"{self.name}: {method} {path}: {answer}, not {status}")
        return answer.json if answer.body else None

    def sign_in(self, email, password):
        answer = self.call("POST", "/api/v1/session", {"email": email, "password": password})
        if answer.status != 200:
            raise AssertionError(f"{email} cannot sign in: {answer}")
        return self.hold(answer)

    def hold(self, answer):
        self.cookie = answer.cookies[0].split(";")[0]
        self.me = answer.json
        self.csrf, self.id = self.me["csrf"], self.me["person"]["id"]
        return self
