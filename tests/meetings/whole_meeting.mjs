// One meeting with everything it is: media, the salon's conversation and notes written together. Who is removed from the
// space is out of all three at once.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { until } from './house.mjs';
import { Participant } from './participant.mjs';

/** The notes of a meeting as y-websocket opens them. */
function openNotes(house, person, document) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(house.url.replace('http', 'ws') + '/collaboration/yjs', document, doc, {
    WebSocketPolyfill: WebSocket, params: { token: person.token }, disableBc: true,
  });
  return { text: doc.getText('body'), synced: () => provider.synced, end: () => provider.destroy() };
}

export async function testWholeMeeting(test, { house, space, ada, bruno, identity }) {
  await test('seen, heard, written to, noted; and who is removed is out of media, chat and notes', async () => {
    const meeting = await ada.must('POST', `/api/v1/spaces/${space}/meetings`, {});
    const path = `/api/v1/meetings/${meeting.id}`;
    const { rooms } = await ada.must('GET', `/api/v1/spaces/${space}/rooms`);
    const room = rooms[0].room_id ?? rooms[0].id;
    const matrix = (tail) => `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/${tail}`;
    await bruno.must('POST', matrix('join'), {});
    let written = 0;
    const say = (person, body) => person.call('PUT', matrix(`send/m.room.message/visio${(written += 1)}`), { msgtype: 'm.text', body });
    const read = async (person) => {
      const { status, json } = await person.call('GET', matrix('messages?dir=b&limit=20'));
      return status === 200 ? json.chunk.map((event) => event.content.body) : status;
    };
    const one = new Participant();
    const two = new Participant();
    const { document_id: document } = await ada.must('POST', `${path}/notes`, { title: 'Compte rendu' });
    const notes = [openNotes(house, ada, document), openNotes(house, bruno, document)];
    try {
      await one.join(await ada.must('POST', `${path}/join`, {}));
      await two.join(await bruno.must('POST', `${path}/join`, {}));
      await until('both there', () => one.other(identity(bruno)) && two.other(identity(ada)));
      await one.speak();
      await one.film();
      await until('heard', () => two.heard.get(identity(ada)) > 3000);
      await until('seen', () => two.seen.get(identity(ada)) > 0);
      assert.equal((await say(bruno, 'Bonjour à tous')).status, 200);
      assert.ok((await read(ada)).includes('Bonjour à tous'));
      await until('notes open', () => notes.every((each) => each.synced()));
      notes[1].text.insert(0, 'Décision : oui.');
      await until('noted', () => notes[0].text.toString() === 'Décision : oui.');
      assert.equal((await bruno.must('POST', `${path}/notes`, { title: 'Autre' })).document_id, document);

      await ada.must('DELETE', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`);
      await until('out of the media', () => two.left !== undefined && !one.other(identity(bruno)));
      assert.ok((await say(bruno, 'Encore moi')).status >= 400, 'out of the conversation');
      await say(ada, 'Entre nous');
      const seen = await read(bruno);
      assert.ok(typeof seen === 'number' || !seen.includes('Entre nous'));
      notes[1].text.insert(0, 'Non. ');
      notes[0].text.insert(15, ' Voté.');
      await new Promise((wake) => setTimeout(wake, 500));
      assert.equal(notes[0].text.toString(), 'Décision : oui. Voté.', 'what the removed one writes reaches nobody');
      assert.ok(!notes[1].text.toString().includes('Voté'), 'nor do they read on');
      assert.equal((await bruno.call('GET', `/collaboration/http/${document}`)).status, 404);
    } finally {
      for (const each of notes) each.end();
      for (const each of [one, two]) await each.leave();
      await ada.must('PUT', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`, { role: 'contributor' });
    }
  });
}
