#!/usr/bin/env node
// A person on a poor line: real Chromium, in a network namespace behind bench_line, receives a voice, a camera in three
// layers and shared slides, from real Chromium on a good line; through the whole of `parvis serve`, then through Janus.
//   node bench/sfu/poor_line/run.mjs [build directory] [--only parvis|janus] [--loss 5] [--delay 100] [--rate 500]
// Needs root, the packages of tests/meetings (npm ci) and, for the peer, Debian's janus.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer as createSite } from 'node:http';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { report } from './report.mjs';

const here = import.meta.dirname;
const tests = join(here, '../../../tests/meetings');
const { chromium } = createRequire(join(tests, 'package.json'))('playwright-core');
const { Person, startHouse, until } = await import(join(tests, 'house.mjs'));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' }, loss: { type: 'string', default: '5' }, delay: { type: 'string', default: '100' },
    rate: { type: 'string', default: '500' }, queue: { type: 'string', default: '200' }, seed: { type: 'string', default: '4' },
    poor: { type: 'string', default: '25' }, raw: { type: 'string' },
  },
});
const build = resolve(positionals[0] ?? 'build');
const settle_s = 18;
const after_s = 20;
const number = process.pid % 250;
const space = `parvis-line-${process.pid}`;
const address = `10.213.${number}.1`;

const run = (...words) => {
  const done = spawnSync(words[0], words.slice(1), { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${words.join(' ')}: ${done.stderr}`);
};

async function openLine() {
  run('ip', 'netns', 'add', space);
  const [mine, theirs] = [`pvl${number}a`, `pvl${number}b`];
  const child = spawn(join(build, 'bench/sfu/bench_line'), [space, mine, theirs, options.seed], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  run('ip', 'address', 'add', `${address}/30`, 'dev', mine);
  run('ip', 'link', 'set', mine, 'up');
  const inside = ['ip', 'netns', 'exec', space, 'ip'];
  run(...inside, 'link', 'set', 'lo', 'up');
  run(...inside, 'address', 'add', `10.213.${number}.2/30`, 'dev', theirs);
  run(...inside, 'link', 'set', theirs, 'up');
  return {
    async say(text) {
      child.stdin.write(text + '\n');
      return (await lines.next()).value;
    },
    async stop() {
      child.stdin.end();
      await new Promise((ended) => child.once('exit', ended));
      run('ip', 'netns', 'delete', space);
    },
  };
}

const files = {
  '/livekit-client.umd.js': join(tests, 'node_modules/livekit-client/dist/livekit-client.umd.js'),
};
for (const name of ['meeting.js', 'parvis.js', 'janus.js', 'parvis.html', 'janus.html']) files['/' + name] = join(here, name);

async function openSite() {
  const site = createSite(async (request, response) => {
    const path = files[request.url];
    if (!path) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': path.endsWith('.html') ? 'text/html' : 'text/javascript' }).end(await readFile(path));
  });
  await new Promise((ready) => site.listen(0, '0.0.0.0', ready));
  return site;
}

/** A door on the line's address to a port of loopback. */
async function openDoor(port) {
  const door = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    for (const one of [from, to]) one.on('error', () => [from, to].forEach((end) => end.destroy()));
    from.pipe(to).pipe(from);
  });
  await new Promise((ready) => door.listen(0, address, ready));
  return door;
}

const common = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking', '--disable-features=WebRtcHideLocalIpsWithMdns', '--mute-audio'];
async function openBrowsers(folder, sitePort) {
  const inside = join(folder, 'chromium-inside');
  const real = process.env.CHROMIUM ?? '/usr/bin/chromium';
  writeFileSync(inside, `#!/bin/sh\nexec ip netns exec ${space} ${real} "$@"\n`, { mode: 0o755 });
  const trusted = `--unsafely-treat-insecure-origin-as-secure=http://${address}:${sitePort}`;
  return {
    sender: await chromium.launch({ executablePath: real,
      args: [...common, '--use-fake-device-for-media-stream=fps=30', '--use-fake-ui-for-media-stream'] }),
    receiver: await chromium.launch({ executablePath: inside, args: [...common, trusted] }),
  };
}

/** Two pages in one meeting: who sends, on the good side, and who receives, behind the line. */
async function throughParvis(openPage, stops) {
  const house = await startHouse();
  stops.push(() => house.stop());
  const port = Number(new URL(house.url).port);
  const door = await openDoor(port);
  stops.push(() => door.close());
  const [ada, bruno] = await Promise.all(house.people.slice(0, 2).map((email) => Person.signIn(house, email)));
  const kind = { kind: 'project', name: 'Réunion', description: '', template: 'projet', visibility: 'closed', joining: 'approval' };
  const { id } = await ada.must('POST', '/api/v1/spaces', kind);
  await ada.must('PUT', `/api/v1/spaces/${id}/members/${bruno.me.person.id}`, { role: 'contributor' });
  const meeting = await ada.must('POST', `/api/v1/spaces/${id}/meetings`, {});
  const entry = async (person) => person.must('POST', `/api/v1/meetings/${meeting.id}/join`, {});
  const [sender, receiver] = await Promise.all([openPage('sender', 'parvis'), openPage('receiver', 'parvis')]);
  await sender.evaluate((given) => enter(given), await entry(ada));
  await sender.evaluate(() => publish());
  const given = await entry(bruno);
  await receiver.evaluate((to) => enter(to), { ...given, server_url: `ws://${address}:${door.address().port}` });
  return { sender, receiver };
}

async function throughJanus(openPage, stops, folder) {
  const room = 4711;
  const port = 20_000 + number;
  const plain = ['audiobridge', 'echotest', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail', 'lua', 'duktape'];
  const others = ['http', 'pfunix', 'rabbitmq', 'mqtt', 'nanomsg'];
  const list = (names) => names.map((name) => `libjanus_${name}.so`).join(',');
  writeFileSync(join(folder, 'janus.jcfg'),
    `general: { debug_level = 2, session_timeout = 0, log_to_stdout = false, log_to_file = "${folder}/janus.log" }\n` +
    `plugins: { disable = "${list(plain)}" }\ntransports: { disable = "${list(others)}" }\n`);
  writeFileSync(join(folder, 'janus.transport.websockets.jcfg'), `general: { ws = true, ws_port = ${port}, ws_ip = "${address}" }\n`);
  writeFileSync(join(folder, 'janus.plugin.videoroom.jcfg'),
    `room-${room}: { description = "bench", publishers = 10, bitrate = 0, audiocodec = "opus", videocodec = "vp8" }\n`);
  const janus = spawn('janus', ['-F', folder], { stdio: 'ignore' });
  stops.push(() => new Promise((ended) => (janus.once('exit', ended), janus.kill())));
  const server_url = `ws://${address}:${port}`;
  await until('Janus listens', () => new Promise((answer) => {
    const probe = connect(port, address, () => (probe.destroy(), answer(true))).on('error', () => answer(false));
  }));
  const [sender, receiver] = await Promise.all([openPage('sender', 'janus'), openPage('receiver', 'janus')]);
  await sender.evaluate((given) => enter(given), { server_url, room });
  const feed = await sender.evaluate(() => publish());
  await new Promise((wake) => setTimeout(wake, 2000)); // the feed exists once its media flow
  await receiver.evaluate((given) => enter(given), { server_url, room, feed });
  return { sender, receiver };
}

async function watch({ sender, receiver }, seconds) {
  const out = [];
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const [received, sent] = await Promise.all([receiver.evaluate(() => figures()), sender.evaluate(() => sendingFigures())]);
    out.push({ ...received, sent });
    await new Promise((wake) => setTimeout(wake, 250));
  }
  return out;
}

async function measure(name, through) {
  const folder = mkdtempSync(join(tmpdir(), 'poor-line-'));
  const stops = [];
  const line = await openLine();
  try {
    const site = await openSite();
    stops.push(() => (site.closeAllConnections(), site.close()));
    const browsers = await openBrowsers(folder, site.address().port);
    for (const one of Object.values(browsers)) stops.push(() => one.close());
    const openPage = async (side, page) => {
      const tab = await (await browsers[side].newContext()).newPage();
      tab.on('pageerror', (error) => console.error(`${side}: ${error.message}`));
      const host = side === 'sender' ? '127.0.0.1' : address;
      await tab.goto(`http://${host}:${site.address().port}/${page}.html`);
      return tab;
    };
    const pages = await through(openPage, stops, folder);
    const { receiver } = pages;
    await until('all three received', () =>
      receiver.evaluate(() => Object.keys(received).length === 3 && seen.reads.some((read) => read.psnr > 0)), 60);
    const before = await watch(pages, settle_s);
    await line.say('stats');
    const began = Date.now();
    await line.say(`poor ${options.loss} ${options.delay} ${options.rate} ${options.queue}`);
    const during = await watch(pages, Number(options.poor));
    const crossed = await line.say('stats');
    await line.say('clear');
    const ended = Date.now();
    const after = await watch(pages, after_s);
    if (options.raw) writeFileSync(`${options.raw}-${name}.json`, JSON.stringify({ before, during, after, began, ended, crossed }));
    return { name, before, during, after, began, ended, crossed };
  } finally {
    for (const stop of stops.reverse()) await stop();
    await line.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const runs = [];
if (options.only !== 'janus') runs.push(await measure('Parvis', throughParvis));
if (options.only !== 'parvis' && existsSync('/usr/bin/janus')) runs.push(await measure('Janus', throughJanus));
console.log(`A line of ${options.rate} kbit/s, ${options.delay} ms and ${options.loss} % loss each way, a queue of ${options.queue} ms, for ${options.poor} s`);
report(runs);
process.exit(0);
