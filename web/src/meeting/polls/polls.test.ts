import { describe, expect, it } from 'vitest';
import type { PollsPage } from '../../lib/api/schema-meetings';
import { withCounts } from './polls';
import { percentOf } from './results';

const poll = {
  id: '1',
  question: 'Q',
  multiple: false,
  anonymous: true,
  results: 'live',
  state: 'open',
  author: 'Ada',
  manage: false,
  voters: 0,
  answers: [{ text: 'Oui' }, { text: 'Non' }],
} as const;
const page = { ask: false, everyone: false, polls: [{ ...poll, answers: [...poll.answers] }] } as PollsPage;

describe('counts that the server tells', () => {
  it('are shown at once, for the poll they are of', () => {
    const told = withCounts(page, { poll: '1', voters: 3, votes: [2, 1] });
    expect(told.polls[0]).toMatchObject({ voters: 3, answers: [{ votes: 2 }, { votes: 1 }] });
    expect(withCounts(page, { poll: '2', voters: 3, votes: [2, 1] }).polls).toEqual(page.polls);
  });

  it('may leave out what each answer got, and are nothing when they make no sense', () => {
    expect(withCounts(page, { poll: '1', voters: 2 }).polls[0]).toMatchObject({
      voters: 2,
      answers: [{ text: 'Oui' }, { text: 'Non' }],
    });
    expect(withCounts(page, { poll: '1', voters: 'many' })).toBe(page);
  });
});

it('a share of nobody is none', () => {
  expect(percentOf(0, 0)).toBe(0);
  expect(percentOf(2, 3)).toBe(67);
});
