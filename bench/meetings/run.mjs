// What a meeting of four weighs for one who listens, in each mode: unmodified livekit-client in real Chromium tabs, the real server.
//   node bench/meetings/run.mjs [seconds per mode]
// One of four speaks without pause and films at 720p, the two others film and are silent, a slide is shared. The listener's bytes are its
// candidate pair's, both directions, and 28 bytes of IPv4 and UDP for each packet.
import { createRequire } from 'node:module';

const tests = new URL('../../tests/meetings/', import.meta.url);
process.chdir(tests.pathname);
const { chromium } = createRequire(tests)('playwright-core');
const { servePage } = await import(new URL('browser.mjs', tests));
const { Person, startHouse } = await import(new URL('house.mjs', tests));

const seconds = Number(process.argv[2] ?? 30);
const settleMs = 12_000;
// Quoted, not measured here; sources in docs/benchmarks.md.
const quoted = [
  ['a camera in Google Meet', 1450],
  ['a shared screen in Google Meet', 2500],
  ['a small camera in Google Meet', 136],
  ['one camera of 720p in Jitsi, at most', 3200],
];

/** In the page: what the three others send. */
const others = {
  /** Noise with the rhythm of speech, never silent: the most that a voice costs. */
  speak: async () => {
    const context = new AudioContext();
    const length = context.sampleRate * 2;
    const buffer = context.createBuffer(1, length, context.sampleRate);
    const data = buffer.getChannelData(0);
    for (let i = 0; i < length; i += 1) data[i] = (Math.random() * 2 - 1) * (0.15 + 0.1 * Math.sin((2 * Math.PI * 4 * i) / context.sampleRate));
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const voice = new BiquadFilterNode(context, { type: 'bandpass', frequency: 700, Q: 0.7 });
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    source.connect(voice).connect(out);
    source.start();
    await room.localParticipant.publishTrack(out.stream.getAudioTracks()[0], { source: Track.Source.Microphone });
  },
  beSilent: async () => {
    const context = new AudioContext();
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    const source = new ConstantSourceNode(context, { offset: 0 });
    source.connect(out);
    source.start();
    await room.localParticipant.publishTrack(out.stream.getAudioTracks()[0], { source: Track.Source.Microphone });
  },
  film: () => room.localParticipant.setCameraEnabled(true, { resolution: { width: 1280, height: 720, frameRate: 20 } }),
  showSlide: async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const context = canvas.getContext('2d');
    let page = 0;
    const draw = () => {
      context.fillStyle = 'white';
      context.fillRect(0, 0, 1280, 720);
      context.fillStyle = 'black';
      context.font = '28px sans-serif';
      for (let line = 0; line < 18; line += 1) context.fillText(`${page}.${line} Le service public rend compte de son usage du réseau.`, 40, 60 + line * 36);
    };
    draw();
    setInterval(draw, 200);
    setInterval(() => (page += 1), 20_000);
    const [track] = canvas.captureStream(5).getVideoTracks();
    track.contentHint = 'text';
    await room.localParticipant.publishTrack(track, {
      source: Track.Source.ScreenShare, simulcast: false, screenShareEncoding: { maxBitrate: 600_000, maxFramerate: 5 },
    });
  },
};

const weigh = async () => {
  const seen = new Map();
  const transports = [room.engine.pcManager.publisher, room.engine.pcManager.subscriber].filter(Boolean);
  for (const one of transports) {
    const report = await one.getStats();
    report.forEach((pair) => {
      if (pair.type === 'candidate-pair' && pair.nominated) seen.set(pair.id, pair);
    });
  }
  let bytes = 0;
  for (const pair of seen.values())
    bytes += pair.bytesReceived + pair.bytesSent + 28 * (pair.packetsReceived + pair.packetsSent);
  return { bytes, at: performance.now() };
};

const house = await startHouse();
const people = await Promise.all(house.people.map((email) => Person.signIn(house, email)));
const [ada] = people;
const space = await ada.must('POST', '/api/v1/spaces', {
  kind: 'project', name: 'Mesure', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
});
for (const one of people.slice(1))
  await ada.must('PUT', `/api/v1/spaces/${space.id}/members/${one.me.person.id}`, { role: 'contributor' });
const meeting = await ada.must('POST', `/api/v1/spaces/${space.id}/meetings`, {});
const site = await servePage();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const tabs = [];
  for (const one of people) {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.error('page: ' + error.message));
    await page.goto(site.url);
    await page.evaluate((entry) => join(entry), await one.must('POST', `/api/v1/meetings/${meeting.id}/join`, {}));
    tabs.push(page);
  }
  const [speaker, second, third, listener] = tabs;
  await speaker.evaluate(others.speak);
  for (const page of [second, third]) await page.evaluate(others.beSilent);
  for (const page of [speaker, second, third]) await page.evaluate(others.film);
  const measure = async (mode) => {
    await listener.evaluate((wanted) => room.localParticipant.setAttributes({ mode: wanted }), mode);
    await new Promise((done) => setTimeout(done, settleMs));
    const before = await listener.evaluate(weigh);
    await new Promise((done) => setTimeout(done, seconds * 1000));
    const after = await listener.evaluate(weigh);
    return ((after.bytes - before.bytes) * 8) / (after.at - before.at); // kbit/s
  };
  const line = (what, kbits) => console.log(`${what.padEnd(40)} ${kbits.toFixed(1).padStart(8)} kbit/s ${((kbits * 3600) / 8000).toFixed(0).padStart(6)} MB an hour`);
  line('audio', await measure('audio'));
  line('audio and slides, no slide shared', await measure('audio_slides'));
  line('small images', await measure('low_video'));
  line('full', await measure('full'));
  await second.evaluate(others.showSlide);
  line('audio and slides, one slide in 20 s', await measure('audio_slides'));
  for (const [what, kbits] of quoted) line(`${what} (quoted)`, kbits);
} finally {
  await browser.close();
  site.stop();
  await house.stop();
}
process.exit(0);
