// Unmodified y-websocket and @hocuspocus/provider against the real server: convergence across a partition, rights, removal.
import assert from 'node:assert/strict';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { Person, startHouse, until } from './house.mjs';

let passed = 0;
let failed = 0;
async function test(name, body) {
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
const ada = await Person.signIn(house, house.people[0]);
const bruno = await Person.signIn(house, house.people[1]);
const space = (
  await ada.must('POST', '/api/v1/spaces', {
    kind: 'project', name: 'Essai', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
  })
).id;
const role = (name) => ada.must('PUT', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`, { role: name });
await role('contributor');
const newDocument = async (title) => (await ada.must('POST', `/api/v1/spaces/${space}/documents`, { title })).id;

const yjs = (person, id) => {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(house.ws + '/collaboration/yjs', id, doc, {
    WebSocketPolyfill: WebSocket, params: { token: person.token }, disableBc: true,
  });
  return { doc, provider, synced: () => provider.synced, cut: () => provider.disconnect(), back: () => provider.connect(),
    end: () => provider.destroy() };
};
const hocuspocus = (person, id) => {
  const doc = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({ url: house.ws + '/collaboration/hocuspocus', WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider, name: id, document: doc, token: person.token });
  provider.attach?.(); // before version 3 it attaches by itself
  return { doc, provider, synced: () => provider.synced, cut: () => websocketProvider.disconnect(),
    back: () => websocketProvider.connect(), end: () => (provider.destroy(), websocketProvider.destroy()) };
};
const text = (client) => client.doc.getText('body').toString();

for (const [name, first, second] of [['y-websocket', yjs, yjs], ['Hocuspocus', hocuspocus, hocuspocus], ['both framings', yjs, hocuspocus]]) {
  await test(`${name}: a partition in between, and everything merges`, async () => {
    const id = await newDocument('Note');
    const one = first(ada, id);
    const two = second(bruno, id);
    try {
      await until('both synced', () => one.synced() && two.synced());
      one.doc.getText('body').insert(0, 'Bonjour');
      await until('heard', () => text(two) === 'Bonjour');
      two.cut();
      await until('cut off', () => !two.synced());
      two.doc.getText('body').insert(7, ' du train');
      one.doc.getText('body').insert(0, '« ');
      assert.equal(text(one), '« Bonjour');
      two.back();
      await until('merged', () => text(one) === text(two) && text(one) === '« Bonjour du train');
      const kept = new Y.Doc();
      await until('Hocuspocus says saved', () => !two.provider.hasUnsyncedChanges);
      Y.applyUpdate(kept, (await ada.call('GET', `/collaboration/http/${id}`)).content);
      assert.equal(kept.getText('body').toString(), '« Bonjour du train');
    } finally {
      one.end();
      two.end();
    }
  });
}

await test('a reader reads; what they write stays with them', async () => {
  const id = await newDocument('Lecture');
  await role('visitor');
  const one = hocuspocus(ada, id);
  const two = hocuspocus(bruno, id);
  try {
    await until('both synced', () => one.synced() && two.synced());
    assert.equal(two.provider.authorizedScope, 'readonly');
    one.doc.getText('body').insert(0, 'Bonjour');
    await until('heard', () => text(two) === 'Bonjour');
    two.doc.getText('body').insert(0, 'Non ! ');
    await new Promise((wake) => setTimeout(wake, 300));
    assert.equal(text(one), 'Bonjour');
    assert.equal(two.provider.hasUnsyncedChanges, true);
  } finally {
    one.end();
    two.end();
    await role('contributor');
  }
});

await test('a name that is not one’s own is replaced by it', async () => {
  const id = await newDocument('Noms');
  const one = yjs(ada, id);
  const two = yjs(bruno, id);
  try {
    await until('both synced', () => one.synced() && two.synced());
    two.provider.awareness.setLocalStateField('user', { name: 'La ministre', color: '#0063cb' });
    const seen = () => one.provider.awareness.getStates().get(two.doc.clientID)?.user;
    await until('seen', () => seen()?.color === '#0063cb');
    assert.equal(seen().name, 'Bruno Petit');
    assert.equal(seen().id, bruno.me.person.id);
  } finally {
    one.end();
    two.end();
  }
});

await test('a removed person loses the document at once, and does not come back', async () => {
  const id = await newDocument('Retrait');
  const one = yjs(ada, id);
  const two = yjs(bruno, id);
  try {
    await until('both synced', () => one.synced() && two.synced());
    await ada.must('DELETE', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`);
    await until('socket lost', () => !two.provider.wsconnected, 2_000);
    one.doc.getText('body').insert(0, 'Entre nous');
    await new Promise((wake) => setTimeout(wake, 500));
    assert.equal(text(two), '');
    assert.equal((await bruno.call('GET', `/collaboration/http/${id}`)).status, 404);
  } finally {
    one.end();
    two.end();
    await role('contributor');
  }
});

await house.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
