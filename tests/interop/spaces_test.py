"""Spaces as Matrix rooms: membership of a space opens and closes the rooms, roles are power levels."""

import sys
import threading
import time
import urllib.parse

import checks
from parvis_server import Client

V3 = "/_matrix/client/v3"
API = "/api/v1"


def quoted(text):
    return urllib.parse.quote(text, safe="")


def community(server, name, **fields):
    alice = Client(server, "alice@essais.fr")
    body = {"kind": "community", "name": name, "description": "Pour essayer", "template": "communaute-de-pratique",
            "visibility": "closed", "joining": "approval", **fields}
    space = alice.post(API + "/spaces", body)
    return alice, space


def rooms_of(client, space):
    return client.get(f"{API}/spaces/{space['id']}/rooms")["rooms"]


def add(alice, space, address, role="contributor"):
    return alice.post(f"{API}/spaces/{space['id']}/members", {"addresses": address, "role": role})


def person_id(alice, space, email_start):
    members = alice.get(f"{API}/spaces/{space['id']}/members")["members"]
    return next(m["person"]["id"] for m in members if email_start in m["person"]["matrix_id"])


def joined(client):
    return set(client.get(V3 + "/joined_rooms")["joined_rooms"])


def test_a_space_comes_with_its_rooms(server):
    alice, space = community(server, "Les essais")
    rooms = rooms_of(alice, space)
    assert [room["name"] for room in rooms] == ["Général", "Entraide"]
    checks.wait_for(lambda: {room["room_id"] for room in rooms} <= joined(alice))
    alice.send(rooms[0]["room_id"], "premier mot")
    tops = [r for r in joined(alice) if alice.get(alice.room(r, "/state/m.room.create")).get("type") == "m.space"]
    names = {alice.get(alice.room(r, "/state/m.room.name"))["name"]: r for r in tops}
    tree = alice.get(f"/_matrix/client/v1/rooms/{quoted(names['Les essais'])}/hierarchy")["rooms"]
    assert [room["name"] for room in tree] == ["Les essais", "Général", "Entraide"]


def test_members_come_in_and_go_out(server):
    alice, space = community(server, "Entrées et sorties")
    room = rooms_of(alice, space)[0]["room_id"]
    bruno = Client(server, "bruno@essais.fr")
    bruno.sync()
    assert bruno.refused("POST", bruno.room(room, "/join"))[0] == 403  # files a request
    add(alice, space, "bruno@essais.fr")
    checks.wait_for(lambda: room in joined(bruno))
    bruno.send(room, "bonjour")
    got = {}

    def listen():
        while "leave" not in got:
            answer = bruno.sync(timeout=10_000)
            if room in answer["rooms"].get("leave", {}):
                got["leave"] = time.monotonic()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    time.sleep(0.3)
    removed = time.monotonic()
    alice.request("DELETE", f"{API}/spaces/{space['id']}/members/{person_id(alice, space, 'bruno')}")
    assert bruno.refused("PUT", bruno.room(room, "/send/m.room.message/gone"), {"body": "?"})[0] == 403
    assert bruno.refused("GET", bruno.room(room, "/messages?dir=b"))[0] == 403
    thread.join(5)
    assert got["leave"] - removed < 2


def test_visitors_read_and_react(server):
    alice, space = community(server, "Avec visiteurs")
    room = rooms_of(alice, space)[0]["room_id"]
    add(alice, space, "chloe@essais.fr", "visitor")
    chloe = Client(server, "chloe@essais.fr")
    checks.wait_for(lambda: room in joined(chloe))
    event = alice.send(room, "à lire")
    assert chloe.refused("PUT", chloe.room(room, "/send/m.room.message/1"), {"body": "non"})[0] == 403
    chloe.send(room, {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "👏"}}, type="m.reaction")
    levels = alice.get(alice.room(room, "/state/m.room.power_levels"))["users"]
    assert levels[alice.user_id] == 100 and levels[chloe.user_id] < 0
    alice.put(f"{API}/spaces/{space['id']}/members/{person_id(alice, space, 'chloe')}", {"role": "contributor"})
    chloe.send(room, "maintenant oui")


def test_what_the_space_governs_stays_its_own(server):
    alice, space = community(server, "Réglages")
    room = rooms_of(alice, space)[0]["room_id"]
    for state, content in (("m.room.power_levels", {"users": {alice.user_id: 100}}), ("m.room.join_rules", {"join_rule": "public"}),
                           ("im.vector.room.access_rules", {"rule": "unrestricted"})):
        assert alice.refused("PUT", alice.room(room, "/state/" + state), content)[0] == 403
    alice.put(alice.room(room, "/state/m.room.topic"), {"topic": "un sujet"})


def test_externals_enter_only_where_it_is_open(server):
    alice, space = community(server, "Avec des externes")
    room = rooms_of(alice, space)[0]["room_id"]
    eva = Client(server, "eva@dehors.org")
    assert add(alice, space, "eva@dehors.org", "guest")["lines"][0]["outcome"] == "refused"
    assert eva.refused("GET", eva.room(room, "/messages?dir=b"))[0] == 403
    alice.post(f"{API}/spaces/{space['id']}/open-to-externals", {"confirm": True})
    assert add(alice, space, "eva@dehors.org", "guest")["lines"][0]["outcome"] in ("added", "invited")
    checks.wait_for(lambda: room in joined(eva))
    eva.send(room, "bonjour du dehors")
    checks.wait_for(lambda: alice.get(alice.room(room, "/state/im.vector.room.access_rules"))["rule"] == "unrestricted")
    found = eva.post(V3 + "/user_directory/search", {"search_term": "David"})["results"]
    assert found == []


def test_a_salon_more_and_a_forum(server):
    alice, space = community(server, "Réseau ouvert", template="reseau", visibility="open", joining="free")
    salon = alice.post(f"{API}/spaces/{space['id']}/rooms", {"name": "Un de plus", "topic": "essai", "kind": "salon"})
    forum = alice.post(f"{API}/spaces/{space['id']}/rooms", {"name": "Forum public", "kind": "forum"})
    assert salon["name"] == "Un de plus" and forum["kind"] == "forum"
    david = Client(server, "david@essais.fr")
    alice.send(forum["room_id"], "lisible par tous")
    page = david.get(david.room(forum["room_id"], "/messages"), dir="b", limit=5)
    assert page["chunk"][0]["content"]["body"] == "lisible par tous"
    assert forum["room_id"] in [r["room_id"] for r in david.post(V3 + "/publicRooms")["chunk"]]
    david.post(david.room(salon["room_id"], "/join"))  # free: joins the space
    checks.wait_for(lambda: salon["room_id"] in joined(david))
    assert david.refused("POST", f"{API}/spaces/{space['id']}/rooms", {"name": "", "kind": "salon"})[0] == 400


def test_direct_conversations_are_found_again(server):
    alice, space = community(server, "Pour se connaître")
    add(alice, space, "bruno@essais.fr")
    bruno = Client(server, "bruno@essais.fr")
    other = person_id(alice, space, "bruno")
    room = alice.post(API + "/direct", {"person": other})["room_id"]
    assert alice.post(API + "/direct", {"person": other})["room_id"] == room
    assert room in joined(bruno)
    direct = {e["type"]: e for e in bruno.sync()["account_data"]["events"]}["m.direct"]
    assert direct["content"][alice.user_id] == [room]


def test_the_archive_is_read_only(server):
    alice, space = community(server, "Bientôt archivée")
    room = rooms_of(alice, space)[0]["room_id"]
    checks.wait_for(lambda: room in joined(alice))
    alice.send(room, "dernier mot")
    alice.post(f"{API}/spaces/{space['id']}/archive", {"archived": True})
    assert alice.refused("PUT", alice.room(room, "/send/m.room.message/late"), {"body": "trop tard"})[0] == 403
    assert alice.get(alice.room(room, "/messages"), dir="b")["chunk"][0]["content"]["body"] == "dernier mot"


if __name__ == "__main__":
    checks.run(sys.modules[__name__])
