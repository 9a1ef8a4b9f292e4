// Automation of meetings: livekit-server-sdk, unmodified, with a key of the house; bots, and webhooks.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { RoomEvent } from '@livekit/rtc-node';
import { CreateRoomRequest, Room as RoomMessage } from '@livekit/protocol';
import { AccessToken, DataPacket_Kind, RoomServiceClient, WebhookReceiver } from 'livekit-server-sdk';
import { launchChromium, servePage } from './browser.mjs';
import { until } from './house.mjs';
import { Participant } from './participant.mjs';

/** Takes what webhooks bring; the first `refusals` times with an error, as a receiver in trouble does. */
async function startReceiver() {
  const kept = { events: [], refusals: 0, refused: 0, calls: [] };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (kept.refusals > 0) {
      kept.refusals -= 1;
      kept.refused += 1;
      return response.writeHead(500).end();
    }
    try {
      kept.calls.push(request.headers);
      kept.events.push(await new WebhookReceiver(kept.key.id, kept.secret).receive(body, request.headers.authorization));
      response.writeHead(200).end('ok');
    } catch (error) {
      console.log('webhook: ' + error.message);
      response.writeHead(401).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return Object.assign(kept, { url: `http://127.0.0.1:${server.address().port}/crochet`, stop: () => server.close() });
}

export async function testAutomation(test, { house, space, meeting, entry, ada, bruno, identity }) {
  const keysPath = `/api/v1/spaces/${space}/meeting-keys`;
  const receiver = await startReceiver();
  const { key, secret } = await ada.must('POST', keysPath, { name: 'Robot de test', webhook_url: receiver.url });
  Object.assign(receiver, { key, secret });
  const client = new RoomServiceClient(house.url, key.id, secret);
  const botIdentity = (name) => `a:${key.id}:${name}`;
  const botEntry = async (name, room, grant = {}) => {
    const token = new AccessToken(key.id, secret, { identity: name, name: 'Compteur', metadata: '{"verified":true,"host":true}' });
    token.addGrant({ roomJoin: true, room, ...grant });
    return { server_url: house.url, token: await token.toJwt() };
  };
  const refusal = async (promise) => {
    try {
      await promise;
    } catch (error) {
      return [error.status, error.code];
    }
    return 'was done';
  };

  await test('automation: a key is an animator’s to make, its secret is shown once', async () => {
    assert.equal((await bruno.call('GET', keysPath)).status, 403);
    assert.equal((await bruno.call('POST', keysPath, { name: 'x' })).status, 403);
    assert.equal((await bruno.call('DELETE', `/api/v1/meeting-keys/${key.id}`)).status, 404);
    const { keys } = await ada.must('GET', keysPath);
    assert.deepEqual(keys.map((one) => [one.name, one.effective, one.webhook_url]), [['Robot de test', true, receiver.url]]);
    assert.ok(!JSON.stringify(keys).includes(secret));
    for (const webhook_url of ['http://10.0.0.1/', 'https://10.0.0.1/', 'ftp://a/', 'rien']) {
      assert.equal((await ada.call('PATCH', `/api/v1/meeting-keys/${key.id}`, { webhook_url })).status, 400);
    }
  });

  await test('automation: rooms are made under a name, listed, changed and ended; protobuf too', async () => {
    const room = await client.createRoom({ name: 'Veille', metadata: 'nuit', maxParticipants: 7 });
    assert.deepEqual([room.name, room.metadata, room.maxParticipants], ['Veille', 'nuit', 7]);
    assert.match(room.sid, /^RM_/);
    assert.equal((await client.createRoom({ name: 'Veille' })).sid, room.sid);
    assert.ok((await client.listRooms()).some((one) => one.name === 'Veille'));
    assert.deepEqual(await client.listRooms(['Autre']), []);
    assert.equal((await client.updateRoomMetadata('Veille', 'jour')).metadata, 'jour');
    const token = new AccessToken(key.id, secret, {});
    token.addGrant({ roomCreate: true });
    const answer = await fetch(`${house.url}/twirp/livekit.RoomService/CreateRoom`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/protobuf', Authorization: `Bearer ${await token.toJwt()}` },
      body: new CreateRoomRequest({ name: 'Veille' }).toBinary(),
    });
    assert.equal(answer.headers.get('content-type'), 'application/protobuf');
    assert.equal(RoomMessage.fromBinary(new Uint8Array(await answer.arrayBuffer())).sid, room.sid);
    const { meetings } = await ada.must('GET', `/api/v1/spaces/${space}/meetings`);
    assert.ok(meetings.some((one) => one.origin.kind === 'automation' && one.name === 'Veille'));
    await client.deleteRoom('Veille');
    assert.deepEqual(await client.listRooms(['Veille']), []);
  });

  await test('automation: what a token does not grant, or the key does not reach, is refused by Twirp’s names', async () => {
    await client.createRoom({ name: 'Veille' });
    const call = (claims, path = 'ListRooms', body = '{}', sign = secret) => {
      const token = new AccessToken(key.id, sign, {});
      token.addGrant(claims);
      return token.toJwt().then((jwt) =>
        fetch(`${house.url}/twirp/livekit.RoomService/${path}`, {
          method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${jwt}` }, body,
        })).then(async (answer) => [answer.status, (await answer.json()).code]);
    };
    assert.deepEqual(await call({ roomList: true }, 'ListRooms', '{}', 'autre'), [401, 'unauthenticated']);
    assert.deepEqual(await call({}), [403, 'permission_denied']);
    assert.deepEqual(await call({ roomList: true }, 'Rien'), [404, 'bad_route']);
    assert.deepEqual(await call({ roomList: true }, 'ListRooms', '{"names":'), [400, 'malformed']);
    assert.deepEqual(await call({ roomAdmin: true, room: 'Autre' }, 'ListParticipants', '{"room":"Veille"}'), [403, 'permission_denied']);
    assert.deepEqual(await refusal(client.listParticipants('Inconnue')), [404, 'not_found']);
    assert.deepEqual(await refusal(client.getParticipant('Veille', 'personne')), [404, 'not_found']);
    assert.deepEqual(await refusal(client.forwardParticipant('Veille', 'x', 'Autre')), [501, 'unimplemented']);
    const elsewhere = await bruno.must('POST', '/api/v1/spaces', {
      kind: 'project', name: 'Ailleurs', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
    });
    const foreign = await bruno.must('POST', `/api/v1/spaces/${elsewhere.id}/meetings`, {});
    assert.deepEqual(await refusal(client.listParticipants(foreign.id)), [404, 'not_found']);
    assert.deepEqual(await refusal(client.createRoom({ name: foreign.id })), [404, 'not_found']);
    await assert.rejects(new Participant().join(await botEntry('espion', foreign.id)));
    const whole = await ada.must('POST', '/api/v1/admin/meeting-keys', { name: 'Toute la maison' });
    const everywhere = new RoomServiceClient(house.url, whole.key.id, whole.secret);
    assert.equal((await everywhere.createRoom({ name: foreign.id })).name, foreign.id);
    assert.deepEqual(await refusal(everywhere.createRoom({ name: 'Sans espace' })), [404, 'not_found']);
    await everywhere.deleteRoom(foreign.id);
    await ada.must('DELETE', `/api/v1/meeting-keys/${whole.key.id}`);
    assert.deepEqual(await refusal(everywhere.listRooms()), [401, 'unauthenticated']);
  });

  await test('automation: a bot is shown as one, and a key does to participants what hosts may', async () => {
    const [bot, person] = [new Participant(), new Participant()];
    try {
      await person.join(await entry(ada));
      await bot.join(await botEntry('compteur', meeting.id, { hidden: true, canUpdateOwnMetadata: true }));
      await until('seen', () => person.other(botIdentity('compteur')) && bot.other(identity(ada)));
      assert.deepEqual(JSON.parse(person.other(botIdentity('compteur')).metadata), { verified: false, host: false, bot: true });
      const listed = await client.listParticipants(meeting.id);
      assert.deepEqual(listed.map((one) => one.identity).sort(), [botIdentity('compteur'), identity(ada)].sort());
      const voice = await person.speak();
      await until('heard', () => bot.heard.get(identity(ada)) > 3000, 15);
      assert.deepEqual(await refusal(client.mutePublishedTrack(meeting.id, identity(ada), voice.sid, false)), [412, 'failed_precondition']);
      assert.equal((await client.mutePublishedTrack(meeting.id, identity(ada), voice.sid, true)).muted, true);
      await until('muted', () => bot.other(identity(ada)).trackPublications.get(voice.sid)?.muted);
      await client.sendData(meeting.id, new TextEncoder().encode('bonjour'), DataPacket_Kind.RELIABLE, {
        destinationIdentities: [identity(ada)], topic: 'essai',
      });
      await until('told', () => person.messages.some(({ text, topic }) => text === 'bonjour' && topic === 'essai'));
      assert.deepEqual(bot.messages.filter(({ topic }) => topic !== 'parvis.weight'), [], 'told to one alone');
      assert.deepEqual(await refusal(client.updateParticipant(meeting.id, identity(ada), { name: 'Autre' })), [403, 'permission_denied']);
      await client.updateParticipant(meeting.id, 'compteur', { name: 'Calculette', attributes: { total: '12' } });
      await until('renamed', () => person.other(botIdentity('compteur')).name === 'Calculette');
      await client.updateParticipant(meeting.id, identity(ada), { permission: { canSubscribe: true, canPublish: false, canPublishData: true } });
      await until('unpublished', () => bot.other(identity(ada)).trackPublications.size === 0);
      await client.removeParticipant(meeting.id, 'compteur');
      await until('out', () => bot.left !== undefined);
      await until('in the audit trail', async () => {
        const { entries } = await ada.must('GET', `/api/v1/admin/audit?space=${space}&kind=meeting.muted`);
        return entries.some(({ sentence }) => sentence.startsWith('La clé d’automatisation « Robot de test » a coupé'));
      });
    } finally {
      await bot.leave();
      await person.leave();
    }
  });

  await test('automation: who is moved goes on in the other room, over the same connection', async () => {
    const people = [new Participant(), new Participant(), new Participant()];
    const [host, moved, bot] = people;
    let told = 0;
    try {
      await client.createRoom({ name: 'Atelier' });
      await host.join(await entry(ada));
      await moved.join(await entry(bruno));
      await bot.join(await botEntry('oreille', 'Atelier'));
      moved.room.on(RoomEvent.Moved, () => (told += 1));
      await moved.speak();
      await host.speak();
      await moved.film();
      await until('heard before', () => host.heard.get(identity(bruno)) > 3000 && moved.heard.get(identity(ada)) > 3000, 20);
      assert.deepEqual(await refusal(client.moveParticipant(meeting.id, identity(bruno), 'Inconnue')), [404, 'not_found']);
      await client.moveParticipant(meeting.id, identity(bruno), 'Atelier');
      await until('told', () => told === 1);
      await until('gone from the old room', () => !host.other(identity(bruno)));
      await until('others known', () => moved.others.map((one) => one.identity).join() === botIdentity('oreille'));
      await until('heard in the new room', () => bot.heard.get(identity(bruno)) > 3000, 20);
      await until('seen in the new room', () => bot.seen.get(identity(bruno)) > 0, 20);
      await bot.speak();
      await until('hears the new room', () => moved.heard.get(botIdentity('oreille')) > 3000, 20);
      moved.heard.delete(identity(ada));
      host.heard.delete(identity(bruno));
      await moved.room.localParticipant.publishData(new TextEncoder().encode('ici'), { reliable: true });
      await until('data in the new room', () => bot.messages.some(({ text }) => text === 'ici'));
      assert.ok(!moved.heard.has(identity(ada)) && !host.heard.has(identity(bruno)));
      assert.equal(host.messages.filter(({ from }) => from).length, 0);
      // And back again.
      const elsewhere = await client.listParticipants('Atelier');
      assert.ok(elsewhere.some((one) => one.identity === identity(bruno)));
      await client.moveParticipant('Atelier', identity(bruno), meeting.id);
      await until('heard again', () => host.heard.get(identity(bruno)) > 3000 && moved.heard.get(identity(ada)) > 3000, 20);
      assert.equal(moved.left, undefined);
    } finally {
      for (const one of people) await one.leave();
    }
  });

  await test('automation: a browser’s tab is moved too, with one connection and with two', async () => {
    const site = await servePage();
    const browser = await launchChromium();
    const [host, bot] = [new Participant(), new Participant()];
    try {
      await client.createRoom({ name: 'Atelier' });
      await host.join(await entry(ada));
      await host.speak();
      await bot.join(await botEntry('oreille', 'Atelier'));
      await bot.speak();
      for (const single of [true, false]) {
        const page = await (await browser.newContext()).newPage();
        await page.goto(site.url);
        await page.evaluate(([given, options]) => join(given, options), [await entry(bruno), { singlePeerConnection: single }]);
        await page.evaluate(() => {
          kept.moved = [];
          room.on(RoomEvent.Moved, (name) => kept.moved.push(name));
          return publish();
        });
        const energy = (who) => page.evaluate(async (id) => (await statistics(id, 'microphone')).totalAudioEnergy ?? 0, who);
        await until('seen before', () => host.seen.get(identity(bruno)) > 0, 20);
        await until('heard before', async () => (await energy(identity(ada))) > 0, 20);
        await client.moveParticipant(meeting.id, identity(bruno), 'Atelier');
        await until('told', async () => (await page.evaluate(() => kept.moved.length)) === 1);
        await until('gone', () => !host.other(identity(bruno)));
        bot.seen.delete(identity(bruno));
        await until('seen after', () => bot.seen.get(identity(bruno)) > 0, 20);
        await until('hears the new room', async () => (await energy(botIdentity('oreille'))) > 0, 20);
        assert.deepEqual(await page.evaluate(() => [...room.remoteParticipants.keys()]), [botIdentity('oreille')]);
        assert.deepEqual(await page.evaluate(() => kept.events), []);
        await page.evaluate(() => room.disconnect());
        await page.context().close();
        await until('left', () => !bot.other(identity(bruno)), 40);
      }
    } finally {
      await browser.close();
      site.stop();
      await host.leave();
      await bot.leave();
    }
  });

  await test('automation: webhooks tell what happened, in order, signed, and again after trouble', async () => {
    await client.deleteRoom('Atelier').catch(() => {});
    receiver.events.length = 0;
    receiver.refusals = 1;
    const room = await client.createRoom({ name: 'Crochets' });
    const bot = await new Participant().join(await botEntry('conteur', 'Crochets'));
    await bot.speak();
    await until('published', async () => (await client.getParticipant('Crochets', 'conteur')).tracks.length === 1);
    await bot.leave();
    await until('empty', async () => (await client.listParticipants('Crochets')).length === 0);
    await client.deleteRoom('Crochets');
    const ours = () => receiver.events.filter((one) => one.room.name === 'Crochets');
    await until('told', () => ours().length >= 6, 20);
    assert.deepEqual(ours().map((one) => one.event), [
      'room_started', 'participant_joined', 'track_published', 'track_unpublished', 'participant_left', 'room_finished',
    ]);
    assert.ok(receiver.refused >= 1);
    assert.ok(ours().every((one) => one.room.sid === room.sid && one.id && Number(one.createdAt) > 1e9));
    assert.equal(ours()[1].participant.identity, botIdentity('conteur'));
    assert.match(ours()[2].track.sid, /^TR_/);
    assert.equal(receiver.calls.at(-1)['content-type'], 'application/webhook+json');
    assert.equal(new Set(receiver.events.map((one) => one.id)).size, receiver.events.length);
    await until('shown', async () => (await ada.must('GET', keysPath)).keys[0].delivery?.status === 200);
  });

  await test('automation: a revoked key opens nothing, and its bots are out', async () => {
    const bot = await new Participant().join(await botEntry('dernier', meeting.id));
    const late = await botEntry('tardif', meeting.id);
    await ada.must('DELETE', `/api/v1/meeting-keys/${key.id}`);
    await until('out', () => bot.left !== undefined);
    assert.deepEqual(await refusal(client.listRooms()), [401, 'unauthenticated']);
    await assert.rejects(new Participant().join(late));
    assert.deepEqual((await ada.must('GET', keysPath)).keys, []);
    receiver.stop();
  });
}
