// matrix-js-sdk, the library under Element Web: two people of one salon, driven by sdk_test.py.
// Arguments: base URL, room, password, two localparts. Prints one line of JSON for each step that held.
import "./node20.mjs";
import assert from "node:assert/strict";
import { createClient, ClientEvent, EventType, MsgType, RelationType } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

logger.setLevel?.("silent");
const [baseUrl, roomId, password, firstName, secondName] = process.argv.slice(2);
const step = (name) => console.log(JSON.stringify({ step: name }));
const wait_ms = 10_000;

async function until(check, what) {
  const end = Date.now() + wait_ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error("waited in vain: " + what);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function enter(localpart) {
  const entry = createClient({ baseUrl });
  const answer = await entry.loginRequest({
    type: "m.login.password", password, identifier: { type: "m.id.user", user: localpart },
  });
  const client = createClient({
    baseUrl, accessToken: answer.access_token, userId: answer.user_id, deviceId: answer.device_id, timelineSupport: true,
  });
  await client.startClient({ initialSyncLimit: 20, threadSupport: true, lazyLoadMembers: true, pollTimeout: 5_000 });
  await until(() => client.isInitialSyncComplete(), "first sync");
  return client;
}

const heard = (client, room, id) => until(() => client.getRoom(room)?.findEventById(id), `event ${id}`);

const first = await enter(firstName);
const second = await enter(secondName);
step("login and sync");
assert.ok(first.getRoom(roomId), "the salon is there");
assert.equal(first.getRoom(roomId).name, "Général");

const { event_id: sent } = await first.sendMessage(roomId, { msgtype: MsgType.Text, body: "bonjour du kit" });
assert.equal((await heard(second, roomId, sent)).getContent().body, "bonjour du kit");
step("message");

await second.sendEvent(roomId, EventType.Reaction, {
  "m.relates_to": { rel_type: RelationType.Annotation, event_id: sent, key: "🎉" },
});
await until(async () => (await first.relations(roomId, sent, RelationType.Annotation, EventType.Reaction)).events.length === 1, "reaction");
step("reaction");

await first.sendMessage(roomId, {
  msgtype: MsgType.Text, body: "* corrigé", "m.new_content": { msgtype: MsgType.Text, body: "corrigé" },
  "m.relates_to": { rel_type: RelationType.Replace, event_id: sent },
});
await until(() => second.getRoom(roomId).findEventById(sent).getContent().body === "corrigé", "edit");
step("edit");

const { event_id: reply } = await second.sendMessage(roomId, sent, { msgtype: MsgType.Text, body: "dans le fil" });
await until(() => first.getRoom(roomId).getThread(sent)?.events.some((event) => event.getId() === reply), "thread");
assert.ok((await first.createThreadListMessagesRequest(roomId, null)).chunk.some((event) => event.event_id === sent));
step("thread");

await second.sendTyping(roomId, true, 5_000);
await until(() => first.getRoom(roomId).getMember(second.getUserId())?.typing, "typing");
step("typing");

await second.sendReadReceipt(await heard(second, roomId, sent));
await until(() => first.getRoom(roomId).hasUserReadEvent(second.getUserId(), sent), "receipt");
await second.setRoomReadMarkers(roomId, sent, second.getRoom(roomId).findEventById(sent));
step("receipt");

const { event_id: mistake } = await first.sendMessage(roomId, { msgtype: MsgType.Text, body: "à effacer" });
await heard(second, roomId, mistake);
await first.redactEvent(roomId, mistake, undefined, { reason: "erreur" });
await until(() => second.getRoom(roomId).findEventById(mistake)?.isRedacted(), "redaction");
step("redaction");

const bytes = new Uint8Array(10_000).map((_, index) => index % 251);
const { content_uri } = await first.uploadContent(new Blob([bytes]), { name: "essai.bin", type: "application/octet-stream" });
await first.sendMessage(roomId, { msgtype: MsgType.File, body: "essai.bin", url: content_uri });
const link = second.mxcUrlToHttp(content_uri, undefined, undefined, undefined, false, true, true);
assert.match(link, /\/_matrix\/client\/v1\/media\/download\//);
assert.equal((await fetch(link)).status, 401);
const file = await fetch(link, { headers: { Authorization: `Bearer ${second.getAccessToken()}` } });
assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
step("media");

for (let number = 0; number < 25; ++number) {
  // One after the other: the order is what scrollback is compared with.
  await first.sendMessage(roomId, { msgtype: MsgType.Notice, body: `n${number}` });
}
const page = await second.createMessagesRequest(roomId, null, 10, "b");
assert.deepEqual(page.chunk.map((event) => event.content.body), Array.from({ length: 10 }, (_, index) => `n${24 - index}`));
await second.scrollback(second.getRoom(roomId), 30);
step("pagination");

// The index follows within a second, and searching costs more than other requests: not asked too often.
await until(async () => {
  await new Promise((done) => setTimeout(done, 400));
  return (await second.searchMessageText({ query: "corrigé" })).search_categories.room_events.results.length > 0;
}, "search");
step("search");

const parents = second.getRooms().filter((room) => room.isSpaceRoom());
const trees = await Promise.all(parents.map((room) => second.getRoomHierarchy(room.roomId, 20)));
assert.ok(trees.some((tree) => tree.rooms.some((room) => room.room_id === roomId)));
step("hierarchy");

await first.setAccountData("fr.essais.reglage", { teinte: "vert" });
assert.deepEqual(await first.getAccountDataFromServer("fr.essais.reglage"), { teinte: "vert" });
await first.setRoomTag(roomId, "m.favourite", { order: 0.2 });
await until(() => first.getRoom(roomId).tags["m.favourite"], "tag");
step("account data");

await second.setRoomMutePushRule("global", roomId, true);
assert.ok((await second.getPushRules()).global.room.some((rule) => JSON.stringify(rule).includes(roomId)));
step("push rules");

for (const version of ["10", "11", "12"]) {
  const made = await first.createRoom({ room_version: version, name: `Version ${version}`, invite: [second.getUserId()] });
  await until(() => second.getRoom(made.room_id)?.getMyMembership() === "invite", "invitation");
  await second.joinRoom(made.room_id);
  const said = await second.sendMessage(made.room_id, { msgtype: MsgType.Text, body: version });
  await heard(first, made.room_id, said.event_id);
  assert.equal(first.getRoom(made.room_id).getVersion(), version);
  await second.leave(made.room_id);
  await until(() => first.getRoom(made.room_id).getMember(second.getUserId()).membership === "leave", "leave");
}
step("rooms 10 to 12");

const direct = await first.createRoom({ is_direct: true, preset: "trusted_private_chat", invite: [second.getUserId()] });
await until(() => second.getRoom(direct.room_id)?.getDMInviter() === first.getUserId(), "direct");
await second.joinRoom(direct.room_id);
step("direct conversation");

const devices = await first.getDevices();
assert.ok(devices.devices.some((device) => device.device_id === first.getDeviceId()));
let arrived = false;
second.on(ClientEvent.ToDeviceEvent, (event) => (arrived ||= event.getType() === "fr.essais"));
await first.sendToDevice("fr.essais", new Map([[second.getUserId(), new Map([[second.getDeviceId(), { un: 1 }]])]]));
await until(() => arrived, "to-device");
step("devices");

step("ready to be removed");
await until(() => second.getRoom(roomId)?.getMyMembership() === "leave", "removal");
await assert.rejects(second.sendMessage(roomId, { msgtype: MsgType.Text, body: "encore ?" }), { errcode: "M_FORBIDDEN" });
step("removal");

first.stopClient();
second.stopClient();
const token = first.getAccessToken();
await first.logout(true);
assert.equal((await fetch(`${baseUrl}/_matrix/client/v3/account/whoami`, { headers: { Authorization: `Bearer ${token}` } })).status, 401);
step("logout");
process.exit(0);
