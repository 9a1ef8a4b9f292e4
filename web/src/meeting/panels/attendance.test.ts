import { expect, test } from 'vitest';
import { attendanceCsv } from './attendance';

const at = Date.UTC(2026, 10, 24, 9, 0);

test('each stay has its duration; a name is never a formula', () => {
  const lines = attendanceCsv(
    [
      { identity: 'p:1', name: 'Ada Martin', verified: true, joined_at: at, left_at: at + 45 * 60_000 },
      { identity: 'g:2', name: '=SOMME("x")', verified: false, joined_at: at + 30 * 60_000 },
    ],
    at + 60 * 60_000,
  ).split('\r\n');
  expect(lines[1]).toMatch(/^"Ada Martin";"oui";.*;"45"$/);
  expect(lines[2]).toMatch(/^"'=SOMME\(""x""\)";"non";.*;"encore en réunion";"30"$/);
});
