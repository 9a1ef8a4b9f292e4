"""What the doors of /api/v1 answer to what they should refuse: the right status, and a sentence in the person's language."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from client import Client  # noqa: E402
from server import PASSWORD, Server  # noqa: E402

EMAIL = "ada.martin@interieur.test"
VICTIM = "chloe.roux@interieur.test"
JSON_BODY_LIMIT = 1 << 20  # the default of a route
FREE_ATTEMPTS = 5  # wrong passwords for one account from one network, before the first delay
SPACE = {"kind": "project", "name": "Projet", "description": "", "template": "", "visibility": "closed",
         "joining": "invitation"}


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(people=[(EMAIL, "Ada Martin", "administrator"), (VICTIM, "Chloé Roux", "agent")])
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.ada = Client(cls.server, "ada").sign_in(EMAIL, PASSWORD)
        cls.space = cls.ada.expect(201, "POST", "/api/v1/spaces", SPACE)["id"]

    def refused(self, answer, status, code=None):
        """The form of every refusal."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        problem = answer.json
        self.assertEqual(problem["status"], status)
        self.assertGreater(len(problem["title"]), 10)
        self.assertTrue(problem["title"].endswith("."), problem["title"])
        self.assertTrue(problem["trace"])
        if code:
            self.assertEqual(problem["code"], code)
        self.secure(answer)
        return problem

    def secure(self, answer):
        self.assertEqual(answer.headers.get("x-content-type-options"), "nosniff", answer)
        self.assertEqual(answer.headers.get("referrer-policy"), "same-origin", answer)
        self.assertEqual(answer.headers.get("cache-control"), "no-store", answer)

    def test_malformed_json(self):
        for text in (b"{", b"", b"nul", b'{"kind":"project",}', b"\xff\xfe", b'{"name":"\xc3"}', b"[" * 5000, b"{}{}",
                     b'{"name":"\\ud800"}'):
            with self.subTest(text=text[:20]):
                self.refused(self.ada.call("POST", "/api/v1/spaces", data=text), 400)

    def test_wrong_types(self):
        for value in ([], "x", 7, None, {"kind": 7}, {"kind": ["project"]}, {**SPACE, "kind": "empire"},
                      {**SPACE, "visibility": "invisible"}, {**SPACE, "joining": "purchase"}, {**SPACE, "name": 5},
                      {**SPACE, "name": "   "}, {**SPACE, "name": "n" * 81}, {**SPACE, "description": "d" * 2001}):
            with self.subTest(value=value):
                self.refused(self.ada.call("POST", "/api/v1/spaces", data=json.dumps(value).encode()), 400)

    def test_oversized(self):
        huge = b'{"name":"' + b"a" * (JSON_BODY_LIMIT * 2) + b'"}'
        try:
            self.refused(self.ada.call("POST", "/api/v1/spaces", data=huge), 413)
        except (BrokenPipeError, ConnectionResetError):
            self.fail("the refusal did not reach the sender")
        finally:
            self.ada.close()
        long_path = self.ada.get("/api/v1/spaces?q=" + "a" * 100_000)
        self.assertIn(long_path.status, (414, 431))
        self.ada.close()
        many = self.ada.raw("GET", "/api/v1/home", headers={"Cookie": "x=" + "b" * 200_000})
        self.assertEqual(many.status, 431)
        self.ada.close()

    def test_bad_identifiers(self):
        for bad in ("x", "0", "%00", "..%2f..", "%ff%fe", "a" * 200, "01m85bmdaxeyrbs863vbdk233!"):
            for method, path in (("GET", "/api/v1/spaces/{}"), ("GET", "/api/v1/spaces/{}/members"),
                                 ("GET", "/api/v1/files/{}"), ("GET", "/api/v1/people/{}"),
                                 ("DELETE", "/api/v1/devices/{}"), ("DELETE", f"/api/v1/spaces/{self.space}/members/{{}}"),
                                 ("PATCH", "/api/v1/admin/people/{}"), ("GET", "/api/v1/access/{}?space=" + self.space)):
                with self.subTest(bad=bad, path=path):
                    answer = self.ada.call(method, path.format(bad))
                    self.assertIn(answer.status, (400, 404), answer)
                    self.refused(answer, answer.status)

    def test_unknown_addresses_and_methods(self):
        self.refused(self.ada.get("/api/v1/nothing"), 404)
        wrong = self.ada.call("DELETE", "/api/v1/home")
        self.refused(wrong, 405)
        self.assertIn("GET", wrong.headers["allow"])
        self.refused(self.ada.call("BREW", "/api/v1/session"), 405)

    def test_titles_in_french_and_english(self):
        stranger = Client(self.server)
        seen = {}
        for language, wanted in (("fr", "fr"), ("en", "en"), ("en-GB,en;q=0.8", "en"), ("de", "fr"), ("", "fr")):
            answer = stranger.call("GET", "/api/v1/home", headers={"Accept-Language": language})
            self.refused(answer, 401)
            self.assertEqual(answer.headers["content-language"], wanted)
            seen.setdefault(wanted, set()).add(answer.json["title"])
        self.assertEqual({len(titles) for titles in seen.values()}, {1})
        self.assertNotEqual(seen["fr"], seen["en"])

    def test_requests_of_other_sites(self):
        body = json.dumps(SPACE).encode()
        cookie = {"Cookie": self.ada.cookie, "Content-Type": "application/json"}
        secret = {"X-Parvis-CSRF": self.ada.csrf}
        for headers in ({}, {"X-Parvis-CSRF": "wrong"}, {"X-Parvis-CSRF": ""}, {**secret, "Origin": "https://evil.example"},
                        {**secret, "Origin": "null"}, {**secret, "Sec-Fetch-Site": "cross-site"},
                        {**secret, "Sec-Fetch-Site": "same-site"}):
            with self.subTest(headers=headers):
                self.refused(self.ada.raw("POST", "/api/v1/spaces", body, {**cookie, **headers}), 403)
        fine = self.ada.raw("POST", "/api/v1/spaces", body, {**cookie, **secret, "Origin": self.server.url})
        self.assertEqual(fine.status, 201, fine)
        sign_in = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
        self.refused(self.ada.raw("POST", "/api/v1/session", sign_in, {"Origin": "https://evil.example"}), 403)
        live = self.ada.raw("GET", "/api/v1/live", headers={
            "Cookie": self.ada.cookie, "Origin": "https://evil.example", "Connection": "Upgrade", "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        self.assertEqual(live.status, 403, live)

    def test_bad_cookies(self):
        name = self.ada.cookie.split("=")[0]
        for cookie in ("", f"{name}=", f"{name}=x", f"{name}={'a' * 43}", f"{name}=\"\"", ";;;=", f"{name}=é",
                       self.ada.cookie + "x", self.ada.cookie[:-1]):
            with self.subTest(cookie=cookie):
                self.refused(self.ada.raw("GET", "/api/v1/home", headers={"Cookie": cookie}), 401)
        self.refused(self.ada.raw("GET", "/api/v1/home", headers={"Authorization": "Bearer nobody"}), 401)

    def test_cookie_is_out_of_reach(self):
        answer = Client(self.server).call("POST", "/api/v1/session", {"email": EMAIL, "password": PASSWORD})
        for attribute in ("HttpOnly", "SameSite=Lax", "Path=/"):
            self.assertIn(attribute, answer.cookies[0])
        self.secure(answer)

    def test_a_session_ends_at_once(self):
        other = Client(self.server).sign_in(EMAIL, PASSWORD)
        other.expect(204, "DELETE", "/api/v1/session")
        self.refused(other.get("/api/v1/home"), 401)

    def test_guessing_is_slowed_and_tells_nothing(self):
        stranger = Client(self.server)

        def attempt(email, password):
            body = json.dumps({"email": email, "password": password}).encode()
            return stranger.raw("POST", "/api/v1/session", body, {"Content-Type": "application/json"})

        absent = attempt("personne@interieur.test", "mauvais-mot-de-passe")
        known = attempt(VICTIM, "mauvais-mot-de-passe")
        self.refused(absent, 403, "credentials_wrong")
        self.assertEqual({**absent.json, "trace": ""}, {**known.json, "trace": ""})
        answers = [attempt(VICTIM, f"mauvais-{turn}") for turn in range(FREE_ATTEMPTS + 3)]
        self.refused(answers[-1], 429, "login_throttled")
        self.assertGreater(answers[-1].json["retry_after_ms"], 0)
        self.assertGreaterEqual(int(answers[-1].headers["retry-after"]), 1)
        # The right password does not get through a closed door either, and others still sign in.
        self.refused(attempt(VICTIM, PASSWORD), 429, "login_throttled")
        self.assertEqual(attempt(EMAIL, PASSWORD).status, 200)

    def test_too_many(self):
        """A burst beyond a person's allowance is told to wait, and only that person is."""
        bruno = Client(self.server).sign_in(EMAIL, PASSWORD)
        other = Client(self.server)
        statuses = set()
        for _ in range(2000):
            answer = bruno.raw("GET", "/api/v1/home", headers={"Cookie": bruno.cookie})
            statuses.add(answer.status)
            if answer.status == 429:
                break
        if 429 not in statuses:
            self.skipTest("this machine is slower than the limit")
        self.refused(answer, 429, "limited")
        self.refused(other.get("/api/v1/home"), 401)

    def test_bad_pastes(self):
        path = f"/api/v1/spaces/{self.space}/members"
        lines = self.ada.expect(200, "POST", path, {"addresses": "pas une adresse, @, a@b, x@dehors.example",
                                                    "role": "guest"})["lines"]
        self.assertTrue(lines)
        for line in lines:
            with self.subTest(line=line):
                self.assertEqual(line["outcome"], "refused")
                self.assertTrue(line["problem"]["title"])
        self.refused(self.ada.call("POST", path, {"addresses": "", "role": "guest"}), 400, "missing_field")
        self.refused(self.ada.call("POST", path, {"addresses": VICTIM, "role": "king"}), 400)

    def test_hostile_file_names(self):
        for name in ("..%2f..%2fetc%2fpasswd", "%00.txt", "a%0d%0aX-Injected:%201.txt", "n" * 300, "%ff%fe.txt", "con"):
            with self.subTest(name=name):
                answer = self.ada.call("POST", f"/api/v1/spaces/{self.space}/files?name={name}", data=b"x",
                                       headers={"Content-Type": "text/html"})
                self.assertIn(answer.status, (201, 400), answer)
                if answer.status == 201:
                    self.assertNotIn("/", answer.json["name"])
                    content = self.ada.get(f"/api/v1/files/{answer.json['id']}/content")
                    self.assertEqual(content.status, 200)
                    self.assertNotIn("x-injected", content.headers)
                    self.assertIn("sandbox", content.headers["content-security-policy"])


if __name__ == "__main__":
    unittest.main()
