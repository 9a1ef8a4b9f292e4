"""One person in a salon through a client that Parvis did not write: reads a message, answers it. For tests that have others
there at the same time.

    talk.py nio|sdk|nheko URL EMAIL PASSWORD ROOM MESSAGE_TO_READ ANSWER
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import parvis_server

HERE = Path(__file__).resolve().parent
PATIENCE_S = 30


def messages(client, room):
    return client.get(client.room(room, "/messages"), dir="b", limit=50)["chunk"]


def nio(server, email, room, wanted, answer):
    from nio import AsyncClient, RoomSendResponse

    async def talk():
        account = parvis_server.Client(server, email)
        client = AsyncClient(server.url, account.user_id)
        client.restore_login(account.user_id, account.device_id, account.token)
        heard, until = False, time.monotonic() + PATIENCE_S
        while not heard:
            assert time.monotonic() < until, "waited in vain"
            joined = (await client.sync(timeout=500)).rooms.join
            heard = room in joined and any(getattr(event, "body", "") == wanted for event in joined[room].timeline.events)
        assert isinstance(await client.room_send(room, "m.room.message", {"msgtype": "m.text", "body": answer}), RoomSendResponse)
        await client.close()

    asyncio.run(talk())


def sdk(server, email, room, wanted, answer):
    account = parvis_server.Client(server, email)
    done = subprocess.run(["node", "talk.mjs", server.url, account.user_id, account.device_id, account.token, room, wanted, answer],
                          cwd=HERE, capture_output=True, text=True, timeout=2 * PATIENCE_S)  # it tells a lot
    assert done.returncode == 0, done.stderr[-3000:]


def nheko(server, email, room, wanted, answer):
    import nheko_test

    with nheko_test.Desktop(server, email) as desktop:
        david = desktop.account
        salon = nheko_test.Salon(david, room)
        event = next(one["event_id"] for one in messages(david, room) if one["content"].get("body") == wanted)
        desktop.set_up()
        desktop.open_room("Gén", lambda: salon.has_read(david.user_id, event))
        desktop.write(answer)
        desktop.key("Return")
        nheko_test.again_until(lambda: None, lambda: salon.said(david.user_id, answer))


if __name__ == "__main__":
    which, url, email, parvis_server.PASSWORD, *rest = sys.argv[1:]
    {"nio": nio, "sdk": sdk, "nheko": nheko}[which](SimpleNamespace(url=url), email, *rest)
