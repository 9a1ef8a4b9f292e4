// Polls of a meeting: told to who is in the room, answered by a guest too, kept whatever happens to the server.
import assert from 'node:assert/strict';
import { until } from './house.mjs';
import { Participant } from './participant.mjs';

export async function testPolls(test, { house, space, ada, bruno, identity }) {
  const meeting = await ada.must('POST', `/api/v1/spaces/${space}/meetings`, { origin: { kind: 'room', id: '!sondages:test' }, name: 'Sondages' });
  const path = `/api/v1/meetings/${meeting.id}`;
  const entry = (person) => person.must('POST', `${path}/join`, {});
  const told = (who, kind) => who.messages.filter(({ topic, from, text }) => topic === 'parvis.poll' && !from && JSON.parse(text).kind === kind);
  const asked = { question: 'On déménage ?', answers: ['Oui', 'Non'], anonymous: true, results: 'live' };

  await test('a poll is told to the room, a guest votes, counts come by themselves, results go into the minutes', async () => {
    const people = [new Participant(), new Participant(), new Participant()];
    const [one, two, guest] = people;
    try {
      await one.join(await entry(ada));
      await two.join(await entry(bruno));
      const { guest_link: link } = await ada.must('PATCH', path, { guests: true, lobby: false });
      const door = `${house.url}/api/v1/guest-meetings/${meeting.id}`;
      const json = { 'content-type': 'application/json' };
      const key = new URL(link).searchParams.get('cle');
      const pass = await (await fetch(`${door}/join`, { method: 'POST', headers: json, body: JSON.stringify({ key, name: 'Zoé' }) })).json();
      const bearer = { authorization: `Bearer ${pass.token}` };
      assert.equal((await fetch(`${door}/polls`, { headers: bearer })).status, 401, 'not in yet');
      await guest.join(pass);
      await until('all there', () => one.others.length === 2 && guest.others.length === 2);
      const poll = await ada.must('POST', `${path}/polls`, asked);
      await ada.must('POST', `${path}/polls/${poll.id}/open`);
      await until('told', () => people.every((who) => told(who, 'changed').length > 0));
      const seen = await (await fetch(`${door}/polls`, { headers: bearer })).json();
      assert.equal(seen.polls[0].question, asked.question);
      const voted = await fetch(`${door}/polls/${poll.id}/vote`, { method: 'PUT', headers: { ...bearer, ...json }, body: '{"answers":[1]}' });
      assert.equal(voted.status, 204);
      await ada.must('PUT', `${path}/polls/${poll.id}/vote`, { answers: [0] });
      await bruno.must('PUT', `${path}/polls/${poll.id}/vote`, { answers: [0] });
      const last = () => told(guest, 'counts').map(({ text }) => JSON.parse(text)).at(-1);
      await until('counted', () => last()?.voters === 3 && last().votes.join() === '2,1');
      await bruno.must('PUT', `${path}/polls/${poll.id}/vote`, { answers: [1] });
      await until('changed', () => last().voters === 3 && last().votes.join() === '1,2');
      const closed = await ada.must('POST', `${path}/polls/${poll.id}/close`);
      assert.deepEqual(closed.answers.map(({ votes }) => votes), [1, 2]);
      const { document_id: document } = await ada.must('POST', `${path}/polls/${poll.id}/minutes`, { title: 'Compte rendu' });
      const page = new TextDecoder().decode((await ada.call('GET', `/api/v1/documents/${document}/export?format=md`)).content);
      assert.match(page, /Sondage : On déménage \?/);
      assert.match(page, /Non : 2 \(67\s%\)/);
      const file = new TextDecoder().decode((await bruno.call('GET', `${path}/polls/${poll.id}/csv`)).content);
      assert.match(file, /"Non";"2"/);
    } finally {
      for (const who of people) await who.leave();
    }
  });

  await test('who is not there does not vote, and who merely takes part does not speak for the server', async () => {
    const one = await new Participant().join(await entry(ada));
    const two = await new Participant().join(await entry(bruno));
    try {
      const poll = await ada.must('POST', `${path}/polls`, { ...asked, anonymous: false });
      await ada.must('POST', `${path}/polls/${poll.id}/open`);
      await two.room.localParticipant.publishData(new TextEncoder().encode('{"kind":"counts"}'), { reliable: true, topic: 'parvis.poll' });
      await until('arrived', () => one.messages.some(({ from }) => from === identity(bruno)));
      assert.equal(told(one, 'counts').length, 0);
      await two.leave();
      await until('gone', async () => (await ada.must('GET', path)).participants === 1);
      assert.equal((await bruno.call('PUT', `${path}/polls/${poll.id}/vote`, { answers: [0] })).json.code, 'meeting_poll_absent');
      await ada.must('POST', `${path}/polls/${poll.id}/close`);
    } finally {
      await one.leave();
      await two.leave();
    }
  });
}
