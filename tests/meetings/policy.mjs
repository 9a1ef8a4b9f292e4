// The network policy, kept by the server whatever an unmodified client asks for.
import assert from 'node:assert/strict';
import { until } from './house.mjs';
import { Participant } from './participant.mjs';

export const always = {
  name: 'Toujours', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00', zone: 'UTC', holidays: true,
  meetings: { entry: 'audio_slides', ceiling: 'low_video', urgent: true },
};

export async function testPolicy(test, { path, entry, ada, bruno, identity }) {
  const policy = '/api/v1/admin/network-policy';
  const put = async (windows) => {
    const now = await ada.must('GET', policy);
    await ada.must('PUT', policy, { version: now.version, note: 'essai', policy: { ...now.policy, windows } });
  };
  const told = (one) => one.messages.filter(({ topic }) => topic === 'parvis.reception').map(({ text }) => JSON.parse(text)).at(-1);
  const modeOf = async (one, mode) => {
    await one.room.localParticipant.setAttributes({ mode });
    await until(`told ${mode}`, () => told(one)?.mode === mode);
  };

  await test('a window of the network policy: no cameras at entry, small ones by choice, all of them with a reason', async () => {
    await put([always]);
    const [one, two] = [new Participant(), new Participant()];
    try {
      const door = await entry(bruno);
      assert.equal(door.reception.mode, 'audio_slides');
      assert.match(door.reception.sentence, /Toujours/);
      await one.join(await entry(ada));
      await two.join(door);
      await until('both there and told', () => one.other(identity(bruno)) && told(one) && told(two));
      await one.speak();
      await until('heard', () => two.heard.get(identity(ada)) > 1000);
      await assert.rejects(one.film());
      await modeOf(one, 'low_video');
      await one.film();
      await new Promise((wake) => setTimeout(wake, 3000));
      assert.equal(two.seen.get(identity(ada)), undefined);
      await modeOf(two, 'low_video');
      await until('seen small', () => two.seen.get(identity(ada)) > 0, 30);
      assert.ok(two.seen.get(identity(ada)) <= 480, `${two.seen.get(identity(ada))} pixels wide`);
      await one.room.localParticipant.setAttributes({ mode: 'full' });
      await until('still bounded', () => told(one)?.mode === 'low_video');
      assert.equal((await ada.call('POST', `${path}/urgent`, { reason: ' ' })).status, 400);
      const granted = await ada.must('POST', `${path}/urgent`, { reason: 'cellule de crise' });
      assert.equal(granted.mode, 'full');
      const audited = async () => (await ada.must('GET', '/api/v1/admin/audit?kind=network_policy.overridden')).entries.length;
      await until('audited', async () => (await audited()) === 1);
    } finally {
      await one.leave();
      await two.leave();
    }
  });

  await test('whoever needs the images has them, and cameras are welcome while they are there', async () => {
    await bruno.must('PUT', '/api/v1/me/network-exemption', { exempt: true });
    const [one, two] = [new Participant(), new Participant()];
    try {
      const door = await entry(bruno);
      assert.equal(door.reception.mode, 'full');
      await two.join(door);
      await one.join(await entry(ada));
      await until('told', () => told(one)?.camera === true);
      await one.film();
      await until('seen large', () => two.seen.get(identity(ada)) > 480, 40);
      await two.speak();
      await until('heard', () => one.heard.get(identity(bruno)) > 1000);
    } finally {
      await one.leave();
      await two.leave();
      await bruno.must('PUT', '/api/v1/me/network-exemption', { exempt: false });
    }
  });

  await test('a window that ends gives the images back; each is told what the meeting weighs', async () => {
    const one = await new Participant().join(await entry(bruno));
    try {
      await until('told', () => told(one)?.mode === 'audio_slides');
      await one.speak();
      await until('weighed', () => one.messages.some(({ topic, text }) => topic === 'parvis.weight' && JSON.parse(text).meeting > 0), 30);
      await put([]);
      await until('told that it is over', () => told(one)?.window === '');
      await modeOf(one, 'full');
    } finally {
      await one.leave();
    }
  });
  await put([]);
}
