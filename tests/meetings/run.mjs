// Unmodified LiveKit clients against the real server: @livekit/rtc-node here, livekit-client in Chromium in browser.mjs.
import assert from 'node:assert/strict';
import { dispose } from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { testAutomation } from './automation.mjs';
import { testInBrowser } from './browser.mjs';
import { testClosedNetwork } from './closed_network.mjs';
import { testCodecs } from './codecs.mjs';
import { testInFirefox } from './firefox.mjs';
import { testRestart } from './restart.mjs';
import { Person, startHouse, until } from './house.mjs';
import { Participant } from './participant.mjs';
import { testBreakouts } from './breakouts.mjs';
import { testPolls } from './polls.mjs';
import { testPolicy } from './policy.mjs';
import { testWholeMeeting } from './whole_meeting.mjs';

let passed = 0;
let failed = 0;
async function test(name, body) {
  if (process.argv[2] && !name.includes(process.argv[2])) return;
  try {
    await body();
    passed += 1;
    console.log('ok   ' + name);
  } catch (error) {
    failed += 1;
    console.log('FAIL ' + name + '\n' + error.stack);
  }
}

const house = await startHouse();
const [ada, bruno, chloe] = await Promise.all(house.people.slice(0, 3).map((email) => Person.signIn(house, email)));
const space = (
  await ada.must('POST', '/api/v1/spaces', {
    kind: 'project', name: 'Réunion', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
  })
).id;
const member = (person, role) => ada.must('PUT', `/api/v1/spaces/${space}/members/${person.me.person.id}`, { role });
await member(bruno, 'contributor');
const meeting = await ada.must('POST', `/api/v1/spaces/${space}/meetings`, {});
const path = `/api/v1/meetings/${meeting.id}`;
const entry = (person) => person.must('POST', `${path}/join`, {});
const identity = (person) => `p:${person.me.person.id}`;
const control = (who, action, body = {}) => ada.must('POST', `${path}/participants/${encodeURIComponent(identity(who))}/${action}`, body);
const both = async (body) => {
  const people = [new Participant(), new Participant()];
  try {
    await people[0].join(await entry(ada));
    await people[1].join(await entry(bruno));
    await body(...people);
  } finally {
    for (const one of people) await one.leave();
  }
};

await test('the same origin gives the same meeting; who may not enter learns nothing of it', async () => {
  const again = await bruno.must('POST', `/api/v1/spaces/${space}/meetings`, {});
  assert.equal(again.id, meeting.id);
  assert.equal((await chloe.call('GET', path)).status, 404);
  assert.equal((await chloe.call('POST', `${path}/join`, {})).status, 404);
  assert.equal((await ada.call('POST', `/api/v1/spaces/${space}/meetings`, { origin: { kind: 'planet', id: 'x' } })).status, 400);
});

await test('two hear and see each other, and a mute is heard', () =>
  both(async (one, two) => {
    await until('both there', () => one.other(identity(bruno)) && two.other(identity(ada)));
    const voice = await one.speak();
    await one.film();
    await until('heard', () => two.heard.get(identity(ada)) > 3000, 15);
    await until('seen', () => two.seen.get(identity(ada)) > 0, 20);
    await until('listed', async () => (await ada.must('GET', path)).participants === 2);
    await control(ada, 'mute', { source: 'microphone' });
    await until('muted', () => two.other(identity(ada)).trackPublications.get(voice.sid)?.muted);
  }));

await test('a message reaches the others, and says truly who sent it', () =>
  both(async (one, two) => {
    await until('both there', () => one.other(identity(bruno)) && two.other(identity(ada)));
    await one.room.localParticipant.publishData(new TextEncoder().encode('bonjour'), { reliable: true, topic: 'essai' });
    const said = () => two.messages.filter(({ from }) => from);
    await until('received', () => said().length === 1);
    assert.deepEqual(said()[0], { text: 'bonjour', from: identity(ada), topic: 'essai' });
    const text = [];
    two.room.registerTextStreamHandler('notes', async (reader) => text.push(await reader.readAll()));
    await one.room.localParticipant.sendText('é'.repeat(40_000), { topic: 'notes' });
    await until('a long text', () => text[0]?.length === 40_000);
    two.room.localParticipant.registerRpcMethod('add', async ({ payload }) => String(Number(payload) + 1));
    const answer = await one.room.localParticipant.performRpc({
      destinationIdentity: identity(bruno), method: 'add', payload: '41',
    });
    assert.equal(answer, '42');
  }));

await test('a raised hand is seen, a host lowers it', () =>
  both(async (one, two) => {
    await until('both there', () => one.other(identity(bruno)) && two.other(identity(ada)));
    await two.room.localParticipant.setAttributes({ hand: new Date().toISOString() });
    await until('raised', () => one.other(identity(bruno)).attributes.hand);
    await control(bruno, 'lower-hand');
    await until('lowered', () => !one.other(identity(bruno)).attributes.hand);
    await two.room.localParticipant.updateName('Quelqu’un d’autre').catch(() => {});
    assert.equal(one.other(identity(bruno)).name, 'Bruno Petit');
  }));

await test('who leaves the space leaves the meeting, and does not come back', async () => {
  await both(async (one, two) => {
    const old = await entry(bruno);
    await until('both there', () => one.other(identity(bruno)) && two.other(identity(ada)));
    await ada.must('DELETE', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`);
    await until('out', () => two.left !== undefined && !one.other(identity(bruno)));
    await assert.rejects(new Participant().join(old));
  });
  await member(bruno, 'contributor');
});

await test('an excluded person is out and stays out until a host says otherwise', () =>
  both(async (one, two) => {
    await until('both there', () => one.other(identity(bruno)) && two.other(identity(ada)));
    await control(bruno, 'remove', { forbid: true });
    await until('out', () => two.left !== undefined);
    const refused = await bruno.call('POST', `${path}/join`, {});
    assert.deepEqual([refused.status, refused.json.code], [403, 'meeting_barred']);
    await ada.must('DELETE', `${path}/forbidden/${encodeURIComponent(identity(bruno))}`);
    await entry(bruno);
  }));

await test('a locked meeting takes nobody else but its hosts', async () => {
  await ada.must('PATCH', path, { locked: true });
  const refused = await bruno.call('POST', `${path}/join`, {});
  assert.deepEqual([refused.status, refused.json.code], [403, 'meeting_locked']);
  await entry(ada);
  await ada.must('PATCH', path, { locked: false });
});

await test('a guest waits, is let in, and is told from the others; another is refused', async () => {
  const host = await new Participant().join(await entry(ada));
  const guest = new Participant();
  try {
    const { guest_link: link } = await ada.must('PATCH', path, { guests: true });
    const key = new URL(link).searchParams.get('cle');
    const anonymous = (method, tail, body) =>
      fetch(`${house.url}/api/v1/guest-meetings/${meeting.id}${tail}`, {
        method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
      }).then(async (answer) => ({ status: answer.status, json: await answer.json() }));
    assert.equal((await anonymous('GET', '?key=faux')).status, 404);
    assert.equal((await anonymous('GET', `?key=${key}`)).json.space_name, 'Réunion');
    const { waiting } = (await anonymous('POST', '/join', { key, name: 'Zoé' })).json;
    const other = (await anonymous('POST', '/join', { key, name: 'Inconnu' })).json.waiting;
    await until('the host is told', () => host.messages.some(({ topic, text }) => topic === 'parvis.lobby' && text === '{"waiting":2}'));
    assert.deepEqual((await ada.must('GET', `${path}/lobby`)).waiting.map(({ name }) => name), ['Zoé', 'Inconnu']);
    assert.equal((await anonymous('GET', `/waiting/${waiting}`)).json.waiting, waiting);
    await ada.must('POST', `${path}/lobby/${waiting}`, { admit: true });
    await ada.must('POST', `${path}/lobby/${other}`, { admit: false });
    assert.equal((await anonymous('GET', `/waiting/${other}`)).json.code, 'meeting_refused');
    await guest.join((await anonymous('GET', `/waiting/${waiting}`)).json);
    await until('seen', () => host.others.length === 1);
    assert.deepEqual(JSON.parse(host.others[0].metadata), { verified: false, host: false });
  } finally {
    await guest.leave();
    await host.leave();
  }
});

await test('forged, foreign and expired tokens open nothing', async () => {
  const { server_url } = await entry(bruno);
  const forged = new AccessToken('parvis', 'devine', { identity: identity(ada) });
  forged.addGrant({ roomJoin: true, room: meeting.id });
  await assert.rejects(new Participant().join({ server_url, token: await forged.toJwt() }));
  const [head, , signature] = (await entry(bruno)).token.split('.');
  const claims = Buffer.from(JSON.stringify({ sub: identity(ada), exp: 9e9, video: { roomJoin: true, room: meeting.id } }));
  const answer = await fetch(`${house.url}/rtc/v1/validate?access_token=${head}.${claims.toString('base64url')}.${signature}`);
  assert.equal(answer.status, 401);
  assert.match(await answer.text(), /jeton/);
});

await test('who was there is kept, with the time they left', async () => {
  await until('left', async () => (await ada.must('GET', `${path}/attendance`)).lines.every((line) => line.left_at));
  const { lines } = await ada.must('GET', `${path}/attendance`);
  assert.ok(lines.some((line) => line.name === 'Zoé' && !line.verified));
  assert.ok(lines.some((line) => line.identity === identity(bruno) && line.verified));
  assert.equal((await bruno.call('GET', `${path}/attendance`)).status, 403);
});

await testAutomation(test, { house, space, meeting, entry, ada, bruno, identity });
await testPolicy(test, { path, entry, ada, bruno, identity });
await testWholeMeeting(test, { house, space, ada, bruno, identity });
await member(chloe, 'contributor');
if (!process.argv[2] || process.argv[2].includes('UDP')) await testClosedNetwork(test);
if (!process.argv[2] || process.argv[2].includes('server')) await testRestart(test);
await testPolls(test, { house, space, ada, bruno, identity });
await testBreakouts(test, { space, ada, bruno, chloe, identity });
await testInBrowser(test, { entry, ada, bruno, chloe, identity });
await testCodecs(test, { entry, ada, chloe, identity });
await testInFirefox(test, { entry, ada, bruno, identity });

await dispose();
await house.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
