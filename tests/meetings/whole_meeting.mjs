// One meeting with everything it is: a Chromium tab and a native client that see, hear and show, the salon's conversation, and
// notes written together. Who is removed from the space is out of all of them at once.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { launchChromium, servePage } from './browser.mjs';
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

/** The salon of the space, as a Matrix client sees it. */
async function openConversation(space, ada) {
  const { rooms } = await ada.must('GET', `/api/v1/spaces/${space}/rooms`);
  const path = (tail) => `/_matrix/client/v3/rooms/${encodeURIComponent(rooms[0].room_id ?? rooms[0].id)}/${tail}`;
  let written = 0;
  return {
    enter: (person) => person.must('POST', path('join'), {}),
    say: (person, body) => person.call('PUT', path(`send/m.room.message/visio${(written += 1)}`), { msgtype: 'm.text', body }),
    async read(person) {
      const { status, json } = await person.call('GET', path('messages?dir=b&limit=20'));
      return status === 200 ? json.chunk.map((event) => event.content.body) : [];
    },
  };
}

export async function testWholeMeeting(test, { house, space, ada, bruno, identity }) {
  await test('seen, heard, shown, written to, noted; and who is removed is out of media, chat and notes', async () => {
    const meeting = await ada.must('POST', `/api/v1/spaces/${space}/meetings`, {});
    const path = `/api/v1/meetings/${meeting.id}`;
    const conversation = await openConversation(space, ada);
    await conversation.enter(bruno);
    const site = await servePage();
    const browser = await launchChromium();
    const two = new Participant();
    const { document_id: document } = await ada.must('POST', `${path}/notes`, { title: 'Compte rendu' });
    const notes = [openNotes(house, ada, document), openNotes(house, bruno, document)];
    try {
      const tab = await (await browser.newContext()).newPage();
      await tab.goto(site.url);
      await tab.evaluate((entry) => join(entry), await ada.must('POST', `${path}/join`, {}));
      await two.join(await bruno.must('POST', `${path}/join`, {}));
      await two.speak();
      await two.film();
      await tab.evaluate(() => publish().then(share));
      const figure = (source, name) =>
        tab.evaluate(async ([id, from, key]) => (await statistics(id, from))[key] ?? 0, [identity(bruno), source, name]);
      await until('the native client hears the tab', () => two.heard.get(identity(ada)) > 100);
      await until('it sees the camera and the screen', () => two.sources.get(identity(ada))?.size === 2);
      await until('the tab hears', async () => (await figure('microphone', 'totalAudioEnergy')) > 0.01);
      await until('the tab sees', async () => (await figure('camera', 'framesDecoded')) > 5);

      assert.equal((await conversation.say(bruno, 'Bonjour à tous')).status, 200);
      assert.ok((await conversation.read(ada)).includes('Bonjour à tous'));
      await until('notes open', () => notes.every((each) => each.synced()));
      notes[1].text.insert(0, 'Décision : oui.');
      await until('noted', () => notes[0].text.toString() === 'Décision : oui.');
      assert.equal((await bruno.must('POST', `${path}/notes`, { title: 'Autre' })).document_id, document);

      await ada.must('DELETE', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`);
      const present = () => tab.evaluate((id) => room.remoteParticipants.has(id), identity(bruno));
      await until('out of the media', async () => two.left !== undefined && !(await present()));
      assert.ok((await conversation.say(bruno, 'Encore moi')).status >= 400, 'out of the conversation');
      await conversation.say(ada, 'Entre nous');
      assert.ok(!(await conversation.read(bruno)).includes('Entre nous'));
      notes[1].text.insert(0, 'Non. ');
      notes[0].text.insert(15, ' Voté.');
      await new Promise((wake) => setTimeout(wake, 500));
      assert.equal(notes[0].text.toString(), 'Décision : oui. Voté.', 'what the removed one writes reaches nobody');
      assert.ok(!notes[1].text.toString().includes('Voté'), 'nor do they read on');
      assert.equal((await bruno.call('GET', `/collaboration/http/${document}`)).status, 404);
    } finally {
      for (const each of notes) each.end();
      await two.leave();
      await browser.close();
      site.stop();
      await ada.must('PUT', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`, { role: 'contributor' });
    }
  });
}
