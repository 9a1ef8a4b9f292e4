// A meeting outlives the server's process: killed or updated, tabs come back by themselves and find what they had.
import assert from 'node:assert/strict';
import { launchChromium, servePage } from './browser.mjs';
import { Person, startHouse, until } from './house.mjs';
import { always } from './policy.mjs';

export async function testRestart(test) {
  const house = await startHouse([]);
  const [ada, bruno, chloe] = await Promise.all(house.people.slice(0, 3).map((email) => Person.signIn(house, email)));
  const space = (
    await ada.must('POST', '/api/v1/spaces', {
      kind: 'project', name: 'Reprise', description: '', template: 'projet', visibility: 'closed', joining: 'approval',
    })
  ).id;
  for (const one of [bruno, chloe]) await ada.must('PUT', `/api/v1/spaces/${space}/members/${one.me.person.id}`, { role: 'contributor' });
  const { id } = await ada.must('POST', `/api/v1/spaces/${space}/meetings`, {});
  const path = `/api/v1/meetings/${id}`;
  const identity = (person) => `p:${person.me.person.id}`;
  const site = await servePage();
  const browser = await launchChromium();
  const tab = async (person) => {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.log('page: ' + error.message));
    await page.goto(site.url);
    await page.evaluate((given) => join(given), await person.must('POST', `${path}/join`, {}));
    return page;
  };
  const slowly = async (found) => {
    await new Promise((wake) => setTimeout(wake, 200)); // within the rate of requests
    return found();
  };
  const there = async (count) => until(`${count} there`, () => slowly(async () => (await ada.must('GET', path)).participants === count), 60);
  const linesOf = async (person) => (await ada.must('GET', `${path}/attendance`)).lines.filter((line) => line.identity === identity(person));
  const mayJoin = async (person) => (await person.call('POST', `${path}/join`, {})).json.code ?? 'yes';
  const pages = [];
  const meet = async () => {
    for (const [page, other] of [[pages[0], bruno], [pages[1], ada]]) {
      for (const [source, figure] of [['microphone', 'totalAudioEnergy'], ['screen_share', 'framesDecoded']]) {
        const value = async () => (await page.evaluate(([who, from]) => statistics(who, from), [identity(other), source]))[figure] ?? 0;
        const before = await value();
        await until(`${figure} grows`, async () => (await value()) > before, 60);
      }
    }
  };
  const restarted = async (how) => {
    await house.restart(how);
    await there(2);
    await meet();
  };

  try {
    for (const person of [ada, bruno]) pages.push(await tab(person));
    const stranger = await tab(chloe);
    // Screens, not cameras: Chromium's pretended camera does not always come back when it is opened anew.
    for (const page of pages) {
      await page.evaluate(async () => {
        await room.localParticipant.setMicrophoneEnabled(true);
        await share();
      });
    }
    await meet();
    await test('the server is killed: tabs meet again by themselves; votes, lock, exception and attendance are what they were', async () => {
      const { version, policy } = await ada.must('GET', '/api/v1/admin/network-policy');
      await ada.must('PUT', '/api/v1/admin/network-policy', { version, note: 'essai', policy: { ...policy, windows: [always] } });
      await bruno.must('POST', `${path}/urgent`, { reason: 'cellule de crise' });
      const poll = await ada.must('POST', `${path}/polls`, { question: 'On reste ?', answers: ['Oui', 'Non'], anonymous: true, results: 'live' });
      await ada.must('POST', `${path}/polls/${poll.id}/open`);
      await stranger.evaluate(() => room.disconnect());
      await there(2);
      await ada.must('PATCH', path, { locked: true });
      for (const [person, answer] of [[ada, 0], [bruno, 1]]) await person.must('PUT', `${path}/polls/${poll.id}/vote`, { answers: [answer] });
      await restarted('kill');
      const { answers } = await ada.must('POST', `${path}/polls/${poll.id}/close`);
      assert.deepEqual(answers.map(({ votes }) => votes), [1, 1]);
      assert.equal(await mayJoin(chloe), 'meeting_locked');
      const modeOf = async (person) => (await person.must('POST', `${path}/join`, {})).reception.mode;
      assert.deepEqual([await modeOf(ada), await modeOf(bruno)], ['audio_slides', 'full'], 'the exception holds, for who asked');
      for (const one of [ada, bruno]) {
        const lines = await linesOf(one);
        assert.equal(lines.length, 1, 'one line, before and after');
        assert.ok(!lines[0].left_at);
      }
      assert.ok((await linesOf(chloe))[0].left_at);
    });

    await test('the server is updated: groups are what they were, and whoever comes back is in theirs', async () => {
      const groups = [{ name: 'Nord', identities: [identity(ada), identity(bruno)] }, { name: 'Sud', identities: [] }];
      await ada.must('POST', `${path}/breakouts`, { groups, choose: false, duration_s: 600 });
      await bruno.must('POST', `${path}/breakouts/help`, { asking: true });
      await restarted('stop');
      const seen = await ada.must('GET', `${path}/breakouts`);
      assert.equal(seen.here, 1);
      assert.deepEqual(seen.groups.map(({ name, people }) => [name, people.length]), [['', 0], ['Nord', 2], ['Sud', 0]]);
      assert.deepEqual(seen.calls, [identity(bruno)]);
      assert.ok(seen.remaining_ms > 400_000 && seen.remaining_ms < 600_000);
      assert.equal((await linesOf(bruno)).length, 1);
      await ada.must('DELETE', `${path}/breakouts`);
      await until('together', () => pages[1].evaluate(() => !room.name.includes(':')));
      await restarted('kill');
      assert.equal((await ada.must('GET', `${path}/breakouts`)).open, false, 'an end is kept too');
    });

    await test('the server’s lock lets back in whose line failed, and nobody who left', async () => {
      void pages[1].goto('chrome://crash').catch(() => {});
      await there(1);
      pages[1] = await tab(bruno);
      await there(2);
      await pages[1].evaluate(() => room.disconnect());
      await there(1);
      assert.equal(await mayJoin(bruno), 'meeting_locked');
    });
  } finally {
    await browser.close();
    site.stop();
    await house.stop();
  }
}
