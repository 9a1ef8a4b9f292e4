// livekit-client, unmodified, in real Chromium tabs with fake devices, beside a participant through @livekit/rtc-node.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { until } from './house.mjs';
import { Participant } from './participant.mjs';

const files = {
  '/': ['text/html', './page.html'],
  '/livekit-client.umd.js': ['text/javascript', './node_modules/livekit-client/dist/livekit-client.umd.js'],
};

export async function servePage() {
  const server = createServer(async (request, response) => {
    const found = files[request.url];
    if (!found) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': found[0] }).end(await readFile(new URL(found[1], import.meta.url)));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** With a camera and a microphone that need nobody. */
export const launchChromium = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
  });

export async function testInBrowser(test, { entry, ada, bruno, chloe, identity }) {
  const site = await servePage();
  const browser = await launchChromium();
  const tab = async (person) => {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.log('page: ' + error.message));
    await page.goto(site.url);
    await page.evaluate((given) => join(given), await entry(person));
    return page;
  };
  const statistics = (page, who, source) => page.evaluate(([id, from]) => statistics(id, from), [identity(who), source]);
  const growing = async (page, who, source, figure) => {
    const before = (await statistics(page, who, source))[figure] ?? 0;
    await until(`${source}: ${figure} grows`, async () => (await statistics(page, who, source))[figure] > before);
  };
  const native = new Participant();
  let first, second;
  await test('two tabs and a native client meet: seen, heard, screen shared', async () => {
    [first, second] = [await tab(ada), await tab(chloe)];
    await native.join(await entry(bruno));
    await native.speak();
    await first.evaluate(() => publish());
    await until('heard natively', () => native.heard.get(identity(ada)) > 100);
    await until('seen natively', () => native.seen.get(identity(ada)) > 0);
    for (const page of [first, second]) await growing(page, bruno, 'microphone', 'totalAudioEnergy');
    await growing(second, ada, 'microphone', 'totalAudioEnergy');
    const speakers = () => second.evaluate(() => room.activeSpeakers.map((one) => one.identity));
    await until('a tone is a speaker, a beep is none', async () => (await speakers()).join() === identity(bruno));
    await growing(second, ada, 'camera', 'framesDecoded');
    await first.evaluate(() => share());
    await growing(second, ada, 'screen_share', 'framesDecoded');
    const shown = () => second.evaluate((key) => kept.elements.get(key).videoWidth, `${identity(ada)} screen_share`);
    await until('shown whole', async () => (await shown()) === 800);
  });
  await test('a layer is chosen by who watches, and changes without a break', async () => {
    const width = async () => (await statistics(second, ada, 'camera')).frameWidth;
    // A busy machine may not encode the highest layer: any above the lowest shows the change.
    const fits = { LOW: (width) => width === 320, HIGH: (width) => width >= 640 };
    for (const quality of ['LOW', 'HIGH', 'LOW']) {
      await second.evaluate(([id, name]) => setQuality(id, name), [identity(ada), quality]);
      await until(quality, async () => fits[quality](await width()), 60);
      await growing(second, ada, 'camera', 'framesDecoded');
    }
  });
  await test('messages between tab and native client', async () => {
    await second.evaluate(() => room.localParticipant.publishData(new TextEncoder().encode('👏'), { topic: 'parvis.reaction' }));
    await until('native', () => native.messages.some(({ text, from }) => text === '👏' && from === identity(chloe)));
    await until('tab', () => first.evaluate(() => kept.messages.length > 0));
  });
  await test('a socket that is cut is resumed, and the media never stopped', async () => {
    await second.evaluate(() => room.simulateScenario('signal-reconnect'));
    await until('resumed', () => second.evaluate(() => kept.events.some(([name]) => name === 'Reconnected')));
    await growing(second, ada, 'camera', 'framesDecoded');
    assert.ok(!(await second.evaluate(() => kept.events.some(([name]) => name === 'Disconnected'))));
    await second.evaluate(() => room.simulateScenario('full-reconnect'));
    await until('joined anew', () => second.evaluate(() => kept.events.filter(([name]) => name === 'Reconnected').length === 2));
    await growing(second, ada, 'camera', 'framesDecoded');
  });
  await test('clients with two connections are served too', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(site.url);
    await second.evaluate(() => room.disconnect());
    await page.evaluate(async ({ server_url, token }) => {
      window.room = new Room({ singlePeerConnection: false });
      room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
      await room.connect(server_url, token);
      await publish();
    }, await entry(chloe));
    await growing(page, ada, 'camera', 'framesDecoded');
    await growing(page, bruno, 'microphone', 'totalAudioEnergy');
    await until('heard natively', () => native.heard.get(identity(chloe)) > 100);
  });
  await native.leave();
  await browser.close();
  site.stop();
}
