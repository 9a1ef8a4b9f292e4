"""Every operation of the Matrix client-server API that Parvis claims, called for real: its status must be one that the
specification documents, and the body must fit the schema. The operations are those of claimed_operations.txt; the
schemas are tests/vectors/matrix/client-server.json, the responses of the published OpenAPI description."""

import json
import re
import sys
import urllib.parse
from pathlib import Path

import jsonschema

import parvis_server
from parvis_server import Failure

HERE = Path(__file__).resolve().parent
V3, V1, MEDIA = "/_matrix/client/v3", "/_matrix/client/v1", "/_matrix/media/v3"
SPECIFICATION = json.loads((HERE / "../vectors/matrix/client-server.json").read_text())
CLAIMED = {tuple(line.split(" ")) for line in (HERE / "claimed_operations.txt").read_text().splitlines() if line}
SOURCES = HERE / "../../src/module/chat"
# Ways of the past that clients still use, beside the operations of the specification.
UNDOCUMENTED = {"/_matrix/client/v3/password_policy", "/_matrix/client/v3/pushrules", "/_matrix/client/v3/pushrules/global",
                "/_matrix/client/v3/voip/turnServer"}  # no TURN server: an empty object, as other servers say it
# Standard error answers, which the specification gives once for all operations ("Standard error response").
COMMON_ERRORS = {400: None, 401: {"M_MISSING_TOKEN", "M_UNKNOWN_TOKEN"}, 403: {"M_FORBIDDEN"}, 404: None,
                 405: {"M_UNRECOGNIZED"}, 413: {"M_TOO_LARGE"}, 429: {"M_LIMIT_EXCEEDED"}}


def anonymous(path):
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def pattern(path):
    return re.compile("/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/")) + "$")


# More literal parts first: /devices/x is also /{}/{}.
OPERATIONS = sorted(((method, path, pattern(path)) for method, path in CLAIMED), key=lambda one: one[1].count("{"))
succeeded, failures = set(), []


def operation_of(method, path):
    path = urllib.parse.urlsplit(path).path
    for verb, template, expression in OPERATIONS:
        if verb == method and expression.match(path):
            return verb, template
    return None


def check(method, path, status, content_type, content):
    """Notes what the specification does not allow."""
    operation = operation_of(method, path)
    if not operation:
        return
    if status < 300:
        succeeded.add(operation)
    responses = SPECIFICATION["paths"][operation[1]][operation[0].lower()]["responses"]
    name = f"{operation[0]} {operation[1]} {status}"
    if status >= 400:
        try:
            body = json.loads(content)
            if status == 401 and "flows" in body:  # "User-Interactive Authentication API"
                return
            code = body["errcode"]
            assert isinstance(body["error"], str) and body["error"]
        except (ValueError, KeyError, TypeError, AssertionError):
            failures.append(f"{name}: not an error of Matrix: {content[:200]!r}")
            return
        if str(status) not in responses:
            allowed = COMMON_ERRORS.get(status, set())
            if allowed is not None and code not in allowed:
                failures.append(f"{name} {code}: not documented")
            return
    if str(status) not in responses:
        failures.append(f"{name}: not documented")
        return
    described = responses[str(status)]["content"].get("application/json")
    if not described:
        return
    if "json" not in content_type:
        failures.append(f"{name}: {content_type} instead of JSON")
        return
    validator = jsonschema.Draft202012Validator(described["schema"])
    for error in list(validator.iter_errors(json.loads(content)))[:3]:
        failures.append(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")


class CheckedClient(parvis_server.Client):
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
                content, kind = answer.read(), answer.headers.get("Content-Type", "")
                check(method, path, answer.status, kind, content)
                return json.loads(content) if "json" in kind and content else content
        except urllib.error.HTTPError as error:
            content = error.read()
            check(method, path, error.code, error.headers.get("Content-Type", ""), content)
            try:
                raise Failure(error.code, json.loads(content)) from None
            except ValueError:
                raise Failure(error.code, content) from None


parvis_server.Client = CheckedClient  # before the scenarios take it
import checks  # noqa: E402
import rooms_test  # noqa: E402
import spaces_test  # noqa: E402


def quoted(text):
    return urllib.parse.quote(text, safe="")


def no_fault():
    found = sorted(set(failures))
    failures.clear()
    assert not found, "\n" + "\n".join(found)


def test_the_list_is_what_the_server_has(_server):
    routed = set()
    prefix = {"v3": V3, "v1": V1, "exact": ""}
    for source in SOURCES.glob("*.cpp"):
        for door, method, path in re.findall(r'\b(v3|v1|exact)\(\s*"(GET|PUT|POST|DELETE)",\s*"([^"]+)"', source.read_text()):
            path = anonymous(prefix[door] + path).replace("/pushrules/{}/", "/pushrules/global/")
            if path not in UNDOCUMENTED:
                routed.add((method, path))
    claimed = {(method, anonymous(path)) for method, path in CLAIMED}
    assert routed <= claimed, routed - claimed


def test_scenarios_of_rooms_and_spaces(_server):
    for module in (rooms_test, spaces_test):
        with checks.new_server() as fresh:
            for name, scenario in vars(module).items():
                if name.startswith("test_") and callable(scenario):
                    scenario(fresh)
    no_fault()


def test_account_and_devices(server):
    alice, nobody = CheckedClient(server, "alice@essais.fr"), CheckedClient(server)
    for path in ("/_matrix/client/versions", "/.well-known/matrix/client", V3 + "/login", V3 + "/publicRooms"):
        nobody.get(path)
    alice.get(V3 + "/account/whoami")
    alice.get(V3 + "/account/3pid")
    alice.get(V3 + "/capabilities")
    other = CheckedClient(server, "alice@essais.fr", device="SECOND")
    alice.get(V3 + "/devices")
    alice.get(V3 + "/devices/SECOND")
    alice.put(V3 + "/devices/SECOND", {"display_name": "Poste du bureau"})
    alice.refused("GET", V3 + "/devices/NONE")
    password = {"auth": {"type": "m.login.password", "password": parvis_server.PASSWORD,
                         "identifier": {"type": "m.id.user", "user": alice.user_id}}}
    alice.refused("DELETE", V3 + "/devices/SECOND", {})
    alice.request("DELETE", V3 + "/devices/SECOND", password)
    other = CheckedClient(server, "alice@essais.fr", device="THIRD")
    alice.post(V3 + "/delete_devices", {"devices": ["THIRD"], **password})
    other = CheckedClient(server, "alice@essais.fr")
    answer = nobody.post(V3 + "/login", {"type": "m.login.password", "refresh_token": True, "password": parvis_server.PASSWORD,
                                         "identifier": {"type": "m.id.user", "user": alice.user_id}})
    assert "refresh_token" not in answer, "then /refresh must be tried with it"
    other.post(V3 + "/logout")
    david = CheckedClient(server, "david@essais.fr")
    david.post(V3 + "/logout/all")
    no_fault()


def test_profiles_presence_and_directory(server):
    alice, bruno = CheckedClient(server, "alice@essais.fr"), CheckedClient(server, "bruno@essais.fr")
    user = quoted(alice.user_id)
    bruno.get(f"{V3}/profile/{user}")
    bruno.get(f"{V3}/profile/{user}/displayname")
    alice.put(f"{V3}/profile/{user}/displayname", {"displayname": "Alice Martin"})
    bruno.refused("GET", f"{V3}/profile/{quoted('@nobody:' + server.server_name)}")
    bruno.refused("PUT", f"{V3}/profile/{user}/displayname", {"displayname": "Bruno"})
    alice.put(f"{V3}/presence/{user}/status", {"presence": "online"})
    bruno.get(f"{V3}/presence/{user}/status")
    bruno.post(V3 + "/user_directory/search", {"search_term": "Alice"})
    no_fault()


def test_filters_and_account_data(server):
    alice = CheckedClient(server, "alice@essais.fr")
    room = alice.post(V3 + "/createRoom", {"name": "Données"})["room_id"]
    user, path = quoted(alice.user_id), alice.room(room, "")
    identifier = alice.post(f"{V3}/user/{user}/filter", {"room": {"timeline": {"limit": 5}}})["filter_id"]
    alice.get(f"{V3}/user/{user}/filter/{identifier}")
    alice.refused("GET", f"{V3}/user/{user}/filter/99999")
    for base in (f"{V3}/user/{user}", f"{V3}/user/{user}/rooms/{quoted(room)}"):
        alice.put(base + "/account_data/org.example.setting", {"value": 1})
        alice.get(base + "/account_data/org.example.setting")
        alice.refused("GET", base + "/account_data/org.example.none")
    tags = f"{V3}/user/{user}/rooms/{quoted(room)}/tags"
    alice.put(tags + "/m.favourite", {"order": 0.5})
    alice.get(tags)
    alice.request("DELETE", tags + "/m.favourite")
    alice.put(path + "/state/m.room.topic/", {"topic": "Un sujet"})
    alice.put(path + "/state/org.example.state/key", {"one": 1})
    alice.get(path + "/state/org.example.state/key")
    alice.get(path + "/state")
    alice.refused("GET", path + "/state/org.example.none/key")
    no_fault()


def test_push(server):
    alice = CheckedClient(server, "alice@essais.fr")
    rule = V3 + "/pushrules/global/content/contrats"
    alice.put(rule, {"pattern": "contrats", "actions": ["notify"]})
    alice.get(V3 + "/pushrules/")
    alice.get(V3 + "/pushrules/global/")
    alice.get(rule)
    for part, value in (("actions", ["notify", {"set_tweak": "highlight"}]), ("enabled", False)):
        alice.put(f"{rule}/{part}", {part: value})
        alice.get(f"{rule}/{part}")
    alice.request("DELETE", rule)
    alice.refused("GET", rule)
    alice.refused("PUT", V3 + "/pushrules/global/content/bad", {"actions": []})
    alice.post(V3 + "/pushers/set", {"app_id": "org.example", "pushkey": "abc", "kind": "http", "app_display_name": "Exemple",
                                     "device_display_name": "Téléphone", "lang": "fr",
                                     "data": {"url": "https://push.example.org/_matrix/push/v1/notify"}})
    alice.get(V3 + "/pushers")
    alice.post(V3 + "/pushers/set", {"app_id": "org.example", "pushkey": "abc", "kind": None})
    alice.get(V3 + "/notifications")
    no_fault()


def test_keys(server):
    alice, bruno = CheckedClient(server, "alice@essais.fr"), CheckedClient(server, "bruno@essais.fr")
    device = {"user_id": alice.user_id, "device_id": alice.device_id, "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
              "keys": {f"curve25519:{alice.device_id}": "A" * 43, f"ed25519:{alice.device_id}": "B" * 43}, "signatures": {}}
    alice.post(V3 + "/keys/upload", {"device_keys": device, "one_time_keys": {"signed_curve25519:AAAA": {
        "key": "C" * 43, "signatures": {alice.user_id: {f"ed25519:{alice.device_id}": "D" * 86}}}}})
    bruno.post(V3 + "/keys/query", {"device_keys": {alice.user_id: []}})
    bruno.post(V3 + "/keys/claim", {"one_time_keys": {alice.user_id: {alice.device_id: "signed_curve25519"}}})
    bruno.put(V3 + "/sendToDevice/m.dummy/1", {"messages": {alice.user_id: {"*": {}}}})
    since = quoted(alice.sync()["next_batch"])
    alice.get(f"{V3}/keys/changes?from={since}&to={since}")
    alice.post(V3 + "/keys/signatures/upload", {})
    alice.post(V3 + "/keys/device_signing/upload", {})
    version = alice.post(V3 + "/room_keys/version", {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
                                                     "auth_data": {"public_key": "E" * 43, "signatures": {}}})["version"]
    alice.get(V3 + "/room_keys/version")
    alice.get(f"{V3}/room_keys/version/{version}")
    alice.put(f"{V3}/room_keys/version/{version}", {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "version": version,
                                                    "auth_data": {"public_key": "E" * 43, "signatures": {}}})
    session = {"first_message_index": 0, "forwarded_count": 0, "is_verified": False, "session_data": {"ciphertext": "x"}}
    room = quoted("!room:" + server.server_name)
    ways = (("", {"rooms": {"!room:" + server.server_name: {"sessions": {"s1": session}}}}),
            (f"/{room}", {"sessions": {"s2": session}}), (f"/{room}/s3", session))
    for path, body in ways:
        alice.put(f"{V3}/room_keys/keys{path}?version={version}", body)
    for path, _ in reversed(ways):
        alice.get(f"{V3}/room_keys/keys{path}?version={version}")
    alice.refused("GET", f"{V3}/room_keys/keys/{room}/none?version={version}")
    alice.refused("PUT", f"{V3}/room_keys/keys?version=999", {"rooms": {}})
    for path, _ in reversed(ways):
        alice.request("DELETE", f"{V3}/room_keys/keys{path}?version={version}")
    alice.request("DELETE", f"{V3}/room_keys/version/{version}")
    alice.refused("GET", f"{V3}/room_keys/version/999")
    no_fault()


def test_media(server):
    alice = CheckedClient(server, "alice@essais.fr")
    room = alice.post(V3 + "/createRoom", {"name": "Images"})["room_id"]
    pixel = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003"
                          "0101001827ef1d0000000049454e44ae426082")
    uri = alice.request("POST", MEDIA + "/upload?filename=point.png", raw=pixel, headers={"Content-Type": "image/png"})["content_uri"]
    alice.send(room, {"msgtype": "m.image", "body": "point.png", "url": uri})
    place = uri.removeprefix("mxc://")
    for base in (MEDIA, V1 + "/media"):
        alice.get(base + "/config")
        alice.get(f"{base}/download/{place}")
        alice.get(f"{base}/download/{place}/point.png")
        alice.get(f"{base}/thumbnail/{place}?width=32&height=32")
        alice.refused("GET", f"{base}/download/{server.server_name}/none")
    no_fault()


def test_rooms(server):
    alice, bruno = CheckedClient(server, "alice@essais.fr"), CheckedClient(server, "bruno@essais.fr")
    room = alice.post(V3 + "/createRoom", {"name": "Contrats", "preset": "public_chat", "visibility": "private"})["room_id"]
    path = alice.room(room, "")
    alice.refused("POST", V3 + "/createRoom", {"room_version": "none"})
    alice.post(path + "/invite", {"user_id": bruno.user_id})
    bruno.sync()
    bruno.post(f"{V3}/join/{quoted(room)}")
    event = alice.send(room, "Le marché est signé")
    answer = bruno.send(room, {"msgtype": "m.text", "body": "Merci", "m.relates_to": {"rel_type": "m.thread", "event_id": event}})
    bruno.send(room, {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "👍"}}, type="m.reaction")
    bruno.get(f"{path}/event/{quoted(event)}")
    bruno.get(f"{path}/context/{quoted(event)}")
    bruno.get(path + "/messages?dir=b&limit=5")
    bruno.get(path + "/members")
    bruno.get(path + "/joined_members")
    bruno.get(path + "/aliases")
    bruno.get(V3 + "/joined_rooms")
    relations = f"{V1}/rooms/{quoted(room)}/relations/{quoted(event)}"
    for rest in ("", "/m.thread", "/m.annotation/m.reaction"):
        bruno.get(relations + rest)
    bruno.get(f"{V1}/rooms/{quoted(room)}/threads")
    bruno.get(f"{V1}/rooms/{quoted(room)}/hierarchy")
    bruno.get(f"{V1}/rooms/{quoted(room)}/timestamp_to_event?ts=0&dir=f")
    bruno.get(f"{V1}/room_summary/{quoted(room)}")
    bruno.post(f"{path}/receipt/m.read/{quoted(event)}", {})
    bruno.post(path + "/read_markers", {"m.fully_read": event, "m.read": event})
    bruno.put(f"{path}/typing/{quoted(bruno.user_id)}", {"typing": True, "timeout": 1000})
    bruno.post(f"{path}/report/{quoted(event)}", {"reason": "essai"})
    bruno.post(path + "/report", {"reason": "essai"})
    bruno.post(V3 + "/search", {"search_categories": {"room_events": {"search_term": "marché"}}})
    bruno.put(f"{path}/redact/{quoted(answer)}/r1", {"reason": "erreur"})
    alias = quoted("#essai-openapi:" + server.server_name)
    alice.put(f"{V3}/directory/room/{alias}", {"room_id": room})
    bruno.get(f"{V3}/directory/room/{alias}")
    alice.request("DELETE", f"{V3}/directory/room/{alias}")
    bruno.refused("GET", f"{V3}/directory/room/{alias}")
    alice.get(f"{V3}/directory/list/room/{quoted(room)}")
    alice.put(f"{V3}/directory/list/room/{quoted(room)}", {"visibility": "private"})
    alice.post(V3 + "/publicRooms", {"limit": 5})
    alice.post(path + "/kick", {"user_id": bruno.user_id})
    bruno.post(path + "/join", {})
    alice.post(path + "/ban", {"user_id": bruno.user_id})
    bruno.refused("POST", path + "/join", {})
    alice.post(path + "/unban", {"user_id": bruno.user_id})
    bruno.post(path + "/join", {})
    alice.put(path + "/state/m.room.join_rules/", {"join_rule": "knock"})
    bruno.post(path + "/leave", {})
    bruno.post(f"{V3}/knock/{quoted(room)}", {"reason": "laissez-moi entrer"})
    bruno.post(path + "/leave", {})
    bruno.post(path + "/forget", {})
    bruno.refused("GET", path + "/messages?dir=b")
    alice.post(path + "/upgrade", {"new_version": "12"})
    no_fault()


# Accounts are the administration's: these say so.
REFUSED = {("POST", V3 + "/register"): {"username": "x"}, ("POST", V3 + "/account/deactivate"): {},
           ("POST", V3 + "/account/password"): {"new_password": "x"}, ("GET", V3 + "/register/available?username=libre"): None,
           ("POST", V3 + "/account/3pid/add"): {"sid": "x", "client_secret": "y"},
           ("POST", V3 + "/refresh"): {"refresh_token": "none"},
           ("POST", V3 + "/account/3pid/delete"): {"medium": "email", "address": "a@b.fr"}}


def test_what_the_administration_keeps(server):
    chloe = CheckedClient(server, "chloe@essais.fr")
    for (method, path), body in REFUSED.items():
        try:
            chloe.request(method, path, body)
        except Failure:
            pass
    no_fault()


def test_zz_every_claimed_operation_was_seen(_server):
    refused = {operation_of(method, path) for method, path in REFUSED}
    missing = sorted(CLAIMED - succeeded - refused)
    assert not missing, missing


if __name__ == "__main__":
    checks.run(sys.modules[__name__])
