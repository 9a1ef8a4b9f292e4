// A meeting divided into groups: everybody is moved over the connection they have, hears those of the group alone, and comes back.
import assert from 'node:assert/strict';
import { launchChromium, servePage } from './browser.mjs';
import { until } from './house.mjs';
import { Participant } from './participant.mjs';

export async function testBreakouts(test, { space, ada, bruno, chloe, identity }) {
  const meeting = await ada.must('POST', `/api/v1/spaces/${space}/meetings`, { origin: { kind: 'room', id: '!groupes:test' }, name: 'Groupes' });
  const path = `/api/v1/meetings/${meeting.id}`;
  const entry = (person) => person.must('POST', `${path}/join`, {});
  const group = (name, ...people) => ({ name, identities: people.map(identity) });
  const where = async (person) => (await person.must('GET', `${path}/breakouts`)).here ?? 0;
  // What was already on its way when the groups were made may still be played for a moment.
  const silent = (who, speaker) =>
    until('silent', async () => {
      who.heard.delete(identity(speaker));
      await new Promise((wake) => setTimeout(wake, 1500));
      return !who.heard.has(identity(speaker));
    });
  const three = async (body) => {
    const people = [new Participant(), new Participant(), new Participant()];
    try {
      for (const [at, person] of [ada, bruno, chloe].entries()) await people[at].join(await entry(person));
      await until('all there', () => people.every((who) => who.others.length === 2));
      await body(...people);
    } finally {
      await ada.call('DELETE', `${path}/breakouts`);
      for (const who of people) await who.leave();
      await until('all gone', async () => (await ada.must('GET', path)).participants === 0);
    }
  };

  await test('groups: each hears those of their own, hosts go anywhere, and all come back when time is up', () =>
    three(async (one, two, other) => {
      await one.speak();
      await other.speak();
      await until('heard', () => two.heard.get(identity(ada)) > 100 && two.heard.get(identity(chloe)) > 100, 60);
      await ada.must('POST', `${path}/breakouts`, { groups: [group('Nord', bruno, chloe), group('Sud')], choose: false, duration_s: 20 });
      await until('moved', () => two.others.length === 1 && other.others.length === 1 && one.others.length === 0);
      assert.equal(two.others[0].identity, identity(chloe));
      assert.equal(await where(bruno), 1);
      two.heard.clear();
      await until('hears who is there', () => two.heard.get(identity(chloe)) > 100, 60);
      await silent(two, ada);
      await ada.must('POST', `${path}/breakouts/message`, { text: 'Encore un instant' });
      await until('told', () => [two, other].every((who) => who.messages.some(({ text, from }) => !from && text.includes('Encore un instant'))));
      await ada.must('POST', `${path}/breakouts/go`, { group: 1 });
      await until('visited', () => two.other(identity(ada)) && one.others.length === 2);
      await until('hears the host', () => two.heard.get(identity(ada)) > 100, 60);
      assert.equal((await ada.must('GET', path)).participants, 3);
      await until('back', () => [one, two, other].every((who) => who.others.length === 2) && [one, two, other].every((who) => !who.room.name.includes(':')), 60);
      assert.equal((await bruno.must('GET', `${path}/breakouts`)).open, false);
      two.heard.clear();
      await until('heard again', () => two.heard.get(identity(ada)) > 100 && two.heard.get(identity(chloe)) > 100, 60);
      const { lines } = await ada.must('GET', `${path}/attendance`);
      assert.equal(lines.filter((line) => line.identity === identity(bruno)).length, 1, 'moving is not leaving');
    }));

  await test('groups: whoever is removed from the meeting is out of their group; a late one comes into theirs', () =>
    three(async (one, two, other) => {
      await ada.must('POST', `${path}/breakouts`, { groups: [group('Nord', bruno, chloe)], choose: false, duration_s: 0 });
      await until('moved', () => two.others.length === 1 && other.others.length === 1);
      await other.leave();
      await until('gone', () => two.others.length === 0);
      const late = await new Participant().join(await entry(chloe));
      await until('in the group', () => late.other(identity(bruno)));
      await late.leave();
      await ada.must('POST', `${path}/participants/${encodeURIComponent(identity(bruno))}/remove`, { forbid: true });
      await until('out', () => two.left !== undefined);
      assert.equal((await bruno.call('POST', `${path}/join`, {})).json.code, 'meeting_barred');
      await ada.must('DELETE', `${path}/forbidden/${encodeURIComponent(identity(bruno))}`);
      assert.equal(one.others.length, 0);
    }));

  await test('groups: a tab is moved without losing what it sends and receives', async () => {
    const site = await servePage();
    const browser = await launchChromium();
    const two = new Participant();
    try {
      const tab = await (await browser.newContext()).newPage();
      await tab.goto(site.url);
      await tab.evaluate((pass) => join(pass), await entry(ada));
      await two.join(await entry(bruno));
      await tab.evaluate(() => publish());
      await two.film();
      await until('seen', () => two.seen.get(identity(ada)) > 0, 60);
      await ada.must('POST', `${path}/breakouts`, { groups: [group('Nord', ada, bruno)], choose: false, duration_s: 0 });
      await until('moved', async () => two.other(identity(ada)) && two.room.name.endsWith(':1'));
      two.seen.clear();
      two.heard.clear();
      await until('still seen and heard', () => two.seen.get(identity(ada)) > 0 && two.heard.get(identity(ada)) > 0, 60);
      const decoded = () => tab.evaluate(async (id) => (await statistics(id, 'camera')).framesDecoded ?? 0, identity(bruno));
      const before = await decoded();
      await until('still sees', async () => (await decoded()) > before + 5, 60);
      await ada.must('DELETE', `${path}/breakouts`);
      await until('back', () => !two.room.name.includes(':') && two.other(identity(ada)));
    } finally {
      await two.leave();
      await browser.close();
      site.stop();
    }
  });
}
