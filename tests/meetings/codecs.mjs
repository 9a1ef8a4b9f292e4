// Every codec from one Chromium tab to another: what is decoded follows the quality that the viewer asks for, whether its layers
// are encodings of their own (simulcast) or parts of one (SVC). A viewer that cannot decode the codec gets the second one.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { servePage } from './browser.mjs';
import { until } from './house.mjs';

const camera = { resolution: { width: 960, height: 540, frameRate: 15 } };
const ways = [
  { name: 'VP8 simulcast', videoCodec: 'vp8', simulcast: true },
  { name: 'H264 simulcast', videoCodec: 'h264', simulcast: true },
  { name: 'VP9 SVC', videoCodec: 'vp9', scalabilityMode: 'L3T3_KEY' },
  { name: 'VP9 SVC, all sizes bound together', videoCodec: 'vp9', scalabilityMode: 'L3T3' },
  { name: 'AV1 SVC', videoCodec: 'av1', scalabilityMode: 'L3T3_KEY' },
  { name: 'AV1 frame rates', videoCodec: 'av1', scalabilityMode: 'L1T3', oneSize: true },
];

export async function testCodecs(test, { entry, ada, chloe, identity }) {
  const site = await servePage();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
  });
  const tab = async (person, without = '') => {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.log('page: ' + error.message));
    await page.goto(site.url);
    if (without) await page.evaluate((codec) => receiveWithout(codec), without);
    await page.evaluate((given) => join(given), await entry(person));
    return page;
  };
  const publish = (page, { name: _, oneSize: __, ...how }) =>
    page.evaluate(([capture, options]) => room.localParticipant.setCameraEnabled(true, capture, options), [camera, how]);
  const received = (page) => page.evaluate((id) => statistics(id, 'camera'), identity(ada));
  const decodes = async (page, limit_s) => {
    const { framesDecoded: before = 0 } = await received(page);
    await until('frames are decoded', async () => (await received(page)).framesDecoded > before + 3, limit_s);
  };
  let first, second;
  const meet = async () => {
    first ??= await tab(ada);
    second ??= await tab(chloe);
  };
  const encodes = (codec) => first.evaluate((mime) =>
    RTCRtpSender.getCapabilities('video').codecs.some(({ mimeType }) => mimeType.toLowerCase() === mime), `video/${codec}`);
  for (const way of ways) {
    await test(`${way.name}: decoded, and its size follows what is asked for`, async () => {
      await meet();
      if (!(await encodes(way.videoCodec))) return console.log(`skip ${way.name}: this browser does not encode ${way.videoCodec}`);
      try {
        await first.evaluate((codec) => {
          window.wantedCodec = codec;
          if (window.patched) return;
          window.patched = true;
          const add = RTCPeerConnection.prototype.addTransceiver;
          RTCPeerConnection.prototype.addTransceiver = function (track, init) {
            const made = add.call(this, track, init);
            const all = RTCRtpSender.getCapabilities('video').codecs;
            const is = (one) => one.mimeType.toLowerCase() === 'video/' + window.wantedCodec;
            if (track.kind === 'video') made.setCodecPreferences([...all.filter(is), ...all.filter((one) => !is(one))]);
            return made;
          };
        }, way.videoCodec);
        await publish(first, way);
        await until('received', async () => (await received(second)).framesDecoded > 0);
        const { codecId } = await received(second);
        assert.match(await second.evaluate((id) => codecName(id), [identity(ada), codecId]), new RegExp(way.videoCodec, 'i'));
        for (const quality of way.oneSize ? [] : ['LOW', 'HIGH', 'LOW']) {
          await second.evaluate(([id, name]) => setQuality(id, name), [identity(ada), quality]);
          const fits = { LOW: (width) => width < 480, HIGH: (width) => width >= 480 }[quality];
          await until(quality, async () => fits((await received(second)).frameWidth), 45);
          await decodes(second, 10);
        }
        if (way.oneSize) {
          const rate = async () => {
            const { framesReceived: before } = await received(second);
            await new Promise((wake) => setTimeout(wake, 2000));
            return (await received(second)).framesReceived - before;
          };
          await decodes(second, 10);
          await second.evaluate((id) => publicationOf(id, 'camera').setVideoFPS(4), identity(ada));
          await until('fewer frames', async () => (await rate()) <= 12, 20);
          await decodes(second, 10);
        }
      } finally {
        await first.evaluate(() => room.localParticipant.unpublishTrack(room.localParticipant.getTrackPublication('camera').track));
        await until('gone', () => second.evaluate((id) => !publicationOf(id, 'camera'), identity(ada)));
      }
    });
  }
  await test('who cannot decode the codec gets the second one, which is published when needed', async () => {
    await meet();
    const codec = (await encodes('av1')) ? 'av1' : 'vp9';
    await second.evaluate(() => room.disconnect());
    await publish(first, { videoCodec: codec, scalabilityMode: 'L1T3', backupCodec: { codec: 'vp8' } });
    const limited = await tab(chloe, codec);
    await decodes(limited);
    const { codecId } = await received(limited);
    assert.match(await limited.evaluate((id) => codecName(id), [identity(ada), codecId]), /vp8/i);
  });
  await browser.close();
  site.stop();
}
