import { expect, test } from 'vitest';
import { type Line, shownForMs, withLine } from './captions';

const line = (id: string, text: string, at = 0): Line => ({ id, name: 'Ada', text, at });

test('a line that is heard better replaces itself; the last three stay', () => {
  let lines = withLine([], line('1', 'Bon'));
  lines = withLine(lines, line('1', 'Bonjour'));
  expect(lines.map(({ text }) => text)).toEqual(['Bonjour']);
  for (const id of ['2', '3', '4']) lines = withLine(lines, line(id, id));
  expect(lines.map(({ id }) => id)).toEqual(['2', '3', '4']);
});

test('what is old goes, an empty line is none, and a long one ends with its end', () => {
  const lines = withLine([line('1', 'ancien')], line('2', 'nouveau', shownForMs + 1));
  expect(lines.map(({ id }) => id)).toEqual(['2']);
  expect(withLine(lines, line('2', ' ', shownForMs + 2))).toEqual([]);
  expect(withLine([], line('3', `${'a'.repeat(2000)}fin`))[0]?.text).toMatch(/^…a+fin$/);
});
