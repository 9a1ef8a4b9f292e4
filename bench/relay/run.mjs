// CPU time of the relay per delivered message, beside the two Node servers of the Yjs family, each with its own framing.
//   npm ci --prefix bench/relay && PARVIS_BINARY=build/src/main/parvis node bench/relay/run.mjs [writers] [seconds] [milliseconds between keys]
// Parvis checks rights, keeps the author and syncs every update to the disk; the two others run in memory, without accounts.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as Y from 'yjs';
import { Person } from '../../tests/documents/house.mjs';
import { HocuspocusClient, openKnown, YjsClient } from './wire.mjs';

const writers = Number(process.argv[2] ?? 100);
const seconds = Number(process.argv[3] ?? 8);
const everyMs = Number(process.argv[4] ?? 100); // ten keys a second: everybody types fast
const seatsPerPerson = 20;
const here = import.meta.dirname;
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

async function start(command, words, options) {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'], cwd: here, ...options });
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return { child, line: first.value };
}

/** User and system time of a process, in microseconds. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  const ticksPerSecond = 100;
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}

const residentKib = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** What everybody types, made beforehand. */
function keystrokes(count, each) {
  return Array.from({ length: count }, (_, index) => {
    const doc = new Y.Doc();
    doc.clientID = 1_000_003 + index * 977;
    const out = [];
    doc.on('update', (update) => out.push(Buffer.from(update)));
    const text = doc.getText('body');
    for (let key = 0; key < each; key += 1) text.insert(key, 'a');
    return out;
  });
}

async function measure(name, pid, open) {
  const rounds = Math.floor((seconds * 1000) / everyMs);
  const typed = keystrokes(writers, rounds);
  const clients = [];
  for (let index = 0; index < writers; index += 1) {
    const client = open(index);
    await client.opened;
    clients.push(client);
  }
  await pause(500);
  const delivered = () => clients.reduce((sum, client) => sum + client.delivered, 0);
  const [cpu, before] = [cpuOf(pid), delivered()];
  const send = async (client, index) => {
    await pause((index / writers) * everyMs);
    for (const update of typed[index]) {
      client.write(update);
      await pause(everyMs);
    }
  };
  await Promise.all(clients.map(send));
  const expected = writers * rounds * (writers - 1);
  for (let waited = 0; delivered() - before < expected && waited < 100; waited += 1) await pause(50);
  const count = delivered() - before;
  const figures = { name, perDelivery: (cpuOf(pid) - cpu) / count, missing: expected - count, resident: residentKib(pid) };
  for (const client of clients) client.close();
  console.log(`${name}: ${figures.perDelivery.toFixed(2)} µs of CPU per delivered message, ${count} delivered, ` +
    `${figures.missing} missing, ${(figures.resident / 1024).toFixed(0)} MB resident`);
  return figures;
}

/** Opening what has not changed since: the upgrade of the connection, rights and the exchange of state vectors included. */
async function measureOpening(name, pid, base, document, query, doc) {
  const opens = 400;
  const known = Y.encodeStateVector(doc);
  await openKnown(base, document, query, known);
  const cpu = cpuOf(pid);
  let received = 0;
  for (let index = 0; index < opens; index += 1) received = await openKnown(base, document, query, known);
  console.log(`${name}: ${((cpuOf(pid) - cpu) / opens).toFixed(0)} µs of CPU to open a document when nothing changed, ${received} bytes`);
}

/** Ten pages of prose, as the trace of a paper holds them. */
function tenPages() {
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment('default');
  const words = 'La direction propose de simplifier les courriers adressés aux usagers et de donner une date de réponse. '.split(' ');
  for (let paragraph = 0; paragraph < 50; paragraph += 1) {
    const node = new Y.XmlElement('paragraph');
    node.insert(0, [new Y.XmlText(Array.from({ length: 100 }, (_, at) => words[(at * 7 + paragraph * 13) % words.length]).join(' '))]);
    fragment.push([node]);
  }
  return doc;
}

async function weigh(person, id) {
  // As they come over the wire: fetch() would unpack them.
  const size = (path, headers = {}) =>
    new Promise((resolve, reject) => {
      const all = { authorization: `Bearer ${person.token}`, 'accept-encoding': 'br, gzip', ...headers };
      get(person.house.url + path, { headers: all }, (answer) => {
        let bytes = 0;
        answer.on('data', (part) => (bytes += part.length));
        answer.on('end', () => resolve({ bytes, status: answer.statusCode, etag: answer.headers.etag }));
      }).on('error', reject);
    });
  const page = await size(`/documents/${id}/lecture`);
  const again = await size(`/documents/${id}/lecture`, { 'if-none-match': page.etag });
  const state = await size(`/collaboration/http/${id}`);
  console.log(`ten pages: reading page ${page.bytes} bytes, again ${again.status === 304 ? 'nothing (304)' : again.bytes}; ` +
    `its state for the editor ${state.bytes} bytes, again 2 (see above); the code: npm run budgets in web/`);
}

async function parvis() {
  const { child, line } = await start('python3', [join(here, 'parvis_server.py'), String(Math.ceil(writers / seatsPerPerson))]);
  const house = JSON.parse(line);
  const people = [];
  for (const email of house.people) people.push(await Person.signIn(house, email));
  const space = await people[0].must('POST', '/api/v1/spaces', {
    kind: 'project', name: 'Mesure', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
  });
  if (house.people.length > 1)
    await people[0].must('POST', `/api/v1/spaces/${space.id}/members`, { addresses: house.people.slice(1).join('\n'), role: 'contributor' });
  const newDocument = async () => (await people[0].must('POST', `/api/v1/spaces/${space.id}/documents`, { title: 'Mesure' })).id;
  const socket = house.url.replace('http', 'ws') + '/collaboration/';
  const whose = (index) => people[Math.floor(index / seatsPerPerson)].token;
  const yjsDocument = await newDocument();
  const yjs = await measure('Parvis, y-websocket framing', house.pid, (index) =>
    new YjsClient(socket + 'yjs', yjsDocument, `?token=${whose(index)}`));
  const hocuspocusDocument = await newDocument();
  const hocuspocus = await measure('Parvis, Hocuspocus framing', house.pid, (index) =>
    new HocuspocusClient(socket + 'hocuspocus', hocuspocusDocument, whose(index)));
  const written = await newDocument();
  const doc = tenPages();
  await people[0].must('POST', `/collaboration/http/${written}`, Y.encodeStateAsUpdate(doc));
  await measureOpening('Parvis', house.pid, socket + 'yjs', written, `?token=${people[0].token}`, doc);
  await weigh(people[0], written);
  child.stdin.end();
  return { yjs, hocuspocus };
}

async function yWebsocket() {
  const port = '18734';
  const { child } = await start('node', ['node_modules/@y/websocket-server/src/server.js'], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: port },
  });
  const figures = await measure('y-websocket server', child.pid, () => new YjsClient(`ws://127.0.0.1:${port}`, 'measure'));
  const doc = tenPages();
  const writer = new YjsClient(`ws://127.0.0.1:${port}`, 'written');
  await writer.opened;
  writer.write(Buffer.from(Y.encodeStateAsUpdate(doc)));
  await measureOpening('y-websocket server', child.pid, `ws://127.0.0.1:${port}`, 'written', '', doc);
  writer.close();
  child.kill();
  return figures;
}

async function hocuspocusServer() {
  const { child, line } = await start('node', ['hocuspocus_server.mjs']);
  const figures = await measure('Hocuspocus server', child.pid, () => new HocuspocusClient(`ws://127.0.0.1:${line}`, 'measure', 'x'));
  child.kill();
  return figures;
}

const ours = await parvis();
const peers = [await yWebsocket(), await hocuspocusServer()];
const better = Math.min(...peers.map((peer) => peer.perDelivery));
console.log(`\n${writers} writers, one key each ${everyMs} ms, ${seconds} s`);
for (const { name, perDelivery, resident } of [ours.yjs, ours.hocuspocus, ...peers])
  console.log(`${name.padEnd(28)} ${perDelivery.toFixed(2).padStart(8)} µs   ${(better / perDelivery).toFixed(2)} × better Node server   ${(resident / 1024).toFixed(0)} MB`);
process.exit(0);
