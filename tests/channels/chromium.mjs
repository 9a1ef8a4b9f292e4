// Opens channels of every kind in Chromium towards sfu_echo, and prints 'N passed, N failed'.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const { chromium } = createRequire(new URL('../journeys/package.json', import.meta.url))('@playwright/test');
const folder = mkdtempSync(join(tmpdir(), 'parvis-channels-'));
const events = [];
let engine;

/** Starts the engine for an offer; its answer. */
function answer(offer) {
  const file = join(folder, 'offer.sdp');
  writeFileSync(file, offer);
  engine = spawn(process.argv[2], [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    const lines = [];
    let answered = false;
    engine.on('exit', () => reject(new Error('the engine ended')));
    createInterface({ input: engine.stdout }).on('line', (line) => {
      if (answered) events.push(line);
      else if (line === 'END') {
        answered = true;
        resolve(lines.map((each) => each.trimEnd() + '\r\n').join(''));
      } else lines.push(line);
    });
  });
}

/** In the page: what each check found, by its name. */
async function talk() {
  const peer = new RTCPeerConnection();
  const found = {};
  const within = (ms, what, promise) =>
    Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error('waited for ' + what)), ms))]);
  const open = (channel) =>
    within(10_000, channel.label + ' to open', new Promise((resolve) => {
      channel.binaryType = 'arraybuffer';
      channel.readyState === 'open' ? resolve() : channel.addEventListener('open', resolve, { once: true });
    }));
  const receive = (channel, count) =>
    within(20_000, count + ' messages on ' + channel.label, new Promise((resolve) => {
      const all = [];
      channel.onmessage = ({ data }) => all.push(data) === count && resolve(all);
    }));
  const reliable = peer.createDataChannel('_reliable', { protocol: 'p' });
  const lossy = peer.createDataChannel('_lossy', { ordered: false, maxRetransmits: 0 });
  const timed = peer.createDataChannel('timed', { maxPacketLifeTime: 500 });
  const fromEngine = new Promise((resolve) => peer.addEventListener('datachannel', ({ channel }) => resolve(channel)));
  await peer.setLocalDescription(await peer.createOffer());
  await peer.setRemoteDescription({ type: 'answer', sdp: await window.answer(peer.localDescription.sdp) });
  await Promise.all([reliable, lossy, timed].map(open));
  const theirs = await within(10_000, 'the channel of the engine', fromEngine);
  found['every kind of channel opens, from either side'] = theirs.label === 'from-engine' && theirs.ordered;

  const texts = Array.from({ length: 500 }, (_, i) => i + ' é '.repeat(i));
  let echo = receive(reliable, texts.length);
  for (const text of texts) reliable.send(text);
  found['500 texts come back in order'] = (await echo).every((text, i) => text === texts[i]);

  const large = crypto.getRandomValues(new Uint8Array(65_536));
  const whole = new Uint8Array(262_144);
  for (let at = 0; at < whole.length; at += large.length) whole.set(large, at);
  const began = performance.now();
  let good = true;
  for (let round = 0; round < 3; round++) {
    echo = receive(reliable, 10); // the engine queues 4 MiB towards a client
    for (let i = 0; i < 10; i++) reliable.send(whole);
    const same = (data) => data.byteLength === whole.length && new Uint8Array(data).every((byte, i) => byte === whole[i]);
    good = (await echo).every(same) && good;
  }
  found['30 messages of 256 KiB come back whole'] = good;
  found.milliseconds = Math.round(performance.now() - began);

  echo = receive(reliable, 2);
  reliable.send('');
  reliable.send(new ArrayBuffer(0));
  const [text, bytes] = await echo;
  found['empty messages stay text and bytes'] = text === '' && bytes.byteLength === 0;

  for (const channel of [lossy, timed]) {
    echo = receive(channel, 90);
    for (let i = 0; i < 100; i++) {
      channel.send(new Uint8Array(200));
      if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    found['messages come back on ' + channel.label] = (await echo).length >= 90;
  }

  echo = receive(theirs, 1);
  reliable.send('all');
  found['a message to many reaches the channel by its label'] = (await echo)[0] === 'all';

  const closed = new Promise((resolve) => lossy.addEventListener('close', resolve));
  lossy.close();
  await within(5_000, 'the channel to close', closed);
  const again = peer.createDataChannel('again');
  await open(again);
  echo = receive(again, 1);
  again.send('x');
  found['a channel closes, its stream serves another'] = (await echo)[0] === 'x' && again.id !== null;
  peer.close();
  return found;
}

let passed = 0;
let failed = 0;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--allow-loopback-in-peer-connection'],
});
try {
  const page = await browser.newPage();
  await page.exposeFunction('answer', answer);
  const { milliseconds, ...found } = await page.evaluate(talk);
  console.log(`7.5 MiB there and back in ${milliseconds} ms`);
  found['the engine was told of all'] =
    events.includes('opened _lossy unordered lossy') &&
    events.includes('opened _reliable ordered reliable') &&
    events.includes('opened timed ordered lossy') &&
    events.some((line) => line.startsWith('closed ')) &&
    !events.some((line) => line.startsWith('refused'));
  for (const [name, good] of Object.entries(found)) {
    console.log(`${good ? 'passed' : 'FAILED'}: ${name}`);
    good ? passed++ : failed++;
  }
} catch (error) {
  console.log(String(error), events);
  failed++;
} finally {
  await browser.close();
  engine?.kill();
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
