// livekit-client, unmodified, in Debian's Firefox, beside a participant through @livekit/rtc-node.
import puppeteer from 'puppeteer-core';
import { servePage } from './browser.mjs';
import { until } from './house.mjs';
import { Participant } from './participant.mjs';

export async function testInFirefox(test, { entry, ada, bruno, identity }) {
  const site = await servePage();
  await test('Firefox joins: seen, heard, and it sees and hears', async () => {
    const native = new Participant();
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      headless: true,
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.peerconnection.ice.obfuscate_host_addresses': false,
        'media.autoplay.default': 0,
      },
    });
    try {
      await native.join(await entry(bruno));
      await native.speak();
      await native.film();
      // Whoever comes after nobody watched for a while sees too: the publisher was told to stop what nobody shows.
      await new Promise((wake) => setTimeout(wake, 8000));
      const page = await browser.newPage();
      page.on('pageerror', (error) => console.log('page: ' + error.message));
      await page.goto(site.url);
      await page.evaluate((given) => join(given), await entry(ada));
      await page.evaluate(() => publish());
      await until('heard natively', () => native.heard.get(identity(ada)) > 100);
      await until('seen natively', () => native.seen.get(identity(ada)) > 0);
      const figure = (source, name) =>
        page.evaluate(async (id, from, key) => (await statistics(id, from))[key] ?? 0, identity(bruno), source, name);
      await until('it sees', async () => (await figure('camera', 'framesDecoded')) > 5);
      await until('it hears', async () => (await figure('microphone', 'totalAudioEnergy')) > 0);
      await page.evaluate(() => room.simulateScenario('signal-reconnect'));
      await until('resumed', () => page.evaluate(() => kept.events.some(([name]) => name === 'Reconnected')));
    } finally {
      await browser.close();
      await native.leave();
    }
  });
  site.stop();
}
