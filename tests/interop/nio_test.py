"""matrix-nio, as Debian ships it: it speaks the old r0 and media paths only. Two people of one salon of a space."""

import asyncio
import io
import sys

import checks
from nio import (AsyncClient, DownloadError, JoinError, LoginResponse, RoomCreateResponse,
                 RoomGetEventResponse, RoomMessagesResponse, RoomPreset, RoomSendResponse,
                 RoomRedactResponse, SyncResponse, UploadResponse)
from parvis_server import PASSWORD, Client
from spaces_test import add, community, person_id, rooms_of


def person(server, name):
    return AsyncClient(server.url, f"{name}-essais.fr")


async def enter(server, name):
    client = person(server, name)
    answer = await client.login(PASSWORD, device_name="nio")
    assert isinstance(answer, LoginResponse), answer
    assert isinstance(await client.sync(timeout=0, full_state=True), SyncResponse)
    return client


async def until(client, found, seconds=5):
    """Syncs until `found(answer)` is true, and gives that."""
    for _ in range(seconds * 2):
        answer = await client.sync(timeout=500)
        assert isinstance(answer, SyncResponse), answer
        if value := found(answer):
            return value
    raise AssertionError("waited in vain")


def events_of(answer, room):
    return answer.rooms.join[room].timeline.events if room in answer.rooms.join else []


def salon(server, name, *members):
    alice, space = community(server, name)
    room = rooms_of(alice, space)[0]["room_id"]
    for address in members:
        add(alice, space, address)
    for address in members:
        someone = Client(server, address)
        checks.wait_for(lambda: room in someone.get("/_matrix/client/v3/joined_rooms")["joined_rooms"])
    return alice, space, room


def with_clients(test):
    async def go(server, name, members):
        web, space, room = salon(server, name, *(f"{member}@essais.fr" for member in members))
        clients = [await enter(server, member) for member in members]
        try:
            await test(server, web, space, room, *clients)
        finally:
            for client in clients:
                await client.close()

    return lambda server, name, *members: asyncio.run(go(server, name, members))


@with_clients
async def talk(server, web, space, room, bruno, chloe):
    assert room in bruno.rooms and bruno.rooms[room].name == "Général"
    web.send(room, "bonjour du navigateur")
    heard = await until(bruno, lambda answer: [e for e in events_of(answer, room) if getattr(e, "body", "")])
    assert heard[0].body == "bonjour du navigateur" and heard[0].sender == web.user_id
    sent = await bruno.room_send(room, "m.room.message", {"msgtype": "m.text", "body": "bonjour de nio"})
    assert isinstance(sent, RoomSendResponse), sent
    assert any(e.event_id == sent.event_id
               for e in await until(chloe, lambda answer: [e for e in events_of(answer, room)
                                                           if getattr(e, "body", "") == "bonjour de nio"]))
    await chloe.room_typing(room, True)
    await until(bruno, lambda answer: chloe.user_id in bruno.rooms[room].typing_users)
    await chloe.room_read_markers(room, sent.event_id, sent.event_id)
    await until(bruno, lambda answer: sent.event_id == getattr(
        bruno.rooms[room].read_receipts.get(chloe.user_id), "event_id", None))
    await chloe.room_send(room, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": sent.event_id,
                                                               "key": "👍"}})
    await bruno.room_send(room, "m.room.message", {
        "msgtype": "m.text", "body": "* mieux", "m.new_content": {"msgtype": "m.text", "body": "mieux"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": sent.event_id}})
    seen = await chloe.room_get_event(room, sent.event_id)
    assert isinstance(seen, RoomGetEventResponse) and seen.event.body == "bonjour de nio" or seen.event.body == "mieux"
    page = await chloe.room_messages(room, "", limit=20)
    assert isinstance(page, RoomMessagesResponse) and {e.source["type"] for e in page.chunk} >= {"m.reaction", "m.room.message"}
    redacted = await bruno.room_redact(room, sent.event_id, reason="erreur")
    assert isinstance(redacted, RoomRedactResponse), redacted
    assert (await chloe.room_get_event(room, sent.event_id)).event.source["content"] == {}


def test_nio_talks_in_a_salon(server):
    talk(server, "Avec nio", "bruno", "chloe")


@with_clients
async def share(server, web, space, room, bruno, chloe):
    content = bytes(range(256)) * 40
    uploaded, _ = await bruno.upload(lambda *_: io.BytesIO(content), content_type="application/octet-stream",
                                     filename="essai.bin", filesize=len(content))
    assert isinstance(uploaded, UploadResponse), uploaded
    await bruno.room_send(room, "m.room.message", {"msgtype": "m.file", "body": "essai.bin", "url": uploaded.content_uri})
    host, media = uploaded.content_uri[len("mxc://"):].split("/")
    # nio downloads without saying who asks: a link alone opens nothing here.
    assert isinstance(await chloe.download(host, media), DownloadError)
    path = f"/_matrix/client/v1/media/download/{host}/{media}"
    assert web.request("GET", path) == content


def test_nio_shares_a_file(server):
    share(server, "Fichiers de nio", "bruno", "chloe")


@with_clients
async def direct(server, web, space, room, bruno, chloe):
    made = await bruno.room_create(is_direct=True, preset=RoomPreset.trusted_private_chat, invite=[chloe.user_id])
    assert isinstance(made, RoomCreateResponse), made
    await until(chloe, lambda answer: made.room_id in answer.rooms.invite)
    assert not isinstance(await chloe.join(made.room_id), JoinError)
    await chloe.room_send(made.room_id, "m.room.message", {"msgtype": "m.text", "body": "entre nous"})
    await until(bruno, lambda answer: [e for e in events_of(answer, made.room_id)
                                       if getattr(e, "body", "") == "entre nous"])
    await chloe.room_leave(made.room_id)
    await until(chloe, lambda answer: made.room_id in answer.rooms.leave)
    await chloe.room_forget(made.room_id)


def test_nio_writes_to_one_person(server):
    direct(server, "Directs de nio", "bruno", "chloe")


@with_clients
async def removed(server, web, space, room, bruno):
    web.request("DELETE", f"/api/v1/spaces/{space['id']}/members/{person_id(web, space, 'bruno')}")
    refused = await bruno.room_send(room, "m.room.message", {"msgtype": "m.text", "body": "encore ?"})
    assert getattr(refused, "status_code", "") == "M_FORBIDDEN", refused
    await asyncio.wait_for(until(bruno, lambda answer: room in answer.rooms.leave), 2)


def test_nio_lives_with_removal(server):
    removed(server, "Sans Bruno", "bruno")


@with_clients
async def devices(server, web, space, room, bruno):
    listed = await bruno.devices()
    assert bruno.device_id in [device.id for device in listed.devices]
    await bruno.update_device(bruno.device_id, {"display_name": "Mon nio"})
    assert "Mon nio" in [device.display_name for device in (await bruno.devices()).devices]
    if bruno.olm:
        await bruno.keys_upload()
    token = bruno.access_token
    await bruno.logout()
    raw = Client(server)
    raw.token = token
    assert raw.refused("GET", "/_matrix/client/r0/account/whoami") == (401, "M_UNKNOWN_TOKEN")


def test_nio_has_devices_and_leaves(server):
    devices(server, "Appareils", "bruno")


if __name__ == "__main__":
    checks.run(sys.modules[__name__])
