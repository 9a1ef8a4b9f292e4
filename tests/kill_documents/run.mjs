// kill -9 of the server at random moments while three doors write: nothing that was acknowledged is missing after the restart.
// PARVIS_KILL_ROUNDS: how often (20).
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { Person, startHouse, until } from '../documents/house.mjs';

const rounds = Number(process.env.PARVIS_KILL_ROUNDS ?? 20);
const durable_channel = 100;
const house = await startHouse();
const ada = await Person.signIn(house, house.people[0]);
const space = (
  await ada.must('POST', '/api/v1/spaces', {
    kind: 'project', name: 'Essai', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
  })
).id;

// Every writer appends its own numbers to its own array; `acknowledged` of them must survive.
class Writer {
  written = 0;
  acknowledged = 0;
  constructor(name) {
    this.name = name;
    this.doc = new Y.Doc();
  }
  write() {
    this.doc.getArray(this.name).push([this.written]);
    this.written += 1;
  }
}
class YjsWriter extends Writer {
  constructor(name, id) {
    super(name);
    this.provider = new WebsocketProvider(house.ws + '/collaboration/yjs', id, this.doc, {
      WebSocketPolyfill: WebSocket, params: { token: ada.token, durable: '1' }, disableBc: true, connect: false,
    });
    this.first = null; // acknowledgements before the first number: the answer to the server's step 1
    this.provider.messageHandlers[durable_channel] = (_encoder, decoder) => {
      let count = 0;
      for (let shift = 1, byte = 0x80; byte & 0x80; shift *= 128) {
        byte = decoder.arr[decoder.pos++];
        count += (byte & 0x7f) * shift;
      }
      this.first ??= count;
      this.acknowledged = count - this.first;
    };
    this.provider.connect();
  }
  ready = () => this.provider.synced && this.first !== null;
  stop() {
    this.provider.destroy();
  }
}
class HocuspocusWriter extends Writer {
  constructor(name, id) {
    super(name);
    this.socket = new HocuspocusProviderWebsocket({ url: house.ws + '/collaboration/hocuspocus', WebSocketPolyfill: WebSocket });
    this.provider = new HocuspocusProvider({ websocketProvider: this.socket, name: id, document: this.doc, token: ada.token });
    this.provider.on('unsyncedChanges', ({ number } = {}) => {
      this.acknowledged = Math.max(this.acknowledged, this.written - (number ?? this.provider.unsyncedChanges));
    });
    this.provider.attach();
  }
  ready = () => this.provider.synced && !this.provider.hasUnsyncedChanges;
  stop() {
    this.provider.destroy();
    this.socket.destroy();
  }
}
class HttpWriter extends Writer {
  constructor(name, id) {
    super(name);
    this.doc.on('update', (update) => {
      const mine = this.written + 1;
      ada.call('POST', `/collaboration/http/${id}`, update).then(
        (answer) => answer.status === 204 && (this.acknowledged = Math.max(this.acknowledged, mine)),
        () => {},
      );
    });
  }
  ready = () => true;
  stop() {}
}

let failed = 0;
let total = 0;
for (let round = 0; round < rounds; round += 1) {
  const id = (await ada.must('POST', `/api/v1/spaces/${space}/documents`, { title: `Manche ${round}` })).id;
  const writers = [new YjsWriter('yjs', id), new HocuspocusWriter('hocuspocus', id), new HttpWriter('http', id)];
  await until('writers ready', () => writers.every((one) => one.ready()));
  const end = Date.now() + 20 + Math.random() * 400;
  while (Date.now() < end) {
    for (const one of writers) if (one !== writers[2] || one.written - one.acknowledged < 1) one.write();
    await new Promise((wake) => setTimeout(wake, Math.random() * 4));
  }
  const killed = house.kill();
  // What was acknowledged until the connection died counts; what comes after the restart does not.
  const counted = writers.map((one) => one.acknowledged);
  for (const one of writers) one.stop();
  await killed;
  const kept = new Y.Doc();
  Y.applyUpdate(kept, (await ada.call('GET', `/collaboration/http/${id}`)).content);
  writers.forEach((one, index) => {
    const have = new Set(kept.getArray(one.name).toArray());
    total += counted[index];
    for (let number = 0; number < counted[index]; number += 1) {
      if (have.has(number)) continue;
      failed += 1;
      console.log(`round ${round}, ${one.name}: ${number} of ${counted[index]} acknowledged is missing`);
      break;
    }
  });
}
await house.stop();
if (total < rounds * 10) {
  failed += 1;
  console.log(`only ${total} updates were acknowledged in ${rounds} rounds`);
}
console.log(`${total} acknowledged updates, ${rounds} kills`);
console.log(`${rounds * 3 - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
