// Somebody whose network drops UDP: a tab that is told of no UDP address, media over TCP through the web's own port.
import assert from 'node:assert/strict';
import { launchChromium, servePage } from './browser.mjs';
import { Person, startHouse, until } from './house.mjs';
import { Participant } from './participant.mjs';

/** Keeps the page's connections, and takes UDP out of what the server tells them. */
const dropUdp = () => {
  window.connections = new Set();
  const { setRemoteDescription, addIceCandidate } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    window.connections.add(this);
    return setRemoteDescription.call(this, { type, sdp: window.allowUdp ? sdp : sdp.replace(/^a=candidate:\S+ 1 udp .*\r\n/gim, '') });
  };
  RTCPeerConnection.prototype.addIceCandidate = function (candidate) {
    return / udp /i.test(candidate?.candidate ?? '') && !window.allowUdp ? Promise.resolve() : addIceCandidate.call(this, candidate);
  };
  window.protocols = async () => {
    const out = [];
    for (const connection of window.connections) {
      if (connection.connectionState !== 'connected') continue;
      const report = await connection.getStats();
      for (const one of report.values()) {
        if (one.type !== 'transport') continue;
        out.push(report.get(report.get(one.selectedCandidatePairId)?.remoteCandidateId)?.protocol);
      }
    }
    return out;
  };
};

export async function testClosedNetwork(test) {
  // Web and media share one port, as by default; in run.mjs media have a port of their own.
  for (const [name, options] of [['the web’s port', []], ['a port of its own', ['--media-listen', '127.0.0.1:0']]]) {
    const house = await startHouse(options);
    const [ada, bruno] = await Promise.all(house.people.slice(0, 2).map((email) => Person.signIn(house, email)));
    const space = (
      await ada.must('POST', '/api/v1/spaces', {
        kind: 'project', name: 'Réseau fermé', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
      })
    ).id;
    await ada.must('PUT', `/api/v1/spaces/${space}/members/${bruno.me.person.id}`, { role: 'contributor' });
    const meeting = await ada.must('POST', `/api/v1/spaces/${space}/meetings`, {});
    const entry = (person) => person.must('POST', `/api/v1/meetings/${meeting.id}/join`, {});
    const identity = (person) => `p:${person.me.person.id}`;
    const site = await servePage();
    const browser = await launchChromium();
    const tab = async () => {
      const page = await (await browser.newContext()).newPage();
      page.on('pageerror', (error) => console.log('page: ' + error.message));
      await page.addInitScript(dropUdp);
      await page.goto(site.url);
      return page;
    };
    const join = async (page, given, options) =>
      page.evaluate(async ([to, more]) => {
        await window.join(to, more);
        await publish();
      }, [given, options]);
    const growing = async (page, source, figure) => {
      const value = async () => (await page.evaluate(([id, from]) => statistics(id, from), [identity(bruno), source]))[figure] ?? 0;
      const before = await value();
      await until(`${source}: ${figure} grows`, async () => (await value()) > before);
    };
    const native = new Participant();
    const meet = async (page) => {
      await until('heard by the other', () => native.heard.get(identity(ada)) > 100);
      await until('seen by the other', () => native.seen.get(identity(ada)) > 0);
      await growing(page, 'microphone', 'totalAudioEnergy');
      await growing(page, 'camera', 'framesDecoded');
    };
    const messages = async (page) => {
      const [here, there] = [native.messages.length, await page.evaluate(() => kept.messages.length)];
      const large = 'é'.repeat(5_000);
      await page.evaluate((text) => room.localParticipant.publishData(new TextEncoder().encode(text), { reliable: true }), large);
      await until('a message there', () => native.messages.slice(here).some(({ text }) => text === large));
      await native.room.localParticipant.publishData(new TextEncoder().encode('bonjour'), { reliable: true });
      await until('a message here', () => page.evaluate((count) => kept.messages.length > count, there));
    };
    try {
      await native.join(await entry(bruno));
      await native.speak();
      await native.film();
      let page;
      await test(`without UDP, through ${name}: seen, heard, messages`, async () => {
        page = await tab();
        await join(page, await entry(ada));
        await meet(page);
        await messages(page);
        assert.deepEqual(await page.evaluate(() => protocols()), ['tcp']);
      });
      await test(`without UDP, through ${name}: a restart of ICE and a full reconnection`, async () => {
        await page.evaluate(() => room.simulateScenario('signal-reconnect'));
        await until('resumed', () => page.evaluate(() => kept.events.some(([what]) => what === 'Reconnected')));
        await meet(page);
        await page.evaluate(() => {
          window.allowUdp = true; // the network is another now: whoever reconnects gets UDP
          return room.simulateScenario('full-reconnect');
        });
        await until('joined anew', () => page.evaluate(() => kept.events.filter(([what]) => what === 'Reconnected').length === 2));
        await meet(page);
        await until('over UDP', async () => (await page.evaluate(() => protocols())).join() === 'udp');
        await page.evaluate(() => room.simulateScenario('force-tcp')); // the client's own wish
        await until('joined again', () => page.evaluate(() => kept.events.filter(([what]) => what === 'Reconnected').length === 3));
        await meet(page);
        assert.deepEqual(await page.evaluate(() => protocols()), ['tcp']);
        await page.close();
      });
      await test(`without UDP, through ${name}: two connections`, async () => {
        native.heard.clear();
        native.seen.clear();
        page = await tab();
        await join(page, await entry(ada), { singlePeerConnection: false });
        await meet(page);
        await messages(page);
        assert.deepEqual(await page.evaluate(() => protocols()), ['tcp', 'tcp']);
      });
    } finally {
      await native.leave();
      await browser.close();
      site.stop();
      await house.stop();
    }
  }
}
