"""The client-server API as a client without any library sees it."""

import sys
import threading
import time
import urllib.parse

import checks
from parvis_server import Client, Failure

V3 = "/_matrix/client/v3"


def quoted(text):
    return urllib.parse.quote(text, safe="")


def pair(server, **body):
    alice, bruno = Client(server, "alice@essais.fr"), Client(server, "bruno@essais.fr")
    room = alice.post(V3 + "/createRoom", {"invite": [bruno.user_id], **body})["room_id"]
    bruno.post(bruno.room(room, "/join"))
    alice.sync()
    bruno.sync()
    return alice, bruno, room


def timeline(answer, room):
    return answer.get("rooms", {}).get("join", {}).get(room, {}).get("timeline", {}).get("events", [])


def bodies(events):
    return [event["content"].get("body") for event in events if event["type"] == "m.room.message"]


def test_errors_have_the_matrix_form(server):
    alice = Client(server, "alice@essais.fr")
    nobody = Client(server)
    assert nobody.refused("GET", V3 + "/account/whoami") == (401, "M_MISSING_TOKEN")
    nobody.token = "wrong"
    assert nobody.refused("GET", V3 + "/account/whoami") == (401, "M_UNKNOWN_TOKEN")
    assert alice.refused("GET", V3 + "/no/such/thing") == (404, "M_UNRECOGNIZED")
    assert alice.refused("DELETE", V3 + "/createRoom") == (405, "M_UNRECOGNIZED")
    assert alice.refused("PUT", V3 + "/rooms/!nowhere/send/m.room.message/1", {}) == (403, "M_FORBIDDEN")
    try:
        alice.request("POST", V3 + "/createRoom", raw=b"{nonsense")
        raise AssertionError("accepted")
    except Failure as failure:
        assert (failure.status, failure.body["errcode"]) == (400, "M_NOT_JSON")


def test_login_says_where_the_server_is(server):
    nobody = Client(server)
    body = {"type": "m.login.password", "password": "une phrase de passe correcte",
            "identifier": {"type": "m.id.user", "user": "alice-essais.fr"}}
    answer = nobody.post(V3 + "/login", body)
    assert answer["well_known"]["m.homeserver"]["base_url"] == server.url
    assert nobody.get("/.well-known/matrix/client")["m.homeserver"]["base_url"] == server.url
    body["password"] = "autre phrase"
    assert nobody.refused("POST", V3 + "/login", body) == (403, "M_FORBIDDEN")
    body["identifier"]["user"] = "personne"
    assert nobody.refused("POST", V3 + "/login", body) == (403, "M_FORBIDDEN")


def test_a_message_arrives_at_a_waiting_client(server):
    alice, bruno, room = pair(server)
    got = {}

    def listen():
        got["answer"] = bruno.sync(timeout=10_000)

    thread = threading.Thread(target=listen)
    thread.start()
    time.sleep(0.2)
    alice.send(room, "bonjour")
    thread.join(10)
    assert bodies(timeline(got["answer"], room)) == ["bonjour"]
    assert got["answer"]["rooms"]["join"][room]["unread_notifications"]["notification_count"] == 1


def test_a_repeated_send_is_one_message(server):
    alice, bruno, room = pair(server)
    first = alice.send(room, "une fois", txn="same")
    assert alice.send(room, "une fois", txn="same") == first
    events = timeline(bruno.sync(), room)
    assert bodies(events) == ["une fois"]
    assert "transaction_id" not in events[0].get("unsigned", {})
    own = timeline(alice.sync(), room)
    assert own[0]["unsigned"]["transaction_id"] == "same"
    other = Client(server, "alice@essais.fr")
    assert other.send(room, "autre appareil", txn="same") != first


def test_a_gap_is_told_and_filled(server):
    alice, bruno, room = pair(server)
    for number in range(30):
        alice.send(room, f"n{number}")
    alice.put(alice.room(room, "/state/m.room.topic"), {"topic": "au milieu"})
    for number in range(30, 60):
        alice.send(room, f"n{number}")
    answer = bruno.sync(filter='{"room":{"timeline":{"limit":10}}}')
    joined = answer["rooms"]["join"][room]
    assert joined["timeline"]["limited"] is True
    assert bodies(joined["timeline"]["events"]) == [f"n{number}" for number in range(50, 60)]
    assert [event["content"]["topic"] for event in joined["state"]["events"] if event["type"] == "m.room.topic"] == ["au milieu"]
    found, token = [], joined["timeline"]["prev_batch"]
    while token and len(found) < 60:
        page = bruno.get(bruno.room(room, "/messages"), dir="b", limit=17, **{"from": token})
        found += bodies(page["chunk"])
        token = page.get("end")
    assert found[:50] == [f"n{number}" for number in range(49, -1, -1)]
    forwards = bruno.get(bruno.room(room, "/messages"), dir="f", limit=5, **{"from": joined["timeline"]["prev_batch"]})
    assert bodies(forwards["chunk"]) == [f"n{number}" for number in range(50, 55)]


def test_reactions_edits_threads_and_redactions(server):
    alice, bruno, room = pair(server)
    root = alice.send(room, "racine")
    edit = alice.send(room, {"msgtype": "m.text", "body": "* Racine", "m.new_content": {"msgtype": "m.text", "body": "Racine"},
                             "m.relates_to": {"rel_type": "m.replace", "event_id": root}})
    reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": root, "key": "👍"}}
    bruno.send(room, reaction, type="m.reaction")
    assert bruno.refused("PUT", bruno.room(room, "/send/m.reaction/again"), reaction) == (400, "M_DUPLICATE_ANNOTATION")
    reply = bruno.send(room, {"msgtype": "m.text", "body": "dans le fil",
                              "m.relates_to": {"rel_type": "m.thread", "event_id": root}})
    event = alice.get(alice.room(room, "/event/" + quoted(root)))
    relations = event["unsigned"]["m.relations"]
    assert relations["m.replace"]["event_id"] == edit
    assert relations["m.thread"]["count"] == 1 and relations["m.thread"]["latest_event"]["event_id"] == reply
    assert relations["m.thread"]["current_user_participated"] is False
    again = bruno.get(bruno.room(room, "/event/" + quoted(root)))
    assert again["unsigned"]["m.relations"]["m.thread"]["current_user_participated"] is True
    v1 = "/_matrix/client/v1/rooms/" + quoted(room)
    assert len(alice.get(f"{v1}/relations/{quoted(root)}")["chunk"]) == 3
    assert [e["type"] for e in alice.get(f"{v1}/relations/{quoted(root)}/m.annotation/m.reaction")["chunk"]] == ["m.reaction"]
    assert [e["event_id"] for e in alice.get(f"{v1}/threads")["chunk"]] == [root]
    assert alice.get(f"{v1}/threads", include="participated")["chunk"] != []
    bruno.put(bruno.room(room, f"/redact/{quoted(reply)}/r1"), {"reason": "erreur"})
    gone = alice.get(alice.room(room, "/event/" + quoted(reply)))
    assert gone["content"] == {} and gone["unsigned"]["redacted_because"]["content"]["reason"] == "erreur"
    assert alice.get(f"{v1}/threads")["chunk"] == []
    status, _ = bruno.refused("PUT", bruno.room(room, f"/redact/{quoted(root)}/r2"), {})
    assert status == 403


def test_receipts_clear_counters_and_typing_is_seen(server):
    alice, bruno, room = pair(server)
    last = [alice.send(room, f"m{number}") for number in range(3)][-1]
    assert bruno.sync()["rooms"]["join"][room]["unread_notifications"]["notification_count"] == 3
    alice.send(room, {"msgtype": "m.text", "body": "pour toi", "m.mentions": {"user_ids": [bruno.user_id]}})
    counts = bruno.sync()["rooms"]["join"][room]["unread_notifications"]
    assert counts == {"notification_count": 4, "highlight_count": 1}
    bruno.post(bruno.room(room, f"/receipt/m.read/{quoted(last)}"))
    assert bruno.sync()["rooms"]["join"][room]["unread_notifications"] == {"notification_count": 1, "highlight_count": 1}
    seen = alice.sync()["rooms"]["join"][room]["ephemeral"]["events"]
    assert seen[0]["type"] == "m.receipt" and bruno.user_id in seen[0]["content"][last]["m.read"]
    bruno.put(bruno.room(room, "/typing/" + quoted(bruno.user_id)), {"typing": True, "timeout": 5000})
    typing = [e for e in alice.sync()["rooms"]["join"][room]["ephemeral"]["events"] if e["type"] == "m.typing"]
    assert typing[0]["content"]["user_ids"] == [bruno.user_id]


def test_threads_count_apart_when_asked(server):
    alice, bruno, room = pair(server)
    root = alice.send(room, "racine")
    alice.send(room, {"msgtype": "m.text", "body": "fil", "m.relates_to": {"rel_type": "m.thread", "event_id": root}})
    filter = '{"room":{"timeline":{"unread_thread_notifications":true}}}'
    joined = bruno.sync(filter=filter)["rooms"]["join"][room]
    assert joined["unread_notifications"]["notification_count"] == 1
    assert joined["unread_thread_notifications"][root]["notification_count"] == 1
    bruno.post(bruno.room(room, f"/receipt/m.read/{quoted(root)}"), {"thread_id": "main"})
    joined = bruno.sync(filter=filter)["rooms"]["join"][room]
    assert joined["unread_notifications"]["notification_count"] == 0
    assert joined["unread_thread_notifications"][root]["notification_count"] == 1


def test_state_after_and_lazy_members(server):
    alice, bruno, room = pair(server)
    alice.put(alice.room(room, "/state/m.room.topic"), {"topic": "nouveau"})
    answer = bruno.get(V3 + "/sync", since=bruno.since, **{"org.matrix.msc4222.use_state_after": "true"})
    after = answer["rooms"]["join"][room]["org.matrix.msc4222.state_after"]["events"]
    assert [event["type"] for event in after] == ["m.room.topic"]
    fresh = Client(server, "bruno@essais.fr")
    alice.send(room, "un mot")
    lazy = fresh.sync(filter='{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":1}}}')
    members = {e["state_key"] for e in lazy["rooms"]["join"][room]["state"]["events"] if e["type"] == "m.room.member"}
    assert members == {alice.user_id, bruno.user_id}


def test_a_nameless_conversation_comes_with_the_names_of_its_people(server):
    alice, bruno = Client(server, "alice@essais.fr"), Client(server, "bruno@essais.fr")
    room = alice.post(V3 + "/createRoom", {"invite": [bruno.user_id], "is_direct": True, "preset": "trusted_private_chat"})["room_id"]
    lazy = '{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":1}}}'
    alice.send(room, "bonjour")
    joined = alice.sync(full=True, filter=lazy)["rooms"]["join"][room]
    assert joined["summary"]["m.heroes"] == [bruno.user_id]
    names = {event["state_key"]: event["content"].get("displayname") for event in joined["state"]["events"]
             if event["type"] == "m.room.member"}
    assert names[bruno.user_id] == "Bruno Petit"


def test_leaving_and_history(server):
    alice, bruno, room = pair(server)
    alice.send(room, "avant")
    bruno.post(bruno.room(room, "/leave"))
    left = bruno.sync()["rooms"]["leave"]
    assert room in left
    alice.send(room, "après")
    assert bruno.refused("PUT", bruno.room(room, "/send/m.room.message/x"), {"body": "?"}) == (403, "M_FORBIDDEN")
    assert "après" not in bodies(bruno.get(bruno.room(room, "/messages"), dir="b", limit=50)["chunk"])
    assert "avant" in bodies(bruno.get(bruno.room(room, "/messages"), dir="b", limit=50)["chunk"])
    chloe = Client(server, "chloe@essais.fr")
    assert chloe.refused("GET", chloe.room(room, "/messages?dir=b")) == (403, "M_FORBIDDEN")
    assert chloe.refused("POST", chloe.room(room, "/join")) == (403, "M_FORBIDDEN")


def test_kick_ban_and_rejoin(server):
    alice, bruno, room = pair(server)
    alice.post(alice.room(room, "/ban"), {"user_id": bruno.user_id, "reason": "essai"})
    assert bruno.refused("POST", bruno.room(room, "/join"))[0] == 403
    alice.post(alice.room(room, "/unban"), {"user_id": bruno.user_id})
    alice.post(alice.room(room, "/invite"), {"user_id": bruno.user_id})
    assert room in bruno.sync()["rooms"]["invite"]
    bruno.post(bruno.room(room, "/join"))
    alice.post(alice.room(room, "/kick"), {"user_id": bruno.user_id})
    assert bruno.refused("PUT", bruno.room(room, "/send/m.room.message/x"), {"body": "?"})[0] == 403


def test_public_forums_and_aliases(server):
    alice, bruno = Client(server, "alice@essais.fr"), Client(server, "bruno@essais.fr")
    room = alice.post(V3 + "/createRoom", {"preset": "public_chat", "visibility": "public", "name": "Forum des essais",
                                           "room_alias_name": "essais"})["room_id"]
    found = bruno.post(V3 + "/publicRooms", {"filter": {"generic_search_term": "forum des"}})
    assert [r["room_id"] for r in found["chunk"]] == [room]
    assert bruno.post(V3 + "/join/" + quoted("#essais:" + server.server_name))["room_id"] == room
    assert alice.refused("PUT", alice.room(room, "/state/m.room.encryption"), {"algorithm": "m.megolm.v1.aes-sha2"})[0] == 403
    eva = Client(server, "eva@dehors.org")
    assert eva.post(V3 + "/publicRooms")["chunk"] == []
    assert eva.refused("POST", V3 + "/createRoom", {})[0] == 403
    assert eva.refused("POST", eva.room(room, "/join"))[0] == 403


def test_access_rules_go_one_way(server):
    alice, bruno, room = pair(server)
    rule = alice.room(room, "/state/im.vector.room.access_rules")
    assert alice.get(rule)["rule"] == "restricted"
    eva = Client(server, "eva@dehors.org")
    assert alice.refused("POST", alice.room(room, "/invite"), {"user_id": eva.user_id})[0] in (403, 404)
    alice.put(rule, {"rule": "unrestricted"})
    assert alice.refused("PUT", rule, {"rule": "restricted"})[0] == 403
    assert alice.refused("PUT", alice.room(room, "/state/m.room.join_rules"), {"join_rule": "public"})[0] == 403


def test_direct_conversations_have_two_people(server):
    alice, bruno, chloe = (Client(server, f"{name}@essais.fr") for name in ("alice", "bruno", "chloe"))
    room = alice.post(V3 + "/createRoom", {"is_direct": True, "preset": "trusted_private_chat", "invite": [bruno.user_id]})["room_id"]
    assert alice.refused("POST", alice.room(room, "/invite"), {"user_id": chloe.user_id})[0] == 403
    assert alice.refused("PUT", alice.room(room, "/state/m.room.name"), {"name": "non"})[0] == 403


def test_account_data_tags_filters_and_push_rules(server):
    alice, bruno, room = pair(server)
    me = V3 + "/user/" + quoted(alice.user_id)
    alice.put(me + "/account_data/org.exemple", {"un": 1})
    assert alice.get(me + "/account_data/org.exemple") == {"un": 1}
    assert bruno.refused("GET", me + "/account_data/org.exemple")[0] == 403
    alice.put(f"{me}/rooms/{quoted(room)}/tags/m.favourite", {"order": 0.5})
    assert "m.favourite" in alice.get(f"{me}/rooms/{quoted(room)}/tags")["tags"]
    data = alice.sync()
    assert {e["type"] for e in data["account_data"]["events"]} == {"org.exemple"}
    assert data["rooms"]["join"][room]["account_data"]["events"][0]["type"] == "m.tag"
    filter_id = alice.post(me + "/filter", {"room": {"timeline": {"limit": 1}}})["filter_id"]
    assert alice.get(f"{me}/filter/{filter_id}") == {"room": {"timeline": {"limit": 1}}}
    mute = f"{V3}/pushrules/global/room/{quoted(room)}"
    bruno.put(mute, {"actions": []})
    alice.send(room, "en silence")
    assert bruno.sync()["rooms"]["join"][room]["unread_notifications"]["notification_count"] == 0
    bruno.request("DELETE", mute)
    assert bruno.refused("GET", mute) == (404, "M_NOT_FOUND")


def test_media_follow_the_room(server):
    alice, bruno, room = pair(server)
    content = b"bonjour, fichier" * 100
    uri = alice.request("POST", "/_matrix/media/v3/upload?filename=note.txt", raw=content,
                        headers={"Content-Type": "text/plain"})["content_uri"]
    path = "/_matrix/client/v1/media/download/" + uri[len("mxc://"):]
    assert alice.request("GET", path) == content
    assert bruno.refused("GET", path)[0] == 404
    alice.send(room, {"msgtype": "m.file", "body": "note.txt", "url": uri})
    assert bruno.request("GET", path) == content
    assert Client(server, "chloe@essais.fr").refused("GET", path)[0] == 404
    assert alice.get("/_matrix/client/v1/media/config")["m.upload.size"] > 1_000_000


def test_search_and_context(server):
    alice, bruno, room = pair(server)
    ids = [alice.send(room, f"le compte rendu numéro {number}") for number in range(5)]
    context = bruno.get(bruno.room(room, "/context/" + quoted(ids[2])), limit=4)
    assert context["event"]["event_id"] == ids[2]
    assert [e["event_id"] for e in context["events_before"]] == [ids[1], ids[0]]
    assert [e["event_id"] for e in context["events_after"]] == ids[3:5]
    query = {"search_categories": {"room_events": {"search_term": "comptes"}}}
    found = checks.wait_for(lambda: bruno.post(V3 + "/search", query)["search_categories"]["room_events"]["results"])
    assert {hit["result"]["event_id"] for hit in found} <= set(ids) and found
    chloe = Client(server, "chloe@essais.fr")
    assert chloe.post(V3 + "/search", query)["search_categories"]["room_events"]["results"] == []


def test_device_messages_arrive_once(server):
    alice, bruno, room = pair(server)
    body = {"messages": {bruno.user_id: {bruno.device_id: {"secret": 1}}}}
    alice.put(V3 + "/sendToDevice/org.exemple/1", body)
    alice.put(V3 + "/sendToDevice/org.exemple/1", body)
    since = bruno.since
    assert len(bruno.sync()["to_device"]["events"]) == 1
    newer, bruno.since = bruno.since, since
    assert len(bruno.sync()["to_device"]["events"]) == 1  # not acknowledged yet
    bruno.since = newer
    assert bruno.sync()["to_device"]["events"] == []


def test_devices_need_the_password_to_go(server):
    alice = Client(server, "alice@essais.fr")
    other = Client(server, "alice@essais.fr")
    path = V3 + "/devices/" + other.device_id
    try:
        alice.request("DELETE", path, {})
        raise AssertionError("no password asked")
    except Failure as failure:
        assert failure.status == 401 and failure.body["flows"] == [{"stages": ["m.login.password"]}]
        session = failure.body["session"]
    auth = {"type": "m.login.password", "session": session, "password": "une phrase de passe correcte",
            "identifier": {"type": "m.id.user", "user": alice.user_id}}
    alice.request("DELETE", path, {"auth": auth})
    assert other.refused("GET", V3 + "/account/whoami") == (401, "M_UNKNOWN_TOKEN")


def test_upgrade_keeps_the_rule(server):
    alice, bruno, room = pair(server, room_version="10", name="Ancien")
    alice.put(alice.room(room, "/state/im.vector.room.access_rules"), {"rule": "unrestricted"})
    new = alice.post(alice.room(room, "/upgrade"), {"new_version": "12"})["replacement_room"]
    assert alice.get(alice.room(new, "/state/im.vector.room.access_rules"))["rule"] == "unrestricted"
    assert alice.get(alice.room(room, "/state/m.room.tombstone"))["replacement_room"] == new


def test_a_killed_server_loses_nothing_acknowledged(server):
    alice, bruno, room = pair(server)
    sent = [alice.send(room, f"durable {number}") for number in range(60)]
    server.stop(kill=True)
    server.start()
    page = bruno.get(bruno.room(room, "/messages"), dir="b", limit=200)["chunk"]
    assert [event["event_id"] for event in reversed(page)][-60:] == sent
    joined = bruno.sync()["rooms"]["join"][room]
    assert joined["unread_notifications"]["notification_count"] == 60, joined["unread_notifications"]
    assert alice.send(room, "durable 7", txn="t8") == sent[7]


if __name__ == "__main__":
    checks.run(sys.modules[__name__])
